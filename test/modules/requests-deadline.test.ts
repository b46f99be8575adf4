import fc from 'fast-check';
import { test } from 'tap';
import {
  type BusinessCalendar,
  dayIn,
  WEEKDAYS,
} from '../../src/modules/requests/business-calendar.rules.ts';
import {
  addBusinessTime,
  type Clockwork,
  computeDeadline,
  countBusinessTime,
  type DeadlineInput,
  mergePauses,
} from '../../src/modules/requests/deadline.rules.ts';
import { holidaysOf, STATES } from '../../src/modules/requests/holidays.rules.ts';

const runs = { numRuns: 1000 };
const MINUTE = 60_000;
const timeOf = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

const slotsOfDay = fc
  .uniqueArray(fc.integer({ min: 0, max: 1440 }), { minLength: 2, maxLength: 6 })
  .map((minutes) => {
    const sorted = minutes.toSorted((a, b) => a - b);
    return Array.from({ length: Math.floor(sorted.length / 2) }, (_, index): [string, string] => [
      timeOf(sorted[2 * index] ?? 0),
      timeOf(sorted[2 * index + 1] ?? 0),
    ]);
  });
const day = fc
  .tuple(
    fc.integer({ min: 2025, max: 2028 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
  )
  .map(([year, month, date]) => `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`);
const calendars: fc.Arbitrary<BusinessCalendar> = fc
  .record({
    timeZone: fc.constantFrom('Europe/Berlin', 'Europe/Berlin', 'America/New_York', 'UTC'),
    state: fc.constantFrom(...STATES),
    week: fc.array(fc.option(slotsOfDay, { nil: [] }), { minLength: 7, maxLength: 7 }),
    closedOn: fc.array(day, { maxLength: 4 }),
  })
  .filter(({ week }) => week.some((slots) => slots.length > 0))
  .map(({ week, ...rest }) => ({
    ...rest,
    slots: Object.fromEntries(WEEKDAYS.map((weekday, index) => [weekday, week[index] ?? []])),
  }));
/** From 2025 on, with seconds, over several changes of the clocks. */
const moment = fc
  .integer({ min: 0, max: 3 * 365 * 24 * 3600 })
  .map((seconds) => 1_735_686_000_000 + seconds * 1000);
const pauses = fc.array(fc.tuple(moment, fc.nat(20 * 24 * 3600)), { maxLength: 5 }).map((list) =>
  list.map(([from, seconds]) => ({
    from: iso(from),
    to: iso(from + seconds * 1000),
  })),
);
const iso = (milliseconds: number) => dayIn('UTC', milliseconds).toString() + timeOfDay(milliseconds);
const timeOfDay = (milliseconds: number) => {
  const seconds = Math.floor((milliseconds % 86_400_000) / 1000);
  return `T${timeOf(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}Z`;
};
const clocks: fc.Arbitrary<Clockwork> = fc
  .tuple(calendars, pauses)
  .map(([calendar, list]) => ({ calendar, pauses: mergePauses(list) }));
const length = fc.integer({ min: 0, max: 3000 * MINUTE });

test('clocks', async (t) => {
  t.test('counting is the inverse of adding', async () => {
    fc.assert(
      fc.property(clocks, moment, length, (clock, start, milliseconds) => {
        const due = addBusinessTime(clock, start, milliseconds);
        return due >= start && countBusinessTime(clock, start, due) === milliseconds;
      }),
      runs,
    );
  });

  t.test(
    'adding what was counted ends at the same moment, or where the clock last ran before it',
    async () => {
      fc.assert(
        fc.property(clocks, moment, fc.nat(40 * 24 * 3600), (clock, start, seconds) => {
          const end = start + seconds * 1000;
          const counted = countBusinessTime(clock, start, end);
          const due = addBusinessTime(clock, start, counted);
          return due <= end && countBusinessTime(clock, due, end) === 0;
        }),
        runs,
      );
    },
  );

  t.test('time counts once: two parts are the whole', async () => {
    fc.assert(
      fc.property(clocks, moment, fc.nat(10 ** 9), fc.nat(10 ** 9), (clock, start, first, second) => {
        const middle = start + first;
        const end = middle + second;
        const parts = countBusinessTime(clock, start, middle) + countBusinessTime(clock, middle, end);
        return parts === countBusinessTime(clock, start, end) && parts <= end - start;
      }),
      runs,
    );
  });

  t.test(
    'a pause never makes a deadline earlier, and delays it by what the clock would have run in it',
    async () => {
      fc.assert(
        fc.property(
          calendars,
          moment,
          length,
          moment,
          fc.nat(10 ** 9),
          (calendar, start, milliseconds, from, span) => {
            const pause = { from, to: from + span };
            const free = addBusinessTime({ calendar, pauses: [] }, start, milliseconds);
            const due = addBusinessTime({ calendar, pauses: [pause] }, start, milliseconds);
            const stood = countBusinessTime(
              { calendar, pauses: [] },
              Math.max(start, from),
              Math.min(pause.to, due),
            );
            const ran = countBusinessTime({ calendar, pauses: [] }, start, due);
            return due >= free && ran === milliseconds + Math.max(0, stood);
          },
        ),
        runs,
      );
    },
  );

  t.test('order and overlap of pauses change nothing', async () => {
    fc.assert(
      fc.property(
        calendars,
        moment,
        pauses,
        fc.integer({ min: 1, max: 20 }),
        (calendar, start, list, count) => {
          const input: DeadlineInput = {
            calendar,
            startAt: iso(start),
            target: { businessDays: count },
            pauses: list,
          };
          const doubled = [...list.toReversed(), ...list];
          const minutes = { ...input, target: { businessMinutes: count * 100 } };
          return (
            computeDeadline(input).dueAt === computeDeadline({ ...input, pauses: doubled }).dueAt &&
            computeDeadline(minutes).dueAt === computeDeadline({ ...minutes, pauses: doubled }).dueAt
          );
        },
      ),
      runs,
    );
  });

  t.test('elapsed and remaining minutes make the target, until it is breached', async () => {
    fc.assert(
      fc.property(
        clocks,
        moment,
        fc.nat(3000),
        fc.nat(10 ** 9),
        ({ calendar }, start, businessMinutes, later) => {
          const asOf = iso(start + later);
          const input = { calendar, startAt: iso(start), target: { businessMinutes }, pauses: [], asOf };
          const {
            dueAt,
            elapsedBusinessMinutes = -1,
            remainingBusinessMinutes = -1,
            breached,
          } = computeDeadline(input);
          const late = Date.parse(asOf) > Date.parse(dueAt);
          return (
            breached === late &&
            (late
              ? remainingBusinessMinutes === 0
              : elapsedBusinessMinutes + remainingBusinessMinutes === businessMinutes)
          );
        },
      ),
      runs,
    );
  });

  t.test('working days: due at the end of a day that is none of holiday, closed or paused', async () => {
    fc.assert(
      fc.property(clocks, moment, fc.integer({ min: 1, max: 30 }), (clock, start, businessDays) => {
        const { calendar } = clock;
        const list = clock.pauses.map(({ from, to }) => ({ from: iso(from), to: iso(to) }));
        const { dueAt } = computeDeadline({
          calendar,
          startAt: iso(start),
          target: { businessDays },
          pauses: list,
        });
        const due = Date.parse(dueAt);
        const on = dayIn(calendar.timeZone, due - 1);
        return (
          on.toString() > dayIn(calendar.timeZone, start).toString() &&
          !holidaysOf(calendar.state, on.year).has(on.toString()) &&
          !calendar.closedOn.includes(on.toString()) &&
          countBusinessTime(clock, due - 1, due) === 1
        );
      }),
      runs,
    );
  });
});

test('deadlines by hand', async (t) => {
  const office: BusinessCalendar = {
    timeZone: 'Europe/Berlin',
    state: 'NW',
    slots: Object.fromEntries(
      ['mon', 'tue', 'wed', 'thu', 'fri'].map((weekday) => [weekday, [['08:00', '16:00']]]),
    ),
    closedOn: ['2026-12-24'],
  };
  const round: BusinessCalendar = {
    ...office,
    slots: Object.fromEntries(WEEKDAYS.map((weekday) => [weekday, [['00:00', '24:00']]])),
  };
  const due = (changes: Partial<DeadlineInput>) =>
    computeDeadline({
      calendar: office,
      startAt: '2026-11-20T09:00:00Z',
      target: { businessMinutes: 60 },
      pauses: [],
      ...changes,
    }).dueAt;

  t.test(
    'when the clocks change, an hour that is not there does not run, and one that is there twice runs twice',
    async (t) => {
      const target = { businessMinutes: 24 * 60 };
      t.equal(due({ calendar: round, startAt: '2026-03-28T23:00:00Z', target }), '2026-03-29T23:00:00Z');
      t.equal(due({ calendar: round, startAt: '2026-10-24T22:00:00Z', target }), '2026-10-25T22:00:00Z');
      const night: BusinessCalendar = { ...office, slots: { sun: [['01:00', '04:00']] } };
      const until = (startAt: string, businessMinutes: number) =>
        due({ calendar: night, startAt, target: { businessMinutes } });
      t.equal(until('2026-03-28T22:00:00Z', 120), '2026-03-29T02:00:00Z', 'two hours on that night');
      t.equal(until('2026-10-24T22:00:00Z', 240), '2026-10-25T03:00:00Z', 'four hours on that night');
    },
  );

  t.test('the end of office hours is in time, not the next beginning', async (t) => {
    t.equal(due({ startAt: '2026-11-20T14:00:00Z' }), '2026-11-20T15:00:00Z');
    t.equal(due({ startAt: '2026-11-20T15:00:00Z' }), '2026-11-23T08:00:00Z');
    t.equal(due({ target: { businessMinutes: 0 } }), '2026-11-20T09:00:00Z');
  });

  t.test('a pause within a pause changes nothing', async (t) => {
    const pauses = [
      { from: '2026-11-20T09:10:00Z', to: '2026-11-20T12:00:00Z' },
      { from: '2026-11-20T10:00:00Z', to: '2026-11-20T11:00:00Z' },
    ];
    t.equal(due({ pauses }), '2026-11-20T12:50:00Z');
  });

  t.test(
    'working days do not count the day of the start; a day counts when the clock runs at its end',
    async (t) => {
      const target = { businessDays: 1 };
      t.equal(due({ target }), '2026-11-23T15:00:00Z', 'from Friday to Monday');
      t.equal(due({ target, startAt: '2026-11-21T09:00:00Z' }), '2026-11-23T15:00:00Z', 'from Saturday too');
      const paused = (from: string, to: string) => due({ target, pauses: [{ from, to }] });
      t.equal(paused('2026-11-23T08:00:00Z', '2026-11-23T10:00:00Z'), '2026-11-23T15:00:00Z');
      t.equal(paused('2026-11-23T08:00:00Z', '2026-11-23T15:00:00Z'), '2026-11-24T15:00:00Z');
      t.equal(paused('2026-11-23T15:00:00Z', '2026-11-23T20:00:00Z'), '2026-11-23T15:00:00Z');
      t.equal(
        due({ target: { businessDays: 2 }, startAt: '2026-12-22T09:00:00Z' }),
        '2026-12-28T15:00:00Z',
        'over Christmas',
      );
    },
  );

  t.test('how it stands before the start, within a pause and after the end', async (t) => {
    const at = (asOf: string) =>
      computeDeadline({
        calendar: office,
        startAt: '2026-11-20T09:00:00Z',
        target: { businessMinutes: 60 },
        pauses: [{ from: '2026-11-20T09:30:30Z', to: '2026-11-20T10:00:00Z' }],
        asOf,
      });
    const dueAt = '2026-11-20T10:29:30Z';
    const state = (elapsedBusinessMinutes: number, remainingBusinessMinutes: number, breached: boolean) => ({
      dueAt,
      elapsedBusinessMinutes,
      remainingBusinessMinutes,
      breached,
    });
    t.strictSame(at('2026-11-20T08:00:00Z'), state(0, 60, false));
    t.strictSame(at('2026-11-20T09:45:00Z'), state(30, 30, false));
    t.strictSame(at(dueAt), state(60, 0, false));
    t.strictSame(at('2026-11-20T10:29:31Z'), state(60, 0, true));
    t.strictSame(at('2026-11-20T11:00:00Z'), state(90, 0, true));
  });
});

test('holidays', async (t) => {
  t.test('North Rhine-Westphalia 2027', async (t) => {
    t.strictSame(
      [...holidaysOf('NW', 2027)].join(' '),
      '2027-01-01 2027-03-26 2027-03-29 2027-05-01 2027-05-06 2027-05-17 2027-05-27 2027-10-03 2027-11-01 2027-12-25 2027-12-26',
    );
  });

  t.test('how many each state keeps in 2026; Brandenburg counts two Sundays', async (t) => {
    const counts = Object.fromEntries(STATES.map((state) => [state, holidaysOf(state, 2026).size]));
    t.strictSame(counts, {
      BB: 12,
      BE: 10,
      BW: 12,
      BY: 12,
      HB: 10,
      HE: 10,
      HH: 10,
      MV: 11,
      NI: 10,
      NW: 11,
      RP: 11,
      SH: 10,
      SL: 12,
      SN: 11,
      ST: 11,
      TH: 11,
    });
  });

  t.test('Easter Sunday at the ends of its range and in between', async (t) => {
    const easters = [
      '1999-04-04',
      '2000-04-23',
      '2024-03-31',
      '2025-04-20',
      '2026-04-05',
      '2038-04-25',
      '2049-04-18',
      '2076-04-19',
      '2285-03-22',
    ];
    for (const easter of easters) t.ok(holidaysOf('BB', Number(easter.slice(0, 4))).has(easter), easter);
  });

  t.test('days that came, went or are kept once', async (t) => {
    const cases: [string, (typeof STATES)[number], boolean][] = [
      ['2018-03-08', 'BE', false],
      ['2019-03-08', 'BE', true],
      ['2022-03-08', 'MV', false],
      ['2023-03-08', 'MV', true],
      ['2024-05-08', 'BE', false],
      ['2025-05-08', 'BE', true],
      ['2028-06-17', 'BE', true],
      ['2018-09-20', 'TH', false],
      ['2019-09-20', 'TH', true],
      ['2016-10-31', 'NI', false],
      ['2018-10-31', 'NI', true],
      ['2017-10-31', 'NW', true],
      ['2018-10-31', 'NW', false],
      ['2026-11-18', 'SN', true],
      ['2023-11-22', 'SN', true],
      ['2022-11-16', 'SN', true],
    ];
    for (const [on, state, kept] of cases)
      t.equal(holidaysOf(state, Number(on.slice(0, 4))).has(on), kept, `${state} ${on}`);
  });
});
