import fc from 'fast-check';
import tap from 'tap';
import type { AllocationRunFile } from '../../../src/modules/costing/calculation.types.ts';
import { computeRun, toRunFile } from '../../../src/modules/costing/runs/allocation-run.rules.ts';
import type { ClauseFacts, RunFacts } from '../../../src/modules/costing/runs/run-facts.types.ts';
import { sideOf } from '../../../src/modules/costing/runs/run-shares.rules.ts';
import { toRunInput } from '../../../src/modules/costing/runs/run-snapshot.rules.ts';
import { verifyRun } from '../../../src/modules/costing/runs/verify-run.rules.ts';
import { canonicalAssumptions } from '../../../src/modules/costing/scenarios/canonical-assumptions.rules.ts';
import { scenarioOf } from '../../../src/modules/costing/scenarios/run-assumptions.reading.ts';
import type { AssumptionsBody } from '../../../src/modules/costing/scenarios/run-assumptions.types.ts';
import { compareShares } from '../../../src/modules/costing/scenarios/run-comparison.rules.ts';
import { exitsOf } from '../../../src/modules/costing/scenarios/run-exits.rules.ts';
import { sumCents } from '../../../src/platform/money/index.ts';

/** Facts of up to six members and three services, and assumptions of all kinds over them; by rules alone, a thousand of each. */

const RUNS = { numRuns: 1000 };
tap.setTimeout(120_000);
const id = (at: number) => `00000000-0000-4000-8000-00000000000${at}`;
const service = (at: number) => `10000000-0000-4000-8000-00000000000${at}`;
const GUEST = id(9);
const SERVICES = [0, 1, 2];
/** Cost of the first service that comes from a cost centre. */
const FED = 777;

const percent = fc.constantFrom(
  ['100'],
  ['30', '70'],
  ['33.34', '33.33', '33.33'],
  ['0.000001', '99.999999'],
);
const keyOf = fc.constantFrom(
  { type: 'equal' } as const,
  { type: 'population', basis: 'census' } as const,
  {
    type: 'graded_population',
    basis: 'census',
    grades: [
      { upTo: '500', factor: '1' },
      { upTo: null, factor: '0.5' },
    ],
  } as const,
  { type: 'cases', meter: 'cases' } as const,
  { type: 'weighted_cases', equivalents: { cases: '1', calls: '0.25' } } as const,
  { type: 'values', keyName: 'list' } as const,
  { type: 'seat', seat: id(0) } as const,
);
const clauseOf: fc.Arbitrary<ClauseFacts> = fc
  .tuple(
    fc.constantFrom('cascade' as const, 'composite' as const),
    percent,
    fc.array(keyOf, { minLength: 3, maxLength: 3 }),
  )
  .map(([mode, percents, keys]) => ({
    mode,
    tranches: percents.map((share, at) => ({
      id: `t${at}`,
      label: `T${at}`,
      percent: share,
      key: keys[at] ?? { type: 'equal' },
    })),
  }));

interface World {
  readonly facts: RunFacts;
  readonly parties: readonly string[];
}

const weight = fc.integer({ min: 1, max: 5000 });
const world: fc.Arbitrary<World> = fc
  .record({
    count: fc.integer({ min: 3, max: 6 }),
    clauses: fc.array(clauseOf, { minLength: 3, maxLength: 3 }),
    amounts: fc.array(fc.integer({ min: -100_000, max: 100_000_000 }), { minLength: 3, maxLength: 3 }),
    weights: fc.array(weight, { minLength: 60, maxLength: 60 }),
  })
  .map(({ count, clauses, amounts, weights }) => {
    const parties = Array.from({ length: count }, (_, at) => id(at));
    const people = [...parties, GUEST];
    const facts: RunFacts = {
      centre: { id: 'c', name: 'C', code: 'C' },
      period: { code: '2026', startsOn: '2026-01-01', endsOn: '2027-01-01' },
      costKind: 'actual',
      costs: SERVICES.map((at) => ({
        serviceId: service(at),
        code: `s${at}`,
        title: `S${at}`,
        amountCents: amounts[at] ?? 0,
        costLineIds: ['l'],
        ...(at === 0 && { directCents: (amounts[at] ?? 0) - FED }),
        ...(at === 1 && {
          netting: {
            costCents: (amounts[at] ?? 0) + 500,
            deductions: [{ id: 'grant:x', type: 'grant' as const, label: 'x', amountCents: 500 }],
          },
        }),
      })),
      secondary: {
        method: 'direct',
        costCentres: [
          { id: 'F', name: 'F', type: 'final', pool: 's0', primaryCents: FED, costLineIds: ['f'] },
        ],
        use: {},
      },
      wordings: SERVICES.map((at) => ({
        agreementId: `a${at}`,
        agreementVersionId: `v${at}`,
        title: 'A',
        number: 1,
        costClause: clauses[at] ?? null,
        organisationIds: parties,
        serviceIds: [service(at)],
      })),
      members: people.map((person) => ({
        id: person,
        ags: person === id(1) ? '05974016' : null,
        name: person,
      })),
      populations: people.map((organisationId, at) => ({
        organisationId,
        basis: 'census',
        asOf: '2025-12-31',
        population: weights[at] ?? 1,
        source: 'x',
      })),
      usage: SERVICES.flatMap((s) =>
        parties.flatMap((organisationId, at) =>
          ['cases', 'calls'].map((meter, m) => ({
            serviceId: service(s),
            organisationId,
            meter,
            unit: 'case',
            quantity: String(weights[6 + s * 12 + at * 2 + m] ?? 1),
            eventCount: 1,
          })),
        ),
      ),
      lists: [
        {
          id: 'k',
          name: 'list',
          type: 'other',
          asOf: '2025-01-01',
          basis: null,
          source: 'x',
          values: Object.fromEntries(parties.map((party, at) => [party, String(weights[50 + at] ?? 1)])),
        },
      ],
    };
    return { facts, parties };
  });

