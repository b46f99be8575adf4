import type { FieldError } from '../../../platform/errors.ts';
import { applicableClause, isPaidByPrice, unlessNothing } from '../runs/run-clauses.rules.ts';
import type { CostFacts, MemberFacts, RunFacts } from '../runs/run-facts.types.ts';
import { countsSomething } from '../runs/run-usage.rules.ts';

/** What assumptions are held against, and what is wrong with them so far. */
export interface Scene {
  readonly facts: RunFacts;
  readonly pools: ReadonlyMap<string, CostFacts>;
  readonly members: ReadonlyMap<string, MemberFacts>;
  readonly errors: FieldError[];
}

export function sceneOf(facts: RunFacts): Scene {
  return {
    facts,
    pools: new Map(facts.costs.map((cost) => [cost.serviceId, cost])),
    members: new Map(facts.members.map((member) => [member.id, member])),
    errors: [],
  };
}

/** Without cost that is shared out to nobody, unless a clause for it is assumed: nothing else would change it. */
export function sharedScene(scene: Scene, clauses: readonly { readonly pool: string }[]): Scene {
  const { wordings } = scene.facts;
  const isShared = (cost: CostFacts) =>
    clauses.some(({ pool }) => pool === cost.code) ||
    (!isPaidByPrice(cost, wordings) &&
      (cost.amountCents !== 0 || unlessNothing(cost, () => applicableClause(cost, wordings)) !== undefined));
  return { ...scene, pools: new Map([...scene.pools].filter(([, cost]) => isShared(cost))) };
}

export function refuse({ errors }: Scene, pointer: string, code: string, detail: string): undefined {
  errors.push({ pointer, code, detail });
}

/** The pool of a service; without one an assumption about it would change nothing. */
export function poolOf(scene: Scene, serviceId: string, pointer: string): CostFacts | undefined {
  const pool = scene.pools.get(serviceId.toLowerCase());
  return pool ?? refuse(scene, pointer, 'NO_POOL', 'is no service with cost to be shared out in the period');
}

/** Pools of a list of services, each once. */
export function poolsOf(scene: Scene, serviceIds: readonly string[], at: string): CostFacts[] {
  return serviceIds.flatMap((id, i) => {
    const pool = poolOf(scene, id, `${at}/${i}`);
    if (pool === undefined) return [];
    const isRepeated = serviceIds.findIndex((other) => other.toLowerCase() === pool.serviceId) < i;
    if (isRepeated) refuse(scene, `${at}/${i}`, 'REPEATED', 'is named before');
    return isRepeated ? [] : [pool];
  });
}

/** Whom a clause in force binds for the service in the period. */
export function partiesOf({ wordings }: RunFacts, serviceId: string): ReadonlySet<string> {
  const covering = wordings.filter(({ serviceIds }) => serviceIds.includes(serviceId));
  return new Set(covering.flatMap(({ organisationIds }) => organisationIds));
}

/** What was taken back whole is none. */
export function hasUsage({ usage }: RunFacts, serviceId: string, organisationId: string): boolean {
  return usage.some(
    (row) => row.serviceId === serviceId && row.organisationId === organisationId && countsSomething(row),
  );
}

/** One step of a JSON pointer (RFC 6901, section 3). */
export function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
