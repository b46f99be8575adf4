import fc from 'fast-check';
import { test } from 'tap';
import type { Tier } from '../../../src/modules/costing/rates/rate-models.rules.ts';
import { type RatingInput, rate } from '../../../src/modules/costing/rates/rating.rules.ts';

const runs = { numRuns: 1000 };

const decimal = fc.oneof(
  fc.nat(2000).map(String),
  fc
    .tuple(fc.nat(2000), fc.integer({ min: 1, max: 9999 }))
    .map(([a, b]) => `${a}.${String(b).padStart(4, '0')}`),
);
const positive = decimal.filter((text) => Number(text) > 0);
const price = fc.oneof(fc.nat(100_000), decimal);

const tiers: fc.Arbitrary<Tier[]> = fc
  .tuple(
    fc.uniqueArray(positive, { maxLength: 4, selector: Number }),
    fc.array(fc.tuple(price, fc.option(price)), { minLength: 5, maxLength: 5 }),
  )
  .map(([limits, prices]) =>
    [...limits.toSorted((a, b) => Number(a) - Number(b)), null].map((upTo, index) => {
      const [unitCents = 0, flatCents = null] = prices[index] ?? [];
      return { upTo, unitCents, ...(flatCents !== null && { flatCents }) };
    }),
  );

const models = fc.oneof(
  fc.record({ model: fc.constantFrom('flat' as const, 'unit' as const), unitCents: price }),
  fc.record({ model: fc.constantFrom('graduated' as const, 'volume' as const), tiers }),
  fc.record({
    model: fc.constant('package' as const),
    package: fc.record({ size: positive, unitCents: price, free: decimal }),
  }),
  fc.record({ model: fc.constant('percentage' as const), percent: decimal }),
);
const commitments = fc
  .tuple(fc.option(fc.nat(10 ** 7)), fc.option(fc.nat(10 ** 7)))
  .map(([extra, minimum]) => ({
    ...(minimum !== null && { minimumCents: minimum }),
    ...(extra !== null && { maximumCents: (minimum ?? 0) + extra }),
  }));
const inputs: fc.Arbitrary<RatingInput> = fc
  .tuple(models, decimal, commitments)
  .map(([model, quantity, commitment]) => ({ ...model, quantity, ...commitment }));

/** In ten-thousandths. */
const units = (text: string | number): bigint => {
  const [whole = '0', rest = ''] = String(text).split('.');
  return BigInt(whole) * 10_000n + BigInt(rest.padEnd(4, '0'));
};

