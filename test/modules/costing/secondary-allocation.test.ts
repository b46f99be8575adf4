import fc from 'fast-check';
import { test } from 'tap';
import type { SecondaryAllocationInput } from '../../../src/modules/costing/costs/cost-centre-use.rules.ts';
import { allocateSecondary } from '../../../src/modules/costing/sharing/secondary-allocation.rules.ts';

const runs = { numRuns: 1000 };
const METHODS = ['direct', 'step_down', 'reciprocal'] as const;
const SUPPORTS = ['s1', 'S2', 's3', 'ä4'];
const FINALS = ['f1', 'F2', 'f3', 'ö4'];

const weight = fc.oneof(
  fc.constant('0'),
  fc.nat(100).map(String),
  fc.nat(9999).map((n) => `${n}.${n % 7}25`),
);
/** Credits too: a cost centre may have earned more than it cost. */
const cents = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -(10 ** 12), max: 10 ** 12 }));

/** Each support centre is used by a final one, so that every method has an answer. */
const inputs: fc.Arbitrary<SecondaryAllocationInput> = fc
  .record({
    supports: fc.integer({ min: 0, max: SUPPORTS.length }),
    finals: fc.integer({ min: 1, max: FINALS.length }),
    method: fc.constantFrom(...METHODS),
    primaries: fc.array(cents, { minLength: 8, maxLength: 8 }),
    weights: fc.array(fc.array(weight, { minLength: 8, maxLength: 8 }), { minLength: 4, maxLength: 4 }),
    rotation: fc.nat(3),
  })
  .map(({ supports, finals, method, primaries, weights, rotation }) => {
    const names = SUPPORTS.slice(0, supports);
    const all = [...names, ...FINALS.slice(0, finals)];
    const rows = names.map((name, row) => {
      const values = all.map((target, column): [string, string] => [target, weights[row]?.[column] ?? '0']);
      return [name, { ...Object.fromEntries(values), f1: `1.${row}` }];
    });
    return {
      method,
      order: [...names.slice(rotation), ...names.slice(0, rotation)],
      costCentres: all.map((id, index) => ({
        id,
        type: index < supports ? ('support' as const) : ('final' as const),
        primaryCents: primaries[index] ?? 0,
      })),
      use: Object.fromEntries(rows) as SecondaryAllocationInput['use'],
    };
  });

function sumOf(amounts: Iterable<number>): bigint {
  let sum = 0n;
  for (const amount of amounts) sum += BigInt(amount);
  return sum;
}

function supportCents(input: SecondaryAllocationInput): bigint {
  return sumOf(input.costCentres.filter((each) => each.type === 'support').map((each) => each.primaryCents));
}

type Fraction = readonly [top: bigint, bottom: bigint];
const fractionOf = (text: string): Fraction => text.split('/').map(BigInt) as unknown as Fraction;
const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d];
const equal = ([a, b]: Fraction, [c, d]: Fraction): boolean => a * d === c * b;
const thousandths = (text: string): bigint => BigInt(Math.round(Number(text) * 1000));

/** Share of the use of `from` that `to` has, its own left out. */
function shareOf({ use }: SecondaryAllocationInput, from: string, to: string): Fraction {
  const row = Object.entries(use[from] ?? {}).filter(([target]) => target !== from);
  const all = row.reduce((sum, [, value]) => sum + thousandths(value), 0n);
  return from === to ? [0n, 1n] : [thousandths(use[from]?.[to] ?? '0'), all];
}

