import fc from 'fast-check';
import tap from 'tap';
import type { AllocationRunInput, RunPool } from '../../../src/modules/costing/calculation.types.ts';
import {
  derivationOf,
  type KeyFormula,
  valuesByFormula,
} from '../../../src/modules/costing/keys/key-formulas.rules.ts';
import { computeRun } from '../../../src/modules/costing/runs/allocation-run.rules.ts';
import { type BookedFacts, toRunCosts } from '../../../src/modules/costing/runs/run-costs.rules.ts';
import { sumCents } from '../../../src/platform/money/index.ts';

const runs = { numRuns: 1000 };
const amount = fc.integer({ min: -1_000_000, max: 100_000_000_000 });
const weight = fc.integer({ min: 1, max: 5000 }).map(String);

const SERVICES = ['a', 'b'].map((id) => ({ id, code: id.toUpperCase(), title: id }));
const CENTRES = [
  { id: '1', code: 'S1', name: 'S1', type: 'support', serviceId: null },
  { id: '2', code: 'S2', name: 'S2', type: 'support', serviceId: null },
  { id: '3', code: 'F1', name: 'F1', type: 'final', serviceId: 'a' },
  { id: '4', code: 'F2', name: 'F2', type: 'final', serviceId: 'a' },
  { id: '5', code: 'F3', name: 'F3', type: 'final', serviceId: 'b' },
] as const;

const lineOf = (place: fc.Arbitrary<object>) =>
  fc
    .tuple(place, fc.constantFrom('cost', 'grant', 'other_income'), amount, fc.uuid())
    .map(([where, category, amountCents, id]) => ({
      serviceId: null,
      costCentreId: null,
      ...where,
      category,
      costType: category === 'cost' ? '' : 'Mittel',
      amountCents,
      costLineIds: [id],
    })) as fc.Arbitrary<BookedFacts['booked'][number]>;
const place = fc.oneof(
  fc.constantFrom(...SERVICES).map(({ id }) => ({ serviceId: id })),
  fc.constantFrom(...CENTRES).map(({ id }) => ({ costCentreId: id })),
);
const facts: fc.Arbitrary<BookedFacts> = fc.record({
  booked: fc.array(lineOf(place), { minLength: 1, maxLength: 12 }),
  costCentres: fc.constant(CENTRES),
  services: fc.constant(SERVICES),
  plan: fc
    .tuple(
      fc.constantFrom('direct', 'step_down', 'reciprocal'),
      fc.array(weight, { minLength: 8, maxLength: 8 }),
    )
    .map(([method, w]) => ({
      id: 'p',
      number: 1,
      asOf: '2026-01-01',
      source: 'x',
      method,
      order: ['S2', 'S1'],
      use: {
        S1: { S2: w[0], F1: w[1], F2: w[2], F3: w[3] },
        S2: { S1: w[4], F1: w[5], F2: w[6], F3: w[7] },
      },
    })) as fc.Arbitrary<NonNullable<BookedFacts['plan']>>,
});

function snapshotOf(given: BookedFacts): AllocationRunInput {
  const { costs, secondary } = toRunCosts(given);
  const pools = costs.map(
    ({ serviceId, code, title, costLineIds, ...rest }): RunPool => ({
      ...rest,
      id: code,
      service: { id: serviceId, code, title },
      agreementVersionId: 'v',
      costLineIds: [...costLineIds],
      mode: 'cascade',
      members: ['m', 'n'],
      tranches: [{ id: 't', label: 't', percent: '100', key: { type: 'equal' } }],
    }),
  );
  return {
    kind: 'allocation-run',
    algorithm: 'allocation/1',
    centre: { id: 'c', name: 'c', code: 'C' },
    period: { code: '2026', startsOn: '2026-01-01', endsOn: '2027-01-01' },
    runNumber: 'R',
    ...(secondary !== undefined && { secondary }),
    pools,
  };
}

tap.test(
  'pools get every cent of cost centres and services, less all income, with every method',
  async (t) => {
    fc.assert(
      fc.property(facts, (given) => {
        const wanted = sumCents(
          given.booked.map(({ category, amountCents }) => (category === 'cost' ? amountCents : -amountCents)),
        );
        t.equal(computeRun(snapshotOf(given)).totals.amountCents, wanted);
      }),
      runs,
    );
  },
);

tap.test('the order in which facts come changes no byte', async (t) => {
  fc.assert(
    fc.property(facts, (given) => {
      const turned = {
        ...given,
        booked: given.booked.toReversed(),
        costCentres: given.costCentres.toReversed(),
        services: given.services.toReversed(),
      };
      t.equal(computeRun(snapshotOf(turned)).resultHash, computeRun(snapshotOf(given)).resultHash);
    }),
    runs,
  );
});

