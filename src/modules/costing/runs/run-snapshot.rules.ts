import { DomainError } from '../../../platform/errors.ts';
import { ALLOCATION_KEY_EMPTY, compareIds } from '../../../platform/money/index.ts';
import type { AllocationRunInput, RunAssumptions, RunCost, RunKey, RunPool } from '../calculation.types.ts';
import { RUN_WITHOUT_COST } from '../costing.errors.ts';
import type { ClauseKey } from '../keys/clause-key.types.ts';
import { canonicalRunInput } from './allocation-run.rules.ts';
import { applicableClause, isPaidByPrice, unlessNothing } from './run-clauses.rules.ts';
import type { CostFacts, MemberFacts, RunFacts, RunIdentity } from './run-facts.types.ts';
import { canonical, fillKey, memberIdOf } from './run-keys.rules.ts';

/**
 * The snapshot of a run: one pool for each service with cost in the period, each with the clause in force and its keys
 * filled with figures. The same facts give the same bytes. Services that all pay by price stand apart, and so does cost that was
 * rebooked and comes to nothing, where no clause could share it.
 * @throws DomainError RUN_WITHOUT_COST, and what `applicableClause` and `fillKey` throw
 */
export function toRunInput(
  facts: RunFacts,
  identity: RunIdentity,
  assumptions?: RunAssumptions,
): AllocationRunInput {
  const memberById = new Map(facts.members.map((member) => [member.id, member]));
  const placed = facts.costs.map((cost) => ({
    cost,
    pool: isPaidByPrice(cost, facts.wordings)
      ? undefined
      : unlessNothing(cost, () => toPool(cost, facts, memberById, identity.clauseVersionId)),
  }));
  const pools = placed.flatMap(({ pool }) => pool ?? []);
  const unshared = placed.filter(({ pool }) => pool === undefined).map(({ cost }) => toRunCost(cost));
  if (pools.length === 0) {
    const detail = `No cost of the period ${facts.period.code} is to be shared out: it is paid by price, or comes to nothing.`;
    throw new DomainError(RUN_WITHOUT_COST, detail);
  }
  const used = new Set(pools.flatMap((pool) => pool.members));
  const members = facts.members
    .filter((member) => used.has(memberIdOf(member)))
    .map((member) => ({ member: memberIdOf(member), organisationId: member.id, name: member.name }));
  const { code, startsOn, endsOn } = facts.period;
  return canonicalRunInput({
    kind: 'allocation-run',
    algorithm: 'allocation/1',
    centre: { ...facts.centre },
    period: { code, startsOn, endsOn },
    runNumber: identity.runNumber,
    ...(identity.corrects !== undefined && { corrects: { ...identity.corrects } }),
    ...(facts.costKind === 'budget' && { costKind: facts.costKind }),
    ...(assumptions !== undefined && { assumptions }),
    members,
    ...(facts.secondary !== undefined && { secondary: facts.secondary }),
    pools,
    ...(unshared.length > 0 && { unshared }),
  });
}

function toRunCost({
  serviceId,
  code,
  title,
  amountCents,
  netting,
  directCents,
  costLineIds,
}: CostFacts): RunCost {
  return {
    id: code,
    service: { id: serviceId, code, title },
    amountCents,
    ...(netting !== undefined && { netting }),
    ...(directCents !== undefined && { directCents }),
    costLineIds: [...costLineIds],
  };
}

function toPool(
  cost: CostFacts,
  facts: RunFacts,
  memberById: ReadonlyMap<string, MemberFacts>,
  clauseVersionId: string | undefined,
): RunPool {
  const { serviceId, title } = cost;
  const { id: code, service, amountCents, ...sources } = toRunCost(cost);
  const applied = applicableClause(cost, facts.wordings, clauseVersionId);
  const members = applied.organisationIds
    .map((id) => memberById.get(id) ?? { id, ags: null, name: id })
    .sort((a, b) => compareIds(memberIdOf(a), memberIdOf(b)));
  return {
    id: code,
    service,
    agreementVersionId: applied.agreementVersionId,
    ...(applied.furtherAgreementVersionIds.length > 0 && {
      furtherAgreementVersionIds: [...applied.furtherAgreementVersionIds],
    }),
    amountCents,
    ...sources,
    mode: applied.clause.mode,
    members: members.map(memberIdOf),
    tranches: applied.clause.tranches.map(({ id, label, percent, key }) => ({
      id,
      label,
      percent: canonical(percent),
      key: notEmpty(
        fillKey({ serviceId, place: `Service ${code}, tranche ${id}`, key, members }, facts),
        `Service “${title}” (${code}), tranche ${id} (“${label}”)`,
        key,
      ),
    })),
  };
}

/** The arithmetic refuses it too, and knows neither the service nor what to do. */
function notEmpty(key: RunKey, place: string, { meter, keyName, equivalents }: ClauseKey): RunKey {
  if (key.values === undefined || Object.values(key.values).some((weight) => /[1-9]/.test(weight)))
    return key;
  const all = `${place}: the weights of the key ${key.type} are all 0`;
  throw new DomainError(ALLOCATION_KEY_EMPTY, `${all}. ${whatToDo()}`);

  function whatToDo(): string {
    if (keyName !== undefined)
      return `Record a version of the value list “${keyName}” with a weight above 0.`;
    const meters =
      equivalents === undefined ? (meter ?? key.type) : Object.keys(equivalents).sort().join(', ');
    if (key.origin?.kind === 'usage_events')
      return `Record usage of ${meters} on the days of the period, or agree on another key for what nobody used.`;
    return 'Agree on a clause that gives at least one member a weight above 0.';
  }
}
