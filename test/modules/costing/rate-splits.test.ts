import fc from 'fast-check';
import { test } from 'tap';
import {
  countDays,
  type Days,
  type Interval,
  intervalOf,
} from '../../../src/modules/costing/rates/rate-days.rules.ts';
import { piecesOf } from '../../../src/modules/costing/rates/rate-pieces.rules.ts';
import type { RatePrice } from '../../../src/modules/costing/rates/rate-prices.types.ts';
import type { PriceVersion, Stretch } from '../../../src/modules/costing/rates/rate-stretches.rules.ts';
import {
  type RatedMeter,
  rateMeters,
  sumQuantities,
  type UsageOf,
} from '../../../src/modules/costing/rates/rate-usage.rules.ts';
import { plusDays } from '../../../src/platform/clock.ts';

const runs = { numRuns: 1000 };
const FIRST = '2027-11-01';
/** Over the turn of the year into February of a leap year. */
const PERIOD: Days = { from: FIRST, to: '2028-04-01' };
const LENGTH = countDays(PERIOD);

const cents = fc.nat(1_000_000);
const small = fc.integer({ min: 1, max: 60 });
const terms: fc.Arbitrary<Partial<RatePrice>> = fc.oneof(
  fc.record({ model: fc.constantFrom('flat' as const, 'unit' as const), unitCents: cents }),
  fc.record({ model: fc.constant('hourly' as const), unitCents: cents }),
  fc
    .tuple(fc.constantFrom('graduated' as const, 'volume' as const), small, cents, cents, cents)
    .map(([model, limit, a, b, flatCents]) => ({
      model,
      tiers: [
        { upTo: String(limit), unitCents: a, flatCents },
        { upTo: null, unitCents: b },
      ],
    })),
  fc.tuple(small, cents, fc.nat(30)).map(([size, unitCents, free]) => ({
    model: 'package' as const,
    package: { size: String(size), unitCents, free: String(free) },
  })),
  fc.record({ model: fc.constant('percentage' as const), percent: fc.constantFrom('2.5', '19', '0.333333') }),
);
const price: fc.Arbitrary<RatePrice> = fc
  .tuple(terms, fc.option(fc.nat(10 ** 6)), fc.option(fc.nat(10 ** 6)))
  .map(([model, minimum, extra]) => ({
    ...({ serviceId: 's', meter: 'minutes', unit: 'minute', ...model } as RatePrice),
    ...(minimum !== null && { minimumCents: minimum }),
    ...(extra !== null && { maximumCents: (minimum ?? 0) + extra }),
  }));
const interval = fc.constantFrom<Interval[]>('month', 'quarter', 'year');
const cuts = fc.uniqueArray(fc.integer({ min: 1, max: LENGTH - 1 }), { maxLength: 6 });
/** Tenths of a minute by day. */
const usage = fc.dictionary(fc.integer({ min: 0, max: LENGTH - 1 }).map(String), fc.nat(900), {
  maxKeys: 12,
});

const decimal = (tenths: number) => `${Math.floor(tenths / 10)}.${tenths % 10}`;

function usageBy(days: Readonly<Record<string, number>>): UsageOf {
  return ({ from, to }) => {
    const first = countDays({ from: FIRST, to: from });
    const end = countDays({ from: FIRST, to });
    const used = Object.entries(days).filter(([at]) => Number(at) >= first && Number(at) < end);
    const tenths = used.reduce((sum, [, one]) => sum + one, 0);
    const meter = { organisationId: 'o', serviceId: 's', meter: 'minutes', unit: 'minute' };
    return used.length === 0 ? [] : [{ ...meter, quantity: decimal(tenths), eventCount: used.length }];
  };
}

const version = (number: number, kind: Interval, one: RatePrice): PriceVersion => ({
  id: `v${number}`,
  number,
  rateCard: 'Karte',
  interval: kind,
  prices: [one],
});

/** The period cut at days, each part with the version that its place gives. */
function stretches(
  at: readonly number[],
  versionAt: (index: number) => PriceVersion,
  days = PERIOD,
): Stretch[] {
  const inside = at.map((day) => plusDays(FIRST, day)).filter((day) => day > days.from && day < days.to);
  const borders = [days.from, ...inside.sort(), days.to];
  return borders.slice(1).map((to, index) => ({
    from: borders[index] ?? '',
    to,
    organisationId: 'o',
    serviceId: 's',
    agreementVersionId: `a${index}`,
    version: versionAt(index),
  }));
}

const rateAll = (parts: readonly Stretch[], used: UsageOf): RatedMeter => {
  const [only, ...more] = rateMeters(piecesOf(parts), used);
  if (only === undefined || more.length > 0) throw new Error('not one meter');
  return only;
};
const centsOf = ({ amountCents, trueUpCents, cappedCents, quantity }: RatedMeter) =>
  JSON.stringify({ amountCents, trueUpCents, cappedCents, quantity });

/** `num/den` added up exactly. */
function addUp(fractions: readonly string[]): readonly [bigint, bigint] {
  return fractions.reduce<readonly [bigint, bigint]>(
    ([a, b], text) => {
      const [c = 0n, d = 1n] = text.split('/').map(BigInt);
      return [a * d + c * b, b * d];
    },
    [0n, 1n],
  );
}