/** What a member has to say when it joins, no more and no less. */
function joining({ facts }: World, organisationId: string, serviceIds: readonly string[], quantity: string) {
  const keys = facts.wordings
    .filter((wording) => wording.serviceIds.some((each) => serviceIds.includes(each)))
    .map(({ serviceIds: [about = ''], costClause }) => ({
      about,
      keys: (costClause?.tranches ?? []).map(({ key }) => key),
    }));
  const usage = keys.flatMap(({ about, keys: of }) => {
    const meters = new Set(
      of.flatMap((key) =>
        key.type === 'weighted_cases' ? ['cases', 'calls'] : key.type === 'cases' ? ['cases'] : [],
      ),
    );
    return [...meters].map((meter) => ({ serviceId: about, meter, quantity }));
  });
  const hasList = keys.some(({ keys: of }) => of.some(({ type }) => type === 'values'));
  return {
    organisationId,
    serviceIds: [...serviceIds],
    usage,
    ...(hasList && { values: { list: quantity } }),
  };
}

const EQUAL = {
  mode: 'cascade',
  tranches: [{ id: 'e', label: 'E', percent: '100', key: { type: 'equal' } }],
} as const;

/** A scenario of all kinds; each part may be there or not. */
const scenario = world.chain((given) =>
  fc
    .record({
      leaver: fc.constantFrom(...given.parties.slice(1)),
      left: fc.subarray(SERVICES, { minLength: 1 }),
      joined: fc.subarray(SERVICES, { minLength: 1 }),
      saved: fc.integer({ min: 0, max: 100_000 }),
      quantity: weight,
      change: fc.integer({ min: -1_000_000, max: 1_000_000 }),
      share: fc.integer({ min: -100_000_000, max: 300_000_000 }),
      parts: fc.subarray(['leaves', 'joins', 'costs', 'clauses', 'keyValues']),
    })
    .map((picked) => ({ given, body: bodyOf(given, picked) })),
);

interface Picked {
  readonly leaver: string;
  readonly left: readonly number[];
  readonly joined: readonly number[];
  readonly saved: number;
  readonly quantity: number;
  readonly change: number;
  readonly share: number;
  readonly parts: readonly string[];
}

function bodyOf(
  given: World,
  { leaver, left, joined, saved, quantity, change, share, parts }: Picked,
): AssumptionsBody {
  // Another clause for the last service: whoever joins it has no figures to say for it.
  const isOther = parts.includes('clauses');
  const asked = joined.map(service).filter((each) => !isOther || each !== service(2));
  const { usage, values, ...rest } = joining(given, GUEST, asked, String(quantity));
  const usesList = given.facts.wordings.some(
    ({ serviceIds, costClause }) =>
      !(isOther && serviceIds.includes(service(2))) &&
      costClause?.tranches.some(({ key }) => key.type === 'values'),
  );
  const people = given.parties.map((party, at) => [party, String(at + 1)] as const);
  const all: Required<Pick<AssumptionsBody, 'leaves' | 'joins' | 'costs' | 'clauses' | 'keyValues'>> = {
    leaves: [
      {
        organisationId: leaver,
        serviceIds: left.map(service),
        saved: left.map((at) => ({ serviceId: service(at), savedCents: saved })),
      },
    ],
    joins: [{ ...rest, serviceIds: joined.map(service), usage, ...(values !== undefined && { values }) }],
    costs: [
      { serviceId: service(0), changeCents: change },
      { serviceId: service(1), percent: (share / 1_000_000).toFixed(6) },
    ],
    clauses: [{ serviceIds: [service(2)], costClause: structuredClone(EQUAL) as never }],
    keyValues: usesList ? [{ name: 'list', source: 'Annahme', values: Object.fromEntries(people) }] : [],
  };
  return Object.fromEntries(Object.entries(all).filter(([kind]) => parts.includes(kind)));
}

