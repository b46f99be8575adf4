import {
  divideHalfUp,
  fromBigCents,
  parseDecimal,
  sumCents,
  toBigCents,
} from '../../../platform/money/index.ts';
import type { RunAssumptions } from '../calculation.types.ts';
import type {
  CostFacts,
  ListFacts,
  RunFacts,
  UsageFactsOfPeriod,
  WordingFacts,
} from '../runs/run-facts.types.ts';

/**
 * The facts as they would be. In whatever order assumptions are named, the outcome is the same: members and clauses of a service,
 * then the lists and quantities of those who join, and each pool changed once, from what it is. `usagePeriod` changes nothing here:
 * the usage among the facts is that of the period already.
 */
export function applyAssumptions(facts: RunFacts, assumptions: RunAssumptions): RunFacts {
  const idOf = new Map(facts.costs.map(({ code, serviceId }) => [code, serviceId]));
  const changes = facts.costs.map((cost) => ({ cost, change: changeOf(cost, assumptions) }));
  return {
    ...facts,
    costs: changes.map(({ cost, change }) => changedCost(cost, change)),
    wordings: changedWordings(facts, assumptions),
    usage: changedUsage(facts, assumptions, (pool) => idOf.get(pool) ?? pool),
    lists: changedLists(facts.lists, assumptions),
  };
}

/** By how much a pool changes, in cents. */
function changeOf({ code, amountCents }: CostFacts, { costs = [], leaves = [] }: RunAssumptions): number {
  const assumed = costs
    .filter(({ pool }) => pool === code)
    .map((cost) => ('percent' in cost ? percentOf(amountCents, cost.percent) : cost.changeCents));
  const saved = leaves.flatMap(({ pools }) => pools.filter(({ pool }) => pool === code));
  return sumCents([...assumed, ...saved.map(({ savedCents }) => -savedCents)]);
}

function percentOf(amountCents: number, percent: string): number {
  const { units, scale } = parseDecimal(percent);
  return fromBigCents(divideHalfUp(toBigCents(amountCents) * units, 100n * 10n ** BigInt(scale)));
}

/** What changes is cost of the service itself: income and what comes from cost centres stay as they are. */
function changedCost(cost: CostFacts, change: number): CostFacts {
  if (change === 0) return cost;
  const { netting, directCents } = cost;
  return {
    ...cost,
    amountCents: sumCents([cost.amountCents, change]),
    ...(netting !== undefined && {
      netting: { ...netting, costCents: sumCents([netting.costCents, change]) },
    }),
    ...(directCents !== undefined && { directCents: sumCents([directCents, change]) }),
  };
}

/** Each service that somebody joins or leaves, or that has another clause, gets wordings of its own. */
function changedWordings({ costs, wordings }: RunFacts, assumptions: RunAssumptions): WordingFacts[] {
  const { clauses = [], joins = [], leaves = [] } = assumptions;
  const changes = new Map(
    costs.map(({ code, serviceId }) => [
      serviceId,
      {
        clause: clauses.find(({ pool }) => pool === code),
        joining: joins.filter(({ pools }) => pools.includes(code)).map((join) => join.organisationId),
        leaving: new Set(
          leaves
            .filter(({ pools }) => pools.some(({ pool }) => pool === code))
            .map((leave) => leave.organisationId),
        ),
      },
    ]),
  );
  return wordings.flatMap((wording) => {
    const own = wording.serviceIds.flatMap((serviceId) => {
      const change = changes.get(serviceId);
      const isChanged =
        change !== undefined &&
        (change.clause !== undefined || change.joining.length + change.leaving.size > 0);
      return isChanged ? [{ serviceId, ...change }] : [];
    });
    const changed = own.map(
      ({ serviceId, clause, joining, leaving }): WordingFacts => ({
        ...wording,
        serviceIds: [serviceId],
        organisationIds: [
          ...new Set([...wording.organisationIds.filter((id) => !leaving.has(id)), ...joining]),
        ],
        ...(clause !== undefined && { costClause: { mode: clause.mode, tranches: clause.tranches } }),
      }),
    );
    const moved = new Set(own.map(({ serviceId }) => serviceId));
    const rest = wording.serviceIds.filter((id) => !moved.has(id));
    return rest.length === 0 ? changed : [{ ...wording, serviceIds: rest }, ...changed];
  });
}

/** Who leaves leaves nothing in a key; who joins counts with what is assumed. */
function changedUsage(
  { usage }: RunFacts,
  { joins = [], leaves = [] }: RunAssumptions,
  idOf: (pool: string) => string,
): UsageFactsOfPeriod[] {
  const gone = new Set(
    leaves.flatMap(({ organisationId, pools }) => pools.map(({ pool }) => `${organisationId} ${idOf(pool)}`)),
  );
  const staying = usage.filter(
    ({ organisationId, serviceId }) => !gone.has(`${organisationId} ${serviceId}`),
  );
  const assumed = joins.flatMap(({ organisationId, usage: quantities = [] }) =>
    quantities.map(
      ({ pool, meter, unit, quantity }): UsageFactsOfPeriod => ({
        serviceId: idOf(pool),
        organisationId,
        meter,
        unit,
        quantity,
        eventCount: 0,
        isAssumed: true,
      }),
    ),
  );
  return [...staying, ...assumed];
}

function changedLists(
  lists: readonly ListFacts[],
  { keyValues = [], joins = [] }: RunAssumptions,
): ListFacts[] {
  const replaced = new Set(keyValues.map(({ name }) => name));
  const all: ListFacts[] = [
    ...lists.filter(({ name }) => !replaced.has(name)),
    ...keyValues.map(({ name, type, basis = null, source, values }) => ({
      name,
      type,
      basis,
      source,
      values,
    })),
  ];
  return all.map((list) => {
    const joining = joins.flatMap(({ organisationId, values = {} }) =>
      Object.hasOwn(values, list.name) ? [[organisationId, values[list.name] as string] as const] : [],
    );
    return joining.length === 0
      ? list
      : { ...list, values: { ...list.values, ...Object.fromEntries(joining) } };
  });
}