test('rating over splits', async (t) => {
  t.test('rating again gives the same cents, in whatever order the days are told', async () => {
    fc.assert(
      fc.property(price, price, interval, cuts, usage, (a, b, kind, at, used) => {
        const parts = stretches(at, (index) => version(index, kind, index % 2 === 0 ? a : b));
        const again = structuredClone(parts).reverse();
        const first = rateMeters(piecesOf(parts), usageBy(used));
        return (
          JSON.stringify(rateMeters(piecesOf(again), usageBy(used)).map(centsOf)) ===
          JSON.stringify(first.map(centsOf))
        );
      }),
      runs,
    );
  });

  t.test('a version or wording that leaves a price as it is changes no cent', async () => {
    fc.assert(
      fc.property(price, interval, cuts, usage, (one, kind, at, used) => {
        const whole = rateAll(
          stretches([], () => version(1, kind, one)),
          usageBy(used),
        );
        const split = rateAll(
          stretches(at, (index) => version(index, kind, { ...one })),
          usageBy(used),
        );
        return centsOf(whole) === centsOf(split) && whole.parts.length === split.parts.length;
      }),
      runs,
    );
  });

  t.test('a period costs what its intervals cost together', async () => {
    fc.assert(
      fc.property(price, usage, (one, used) => {
        const months: Days[] = [];
        for (let from = PERIOD.from; from < PERIOD.to; from = intervalOf(from, 'month').to)
          months.push(intervalOf(from, 'month'));
        const versionOf = () => version(1, 'month', one);
        const whole = rateAll(stretches([], versionOf), usageBy(used));
        const parts = months.map((month) => rateAll(stretches([], versionOf, month), usageBy(used)));
        return (
          months.length === 5 && whole.amountCents === parts.reduce((sum, part) => sum + part.amountCents, 0)
        );
      }),
      runs,
    );
  });

  t.test('parts cover each day once and all that was used, and each adds up to its cents', async () => {
    fc.assert(
      fc.property(price, price, interval, cuts, usage, (a, b, kind, at, used) => {
        const parts = stretches(at, (index) => version(index, kind, index % 2 === 0 ? a : b));
        const rated = rateAll(parts, usageBy(used));
        const days = rated.parts.reduce((sum, part) => sum + part.days, 0);
        const isSeamless = rated.parts.every(
          (part, index) => index === 0 || rated.parts[index - 1]?.to === part.from,
        );
        const tenths = Object.values(used).reduce((sum, one) => sum + one, 0);
        const adds = rated.parts.every(
          (part) =>
            part.lines.reduce((sum, line) => sum + line.amountCents, 0) +
              part.trueUpCents -
              part.cappedCents ===
            part.amountCents,
        );
        return days === LENGTH && isSeamless && rated.quantity === sumQuantities([decimal(tenths)]) && adds;
      }),
      runs,
    );
  });

  t.test('a price that changes splits by days exactly', async () => {
    fc.assert(
      fc.property(cents, cents, fc.integer({ min: 1, max: 29 }), usage, (a, b, day, used) => {
        fc.pre(a !== b);
        const flat = (unitCents: number): RatePrice => ({
          serviceId: 's',
          meter: 'minutes',
          unit: 'minute',
          model: 'flat',
          unitCents,
        });
        const november = intervalOf(FIRST, 'month');
        const at = (make: (amount: number) => RatePrice) =>
          rateAll(
            stretches([day], (index) => version(index, 'month', make(index === 0 ? a : b)), november),
            usageBy(used),
          );
        const [num, den] = addUp(at(flat).parts.map((part) => part.exactCents));
        const isFlat = num * 30n === den * (BigInt(a) * BigInt(day) + BigInt(b) * BigInt(30 - day));
        const tenthsIn = (from: number, to: number) =>
          Object.entries(used).reduce(
            (sum, [one, tenths]) => sum + (Number(one) >= from && Number(one) < to ? tenths : 0),
            0,
          );
        const [top, bottom] = addUp(
          at((amount) => ({ ...flat(amount), model: 'unit' })).parts.map((part) => part.exactCents),
        );
        const exact = BigInt(a) * BigInt(tenthsIn(0, day)) + BigInt(b) * BigInt(tenthsIn(day, 30));
        return isFlat && top * 10n === bottom * exact;
      }),
      runs,
    );
  });

  t.test('what is fixed counts by its days: tiers, free units, minimum and maximum', async (t) => {
    const november = intervalOf(FIRST, 'month');
    const first: RatePrice = {
      serviceId: 's',
      meter: 'minutes',
      unit: 'minute',
      model: 'graduated',
      tiers: [
        { upTo: '40', unitCents: 100, flatCents: 3000 },
        { upTo: null, unitCents: 10 },
      ],
    };
    const second: RatePrice = {
      ...first,
      model: 'package',
      package: { size: '5', unitCents: 700, free: '6' },
      minimumCents: 3000,
    };
    const { tiers: _, ...packages } = second;
    const used = usageBy({ 3: 250, 12: 60 });
    const rated = rateAll(
      stretches([10], (index) => version(index, 'month', index === 0 ? first : packages), november),
      used,
    );
    t.match(rated.parts, [
      {
        days: 10,
        ofDays: 30,
        quantity: '25.0',
        lines: [
          { quantity: '40/3', amountCents: 1333 },
          { quantity: '1/3', amountCents: 1000 },
          { quantity: '35/3', amountCents: 117 },
        ],
        amountCents: 2450,
      },
      { days: 20, lines: [{ quantity: '1', amountCents: 700 }], trueUpCents: 1300, amountCents: 2000 },
    ]);
  });

  t.test('an hour is sixty minutes, to the cent', async (t) => {
    const hourly: RatePrice = {
      serviceId: 's',
      meter: 'minutes',
      unit: 'minute',
      model: 'hourly',
      unitCents: 5000,
    };
    const rated = rateAll(
      stretches([], () => version(1, 'year', hourly)),
      usageBy({ 0: 500 }),
    );
    t.equal(rated.amountCents, 4167);
    t.match(rated.parts[0], {
      lines: [{ quantity: '50', unitCents: '5000', perUnits: '60' }],
      exactCents: '12500/3',
    });
  });
});