test('secondary allocation', async (t) => {
  t.test('all methods pass on exactly the primary cost of the support centres', async () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { final } = allocateSecondary(input);
        return (
          sumOf(final.map((each) => each.secondaryCents)) === supportCents(input) &&
          final.every((each) => each.totalCents === each.primaryCents + each.secondaryCents) &&
          sumOf(final.map((each) => each.totalCents)) ===
            sumOf(input.costCentres.map((each) => each.primaryCents))
        );
      }),
      runs,
    );
  });

  t.test('the exact shares add up too, and no rounded one is a cent away', async () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { final } = allocateSecondary(input);
        const exact = final.map((each) => fractionOf(each.exactSecondaryCents));
        return (
          equal(exact.reduce(plus, [0n, 1n]), [supportCents(input), 1n]) &&
          final.every(({ secondaryCents }, index) => {
            const [top, bottom] = exact[index] as Fraction;
            const off = BigInt(secondaryCents) * bottom - top;
            return off < bottom && -off < bottom;
          })
        );
      }),
      runs,
    );
  });

  t.test('the order of the lists changes no amount', async () => {
    const byId = (input: SecondaryAllocationInput) => {
      const { final, gross = [] } = allocateSecondary(input);
      return JSON.stringify([...final, ...gross].sort((a, b) => (a.id < b.id ? -1 : 1)));
    };
    fc.assert(
      fc.property(inputs, (input) => {
        const rows = Object.entries(input.use).map(([id, row]) => [
          id,
          Object.fromEntries(Object.entries(row).toReversed()),
        ]);
        const turned = {
          ...input,
          costCentres: input.costCentres.toReversed(),
          use: Object.fromEntries(rows.toReversed()) as SecondaryAllocationInput['use'],
        };
        return byId(turned) === byId(input);
      }),
      runs,
    );
  });

  t.test('reciprocal: gross cost is primary cost and the share of the gross cost of all others', async () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const input = { ...given, method: 'reciprocal' as const };
        const { final, gross = [] } = allocateSecondary(input);
        const received = (id: string) =>
          gross
            .map((other) => times(fractionOf(other.exactCents), shareOf(input, other.id, id)))
            .reduce(plus, [0n, 1n]);
        const primaryOf = (id: string): Fraction => [
          BigInt(input.costCentres.find((each) => each.id === id)?.primaryCents ?? 0),
          1n,
        ];
        return (
          gross.every(({ id, exactCents }) =>
            equal(fractionOf(exactCents), plus(primaryOf(id), received(id))),
          ) &&
          final.every(({ id, exactSecondaryCents }) => equal(fractionOf(exactSecondaryCents), received(id)))
        );
      }),
      runs,
    );
  });

  t.test('own use and the unit of the weights change nothing', async () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom('0', '7', '0.001'), (input, own) => {
        const rows = Object.entries(input.use).map(([id, row]) => {
          const thousandfold = Object.entries(row).map(([target, value]) => [
            target,
            `${thousandths(value)}`,
          ]);
          return [id, { ...Object.fromEntries(thousandfold), [id]: own }];
        });
        const scaled = { ...input, use: Object.fromEntries(rows) as SecondaryAllocationInput['use'] };
        return JSON.stringify(allocateSecondary(scaled)) === JSON.stringify(allocateSecondary(input));
      }),
      runs,
    );
  });

  t.test('where support centres do not use each other all methods agree', async () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const rows = Object.entries(input.use).map(([id, row]) => [
          id,
          Object.fromEntries(Object.entries(row).filter(([target]) => !SUPPORTS.includes(target))),
        ]);
        const use = Object.fromEntries(rows) as SecondaryAllocationInput['use'];
        const answers = METHODS.map((method) =>
          JSON.stringify(allocateSecondary({ ...input, method, use }).final),
        );
        return new Set(answers).size === 1;
      }),
      runs,
    );
  });
});

test('secondary allocation by hand', async (t) => {
  const centres = (...support: [string, number][]) => [
    ...support.map(([id, primaryCents]) => ({ id, type: 'support' as const, primaryCents })),
    { id: 'B', type: 'final' as const, primaryCents: 0 },
    { id: 'A', type: 'final' as const, primaryCents: 0 },
  ];
  const secondary = (input: SecondaryAllocationInput) =>
    Object.fromEntries(allocateSecondary(input).final.map((each) => [each.id, each.secondaryCents]));

  t.test('the odd cent goes to the smaller id, and of a credit as well', async (t) => {
    const use = { S: { A: '1', B: '1' } };
    t.strictSame(secondary({ method: 'direct', costCentres: centres(['S', 3]), use }), { A: 2, B: 1 });
    t.strictSame(secondary({ method: 'direct', costCentres: centres(['S', -3]), use }), { A: -2, B: -1 });
  });

  t.test('the support cost is rounded once, not centre by centre', async (t) => {
    const use = { S: { A: '1', B: '1' }, T: { A: '1', B: '1' } };
    t.strictSame(secondary({ method: 'direct', costCentres: centres(['S', 1], ['T', 1]), use }), {
      A: 1,
      B: 1,
    });
  });

  t.test('cost and credit that cancel out still move money between the final centres', async (t) => {
    const use = { S: { A: '1' }, T: { B: '1' } };
    t.strictSame(secondary({ method: 'direct', costCentres: centres(['S', 5], ['T', -5]), use }), {
      A: 5,
      B: -5,
    });
  });

  t.test('a loop with the smallest outflow is still computed', async (t) => {
    const use = { S: { T: '999999999', A: '0.000000000001' }, T: { S: '1' } };
    const costCentres = centres(['S', 7], ['T', 4]);
    t.strictSame(secondary({ method: 'reciprocal', costCentres, use }), { A: 11, B: 0 });
  });

  t.test('without support centres there is nothing to pass on', async (t) => {
    t.strictSame(secondary({ method: 'reciprocal', costCentres: centres(), use: {} }), { A: 0, B: 0 });
  });

  t.test('names that every object inherits are names like others', async (t) => {
    const costCentres = [
      { id: 'constructor', type: 'support' as const, primaryCents: 2 },
      { id: '__proto__', type: 'final' as const, primaryCents: 0 },
    ];
    const use = JSON.parse('{"constructor":{"__proto__":"1"}}') as SecondaryAllocationInput['use'];
    t.match(allocateSecondary({ method: 'direct', costCentres, use }).final, [{ secondaryCents: 2 }]);
    t.throws(() => allocateSecondary({ method: 'direct', costCentres, use: {} }), {
      code: 'COST_CENTRE_USE_MISSING',
    });
  });
});