const IDENTITY = { runNumber: 'SIMULATION' };
function simulated({ facts }: World, body: AssumptionsBody) {
  const found = scenarioOf(facts, body, undefined);
  return { ...found, input: toRunInput(found.facts, IDENTITY, found.assumptions) };
}

/** Keys whose members all bear weight zero refuse, as they do in a run; nothing here is about them. */
const holds = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => boolean) => {
  let refused = 0;
  fc.assert(
    fc.property(arbitrary, (value) => {
      try {
        return check(value);
      } catch (error) {
        if ((error as { code?: string }).code !== 'ALLOCATION_KEY_EMPTY') throw error;
        refused += 1;
        return true;
      }
    }),
    { ...RUNS, numRuns: RUNS.numRuns * 1.3 },
  );
  return refused;
};

tap.test(
  '1,000 scenarios: what members bear adds up to the pool, and its file verifies (1, 5, 14)',
  async (t) => {
    const refused = holds(scenario, ({ given, body }) => {
      const { input, facts } = simulated(given, body);
      const file = toRunFile(input);
      for (const { code, amountCents } of facts.costs) {
        const sum = sumCents(file.lines.filter(({ pool }) => pool === code).map((line) => line.amountCents));
        if (sum !== amountCents) return false;
      }
      return verifyRun(JSON.parse(JSON.stringify(file)) as AllocationRunFile).matches;
    });
    t.ok(refused < 300, `${refused} refused`);
  },
);

tap.test('1,000 facts: nothing assumed is the run itself, byte for byte (14)', async (t) => {
  holds(world, (given) => {
    const plain = toRunFile(toRunInput(given.facts, IDENTITY));
    const empty = { joins: [], leaves: [], clauses: [], keyValues: [], costs: [] };
    return [{}, empty].every(
      (body) => JSON.stringify(toRunFile(simulated(given, body).input)) === JSON.stringify(plain),
    );
  });
  t.pass();
});

tap.test(
  '1,000 scenarios: in whatever order they are named, assumptions give the same bytes (14)',
  async (t) => {
    holds(scenario, ({ given, body }) => {
      const { leaves, joins, costs, clauses, keyValues } = body;
      const reversed = Object.fromEntries(
        Object.entries({
          keyValues: keyValues?.map((list) => ({
            ...list,
            values: Object.fromEntries(Object.entries(list.values).reverse()),
          })),
          clauses: clauses?.toReversed(),
          costs: costs?.toReversed(),
          joins: joins?.map((join) => ({
            ...join,
            serviceIds: join.serviceIds.toReversed(),
            usage: join.usage?.toReversed() ?? [],
          })),
          leaves: leaves?.map((leave) => ({
            ...leave,
            serviceIds: leave.serviceIds?.toReversed() ?? [],
            saved: leave.saved?.toReversed() ?? [],
          })),
        }).filter(([, value]) => value !== undefined),
      );
      const once = simulated(given, body);
      const again = simulated(given, reversed);
      if (
        once.assumptions !== undefined &&
        JSON.stringify(canonicalAssumptions(once.assumptions)) !== JSON.stringify(once.assumptions)
      )
        return false;
      return JSON.stringify(toRunFile(again.input)) === JSON.stringify(toRunFile(once.input));
    });
    t.pass();
  },
);

tap.test(
  '1,000 facts: who joins with weight 0 in every key adds lines of 0 and changes no other (18)',
  async (t) => {
    // An equal key counts each member once, and a population is what it is: services with such keys are not joined with weight 0.
    const zero = world.map((given) => ({
      ...given,
      facts: {
        ...given.facts,
        populations: given.facts.populations.map((row) =>
          row.organisationId === GUEST ? { ...row, population: 0 } : row,
        ),
      },
    }));
    let joined = 0;
    holds(zero, (given) => {
      const serviceIds = given.facts.wordings
        .filter(({ costClause }) => costClause?.tranches.every(({ key }) => key.type !== 'equal'))
        .flatMap((wording) => wording.serviceIds);
      if (serviceIds.length === 0) return true;
      joined += 1;
      const before = computeRun(toRunInput(given.facts, IDENTITY));
      const after = computeRun(simulated(given, { joins: [joining(given, GUEST, serviceIds, '0')] }).input);
      const others = after.lines.filter(({ member }) => member !== GUEST);
      const own = after.lines.filter(({ member }) => member === GUEST);
      const text = (lines: typeof others) =>
        JSON.stringify(
          lines.map(({ pool, tranche, member, amountCents }) => [pool, tranche, member, amountCents]),
        );
      return (
        text(others) === text([...before.lines]) &&
        own.length > 0 &&
        own.every(({ amountCents }) => amountCents === 0)
      );
    });
    t.ok(joined > 500, `${joined} joined`);
  },
);