tap.test('a snapshot whose pools do not follow from its cost centres is refused by name', async (t) => {
  const plan = { S1: { F1: '1', F3: '1' } };
  const given: BookedFacts = {
    booked: [
      {
        serviceId: null,
        costCentreId: '1',
        category: 'cost',
        costType: '',
        amountCents: 100,
        costLineIds: ['l'],
      },
    ],
    costCentres: CENTRES,
    services: SERVICES,
    plan: { id: 'p', number: 1, asOf: '2026-01-01', source: 'x', method: 'direct', order: null, use: plan },
  };
  const input = snapshotOf(given);
  t.same(
    input.pools.map(({ id, amountCents }) => [id, amountCents]),
    [
      ['A', 50],
      ['B', 50],
    ],
  );
  const [first, second] = input.pools as [RunPool, RunPool];
  t.throws(() => computeRun({ ...input, pools: [{ ...first, amountCents: 51 }, second] }), {
    code: 'POOL_SOURCES_SUM',
    errors: [{ pointer: '/pools/0' }],
  });
  t.throws(() => computeRun({ ...input, pools: [first] }), {
    code: 'POOL_SOURCES_SUM',
    errors: [{ pointer: '/secondary/costCentres/2' }],
  });
  const use = { S1: { F1: '-1', F3: '1' } };
  const secondary = { ...(input.secondary as NonNullable<typeof input.secondary>), use };
  t.throws(() => computeRun({ ...input, secondary }), {
    code: 'NEGATIVE_WEIGHT',
    errors: [{ pointer: '/secondary/use/S1/F1' }],
  });
  t.throws(() => toRunCosts({ ...given, plan: undefined }), { code: 'SECONDARY_PLAN_MISSING' });
});

tap.test('graded inhabitants: each counts once, in its grade', async (t) => {
  const grades = [
    { upTo: '10000', factor: '1' },
    { upTo: '20000', factor: '0.8' },
    { upTo: null, factor: '0.5' },
  ];
  const of = (population: string): KeyFormula => ({
    kind: 'graded_population',
    grades,
    populations: { m: population },
  });
  for (const [population, value, derivation] of [
    ['0', '0', '0 × 1'],
    ['10000', '10000', '10000 × 1'],
    ['10001', '10000.8', '10000 × 1 + 1 × 0.8'],
    ['25000', '20500', '10000 × 1 + 10000 × 0.8 + 5000 × 0.5'],
  ] as const) {
    t.same(valuesByFormula(of(population)), { m: value });
    t.equal(derivationOf(of(population), 'm'), derivation);
  }
  const flat = grades.map((grade) => ({ ...grade, factor: '1' }));
  fc.assert(
    fc.property(fc.nat(5_000_000), (population) => {
      const formula: KeyFormula = { ...of(String(population)), grades: flat } as KeyFormula;
      t.same(valuesByFormula(formula), { m: String(population) });
    }),
    runs,
  );
});

tap.test('values that do not follow from their formula are refused', async (t) => {
  const formula: KeyFormula = {
    kind: 'weighted_cases',
    equivalents: { cases: '1', complex: '2.5' },
    quantities: { m: { cases: '10', complex: '3' }, n: { cases: '0', complex: '0.5' } },
  };
  t.same(valuesByFormula(formula), { m: '17.5', n: '1.25' });
  t.equal(derivationOf(formula, 'm'), '10 × 1 + 3 × 2.5');
  const input = snapshotOf({
    booked: [
      {
        serviceId: 'a',
        costCentreId: null,
        category: 'cost',
        costType: '',
        amountCents: 75,
        costLineIds: ['l'],
      },
    ],
    costCentres: [],
    services: SERVICES,
    plan: undefined,
  });
  const withValues = (values: Record<string, string>): AllocationRunInput => ({
    ...input,
    pools: input.pools.map((pool) => ({
      ...pool,
      tranches: [{ id: 't', label: 't', percent: '100', key: { type: 'weighted_cases', formula, values } }],
    })),
  });
  t.same(
    computeRun(withValues({ m: '17.5', n: '1.25' })).lines.map(({ amountCents }) => amountCents),
    [70, 5],
  );
  t.throws(() => computeRun(withValues({ m: '17.5', n: '1.26' })), { code: 'KEY_FORMULA_MISMATCH' });
  t.throws(() => computeRun(withValues({ m: '17.5' })), { code: 'KEY_FORMULA_MISMATCH' });
});
