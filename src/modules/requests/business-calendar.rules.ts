import { Temporal } from 'temporal-polyfill';
import { DomainError } from '../../platform/errors.ts';
import { CALENDAR_INVALID, DEADLINE_TOO_FAR } from './deadline.errors.ts';
import { holidaysOf, type State } from './holidays.rules.ts';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Wall clock times `HH:MM` from and to; `24:00` is the end of the day. */
export type Slot = readonly [from: string, to: string];

export interface BusinessCalendar {
  readonly timeZone: string;
  /** Its statutory holidays are closed. */
  readonly state: State;
  /** A weekday left out is closed. */
  readonly slots: Readonly<Partial<Record<Weekday, readonly Slot[]>>>;
  /** Further closing days. */
  readonly closedOn: readonly string[];
}

/** From one moment up to another, in milliseconds since 1970. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export interface BusinessDay {
  readonly day: string;
  /** Ascending, not empty. */
  readonly hours: readonly Interval[];
}

/** Nobody promises anything for longer, and a calendar that is hardly ever open must not keep the machine busy. */
const HORIZON_YEARS = 50;

/**
 * The days on which the office is open, ascending from the day (in the calendar's zone) that holds `from`. Hours are those
 * of the wall clock: on days when the clocks change they are really an hour shorter or longer.
 * @throws DomainError CALENDAR_INVALID, HOLIDAYS_UNKNOWN; DEADLINE_TOO_FAR when asked beyond 50 years
 */
export function* businessDays(calendar: BusinessCalendar, from: number): Generator<BusinessDay, never> {
  const slots = slotsByWeekday(calendar);
  const closed = new Set(calendar.closedOn);
  let day = dayIn(calendar.timeZone, from);
  const end = day.add({ years: HORIZON_YEARS });
  let holidays = holidaysOf(calendar.state, day.year);
  for (; Temporal.PlainDate.compare(day, end) < 0; day = day.add({ days: 1 })) {
    if (day.dayOfYear === 1) holidays = holidaysOf(calendar.state, day.year);
    const today = slots[day.dayOfWeek - 1] ?? [];
    const name = day.toString();
    if (today.length === 0 || holidays.has(name) || closed.has(name)) continue;
    const hours = today
      .map((slot) => ({
        from: momentOf(day, slot.from, calendar.timeZone),
        to: momentOf(day, slot.to, calendar.timeZone),
      }))
      .filter((interval) => interval.from < interval.to);
    if (hours.length > 0) yield { day: name, hours };
  }
  throw new DomainError(DEADLINE_TOO_FAR, `Clocks are computed for ${HORIZON_YEARS} years at most`);
}

/** @throws DomainError CALENDAR_INVALID */
export function dayIn(timeZone: string, moment: number): Temporal.PlainDate {
  const instant = Temporal.Instant.fromEpochMilliseconds(moment);
  try {
    return instant.toZonedDateTimeISO(timeZone).toPlainDate();
  } catch (cause) {
    throw new DomainError(CALENDAR_INVALID, 'The time zone is not known', {
      pointer: '/calendar/timeZone',
      cause,
    });
  }
}

function momentOf(day: Temporal.PlainDate, minutes: number, timeZone: string): number {
  const midnight = minutes === MINUTES_OF_DAY;
  const time = new Temporal.PlainTime(midnight ? 0 : Math.floor(minutes / 60), minutes % 60);
  const date = midnight ? day.add({ days: 1 }) : day;
  return date.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds;
}

const MINUTES_OF_DAY = 24 * 60;

/** Minutes of the day, ascending, from Monday on. */
function slotsByWeekday({ slots }: BusinessCalendar): Interval[][] {
  const week = WEEKDAYS.map((weekday) => {
    const hours = (slots[weekday] ?? []).map(([from, to], index) => {
      const interval = { from: minutesOf(from), to: minutesOf(to) };
      if (interval.from < interval.to) return interval;
      throw slotInvalid(`The slot ${from}–${to} ends before it begins`, weekday, index);
    });
    const sorted = hours.toSorted((a, b) => a.from - b.from);
    for (const [index, slot] of sorted.entries()) {
      const before = sorted[index - 1];
      if (before === undefined || before.to <= slot.from) continue;
      throw slotInvalid('Two slots overlap', weekday, hours.indexOf(slot));
    }
    return sorted;
  });
  if (week.some((hours) => hours.length > 0)) return week;
  throw new DomainError(CALENDAR_INVALID, 'The calendar is never open', { pointer: '/calendar/slots' });
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function slotInvalid(detail: string, weekday: Weekday, index: number): DomainError {
  return new DomainError(CALENDAR_INVALID, detail, { pointer: `/calendar/slots/${weekday}/${index}` });
}