test('rating', async (t) => {
  t.test('the lines, the true-up and what was capped make the amount', async () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { amountCents, lines, trueUpCents, cappedCents } = rate(input);
        const sum = lines.reduce((total, line) => total + line.amountCents, 0);
        return (
          sum + trueUpCents - cappedCents === amountCents &&
          (trueUpCents === 0 || cappedCents === 0) &&
          amountCents >= (input.minimumCents ?? 0) &&
          amountCents <= (input.maximumCents ?? Number.MAX_SAFE_INTEGER)
        );
      }),
      runs,
    );
  });

  t.test('rating again gives the same cents', async () => {
    fc.assert(
      fc.property(
        inputs,
        (input) => JSON.stringify(rate(structuredClone(input))) === JSON.stringify(rate(input)),
      ),
      runs,
    );
  });

  t.test('more never costs less, but for volume prices, which are meant to', async () => {
    fc.assert(
      fc.property(inputs, decimal, (input, other) => {
        fc.pre(input.model !== 'volume');
        const [less, more] =
          Number(other) < Number(input.quantity) ? [other, input.quantity] : [input.quantity, other];
        return (
          rate({ ...input, quantity: less }).amountCents <= rate({ ...input, quantity: more }).amountCents
        );
      }),
      runs,
    );
  });

  t.test(
    'the amount is the exact price to the nearest cent, and each line within a cent of its own',
    async () => {
      fc.assert(
        fc.property(inputs, (input) => {
          const { lines, amountCents, trueUpCents, cappedCents } = rate(input);
          fc.pre(input.model !== 'percentage');
          const exact = lines.map((line) => units(line.quantity) * units(line.unitCents));
          const off =
            exact.reduce((sum, each) => sum + each, 0n) -
            BigInt(amountCents - trueUpCents + cappedCents) * 10n ** 8n;
          return (
            2n * off < 10n ** 8n &&
            2n * off >= -(10n ** 8n) &&
            lines.every((line, index) => {
              const rest = (exact[index] ?? 0n) - BigInt(line.amountCents) * 10n ** 8n;
              return rest < 10n ** 8n && rest > -(10n ** 8n);
            })
          );
        }),
        runs,
      );
    },
  );

  t.test(
    'graduated: the lines cover the quantity; with one price for all tiers it is the price per unit',
    async () => {
      fc.assert(
        fc.property(tiers, decimal, price, (list, quantity, unitCents) => {
          const alike = list.map(({ upTo }) => ({ upTo, unitCents }));
          const graduated = rate({ model: 'graduated', tiers: alike, quantity });
          const covered = graduated.lines.reduce((sum, line) => sum + units(line.quantity), 0n);
          const unit = rate({ model: 'unit', unitCents, quantity });
          return covered === units(quantity) && graduated.amountCents === unit.amountCents;
        }),
        runs,
      );
    },
  );

  t.test('volume: all units have the price of one tier', async () => {
    fc.assert(
      fc.property(tiers, decimal, (list, quantity) => {
        const plain = list.map(({ upTo, unitCents }) => ({ upTo, unitCents }));
        const tier = plain.find(({ upTo }) => upTo === null || Number(quantity) <= Number(upTo));
        const unit = rate({ model: 'unit', unitCents: tier?.unitCents ?? 0, quantity });
        return rate({ model: 'volume', tiers: plain, quantity }).amountCents === unit.amountCents;
      }),
      runs,
    );
  });

  t.test('each model by hand', async (t) => {
    const steps: Tier[] = [
      { upTo: '10', unitCents: '100', flatCents: 500 },
      { upTo: null, unitCents: '50.5', flatCents: '20' },
    ];
    const cases: [RatingInput, number][] = [
      [{ model: 'flat', unitCents: 1234, quantity: '0' }, 1234],
      [{ model: 'flat', unitCents: '1234', quantity: '99' }, 1234],
      [{ model: 'unit', unitCents: '0.5', quantity: '1' }, 1],
      [{ model: 'unit', unitCents: '0.499999999999', quantity: '1' }, 0],
      [{ model: 'unit', unitCents: '6000', quantity: '1.75' }, 10500],
      [{ model: 'graduated', tiers: steps, quantity: '0' }, 500],
      [{ model: 'graduated', tiers: steps, quantity: '10' }, 1500],
      [{ model: 'graduated', tiers: steps, quantity: '10.01' }, 1521],
      [{ model: 'volume', tiers: steps, quantity: '10' }, 1500],
      [{ model: 'volume', tiers: steps, quantity: '11' }, 576],
      [{ model: 'package', package: { size: '50', unitCents: 100 }, quantity: '50' }, 100],
      [{ model: 'package', package: { size: '50', unitCents: 100 }, quantity: '50.000000000001' }, 200],
      [{ model: 'package', package: { size: '50', unitCents: 100, free: '10' }, quantity: '10' }, 0],
      [{ model: 'percentage', percent: '2.5', quantity: '1000000' }, 25000],
      [{ model: 'percentage', percent: '50', unitCents: '300', quantity: '7' }, 1050],
      [{ model: 'unit', unitCents: 1, quantity: '5', minimumCents: 10 }, 10],
      [{ model: 'unit', unitCents: 1, quantity: '50', minimumCents: 10, maximumCents: 20 }, 20],
    ];
    for (const [input, amountCents] of cases)
      t.equal(rate(input).amountCents, amountCents, JSON.stringify(input));
  });

  t.test('half cents of several lines are rounded once, together', async (t) => {
    const tiers: Tier[] = [
      { upTo: '1', unitCents: '0.5' },
      { upTo: null, unitCents: '0.5' },
    ];
    const { amountCents, lines } = rate({ model: 'graduated', tiers, quantity: '2' });
    t.equal(amountCents, 1);
    t.strictSame(
      lines.map((line) => line.amountCents),
      [1, 0],
    );
  });
});