tap.test('1,000 facts: who leaves and joins again with the same figures is where it was (18)', async (t) => {
  const leaving = world.chain((given) =>
    fc.record({
      given: fc.constant(given),
      leaver: fc.constantFrom(...given.parties),
      left: fc.subarray(SERVICES, { minLength: 1 }),
    }),
  );
  holds(leaving, ({ given, leaver, left }) => {
    const serviceIds = left.map(service);
    const before = computeRun(toRunInput(given.facts, IDENTITY));
    const gone = scenarioOf(given.facts, { leaves: [{ organisationId: leaver, serviceIds }] }, undefined);
    const { usage, values: _listed, ...join } = joining(given, leaver, serviceIds, '0');
    const recorded = usage.map((row) => ({
      ...row,
      unit: 'case',
      quantity:
        given.facts.usage.find(
          (u) => u.organisationId === leaver && u.serviceId === row.serviceId && u.meter === row.meter,
        )?.quantity ?? '',
    }));
    // Its value still stands in the list, and the party that has the seat may have left with it.
    const back = scenarioOf(gone.facts, { joins: [{ ...join, usage: recorded }] }, undefined);
    return (
      JSON.stringify(computeRun(toRunInput(back.facts, IDENTITY)).lines) === JSON.stringify(before.lines)
    );
  });
  t.pass();
});

tap.test(
  '1,000 scenarios: rows, members and services differ by the same sum; exits say where it goes (16, 17)',
  async (t) => {
    let exits = 0;
    holds(scenario, ({ given, body }) => {
      const { input, assumptions } = simulated(given, body);
      const base = sideOf(toRunInput(given.facts, IDENTITY));
      const found = compareShares(base.shares, sideOf(input).shares);
      const sum = (list: readonly { differenceCents: number }[]) =>
        sumCents(list.map(({ differenceCents }) => differenceCents));
      const { differenceCents } = found.totals;
      if ([found.rows, found.members, found.services].some((list) => sum(list) !== differenceCents))
        return false;
      const joined = new Set((body.joins ?? []).flatMap(({ serviceIds }) => serviceIds));
      return exitsOf(given.facts, assumptions, input, undefined).every((exit) => {
        exits += 1;
        const former = sumCents(exit.leavers.map(({ formerCents }) => formerCents));
        const isWhole = exit.leavers.every(
          ({ formerCents, standbyCents, useCents }) => standbyCents + useCents === formerCents,
        );
        const isSplit = exit.othersBeforeCents + former === exit.poolBeforeCents;
        const needed = Math.max(0, exit.othersMoreCents);
        const isHeld = joined.has(exit.serviceId) || exit.holdHarmlessCents === needed;
        return isWhole && isSplit && isHeld && exit.holdEachHarmlessCents >= exit.holdHarmlessCents;
      });
    });
    t.ok(exits > 500, `${exits} exits`);
  },
);

tap.test('1,000 exits: the pool that sinks as said holds each of the others harmless (17)', async (t) => {
  const leaving = world.chain((given) =>
    fc.record({ given: fc.constant(given), leaver: fc.constantFrom(...given.parties.slice(1)) }),
  );
  holds(leaving, ({ given, leaver }) => {
    const body = (savedCents: number): AssumptionsBody => ({
      leaves: [
        { organisationId: leaver, serviceIds: [service(0)], saved: [{ serviceId: service(0), savedCents }] },
      ],
    });
    const exitWith = (savedCents: number) => {
      const { input, assumptions } = simulated(given, body(savedCents));
      const [exit] = exitsOf(given.facts, assumptions, input, undefined);
      if (exit === undefined) throw new Error('no exit');
      return { exit, pool: input.pools.find(({ id: code }) => code === 's0') };
    };
    const { exit, pool } = exitWith(0);
    const { exit: held } = exitWith(exit.holdEachHarmlessCents);
    // Tranches are rounded too in cascades: a cent for each of them.
    const slack = pool?.mode === 'cascade' ? pool.tranches.length : 0;
    return held.others.every(({ moreCents }) => moreCents <= slack);
  });
  t.pass();
});
