import type { FieldError } from '../../../platform/errors.ts';
import type { AssumedJoin, RunAssumptions } from '../calculation.types.ts';
import type { ClauseKey } from '../keys/clause-key.types.ts';
import { applicableClause, isPaidByPrice, unlessNothing } from '../runs/run-clauses.rules.ts';
import type { ClauseFacts, CostFacts, MemberFacts, RunFacts } from '../runs/run-facts.types.ts';
import { escaped, hasUsage, partiesOf, refuse, type Scene } from './assumption-scene.rules.ts';
import type { AssumptionsBody } from './run-assumptions.types.ts';

export interface FiguresQuestion {
  readonly body: AssumptionsBody;
  readonly assumptions: RunAssumptions;
  /** The facts with the assumptions applied. */
  readonly after: RunFacts;
  readonly clauseVersionId: string | undefined;
  readonly at: string;
  readonly checkClause: CheckClause;
}

/** The rules of the agreement for its cost clause: what is wrong with it for these parties, with pointers below `place`. */
export type CheckClause = (
  clause: NonNullable<AssumptionsBody['clauses']>[number]['costClause'],
  parties: readonly { readonly id: string; readonly ags: string | null }[],
  place: string,
) => FieldError[];

/**
 * Whether the clauses that then hold can be computed: assumed ones are as sound as those of an agreement, each has somebody to bear
 * the cost, and whoever joins has all figures its keys need. What no key asks for is a mistake, for it would change nothing.
 */
export function checkFigures(scene: Scene, question: FiguresQuestion): void {
  const { after, assumptions, clauseVersionId, at } = question;
  checkPools(scene, question);
  if (scene.errors.length > 0) return;
  const clauses = new Map(
    after.costs
      .filter((cost) => !isPaidByPrice(cost, after.wordings))
      .flatMap((cost) => {
        const applied = unlessNothing(cost, () => applicableClause(cost, after.wordings, clauseVersionId));
        return applied === undefined ? [] : [[cost.code, applied.clause] as const];
      }),
  );
  checkUsed(scene, assumptions, [...clauses.values()], at);
  for (const [i, join] of (assumptions.joins ?? []).entries()) {
    const place = `${at}/joins/${i}`;
    for (const [j, code] of join.pools.entries()) {
      const service = `${place}/serviceIds/${j}`;
      checkJoined(
        scene,
        { join, after, assumptions, place, service },
        code,
        clauses.get(code)?.tranches ?? [],
      );
    }
    checkAsked(scene, join, clauses, place);
  }
}

function checkJoined(
  scene: Scene,
  joined: Omit<Figure, 'key' | 'cost' | 'member'>,
  code: string,
  tranches: ClauseFacts['tranches'],
): void {
  const member = scene.members.get(joined.join.organisationId) as MemberFacts;
  const cost = joined.after.costs.find((each) => each.code === code) as CostFacts;
  for (const { key } of tranches) checkFigure(scene, { ...joined, key, cost, member });
}

/** Assumed clauses by the rules of the agreement, for whom they then bind; and nobody left is nobody to pay. */
function checkPools(scene: Scene, { after, body, assumptions, at, checkClause }: FiguresQuestion): void {
  const found = (body.clauses ?? []).flatMap(({ serviceIds, costClause }, i) =>
    serviceIds.flatMap((id) => {
      const parties = [...partiesOf(after, id.toLowerCase())].flatMap(
        (party) => scene.members.get(party) ?? [],
      );
      return checkClause(costClause, parties, `${at}/clauses/${i}/costClause`);
    }),
  );
  // What is wrong for several services is said once.
  scene.errors.push(...new Map(found.map((error) => [JSON.stringify(error), error])).values());
  for (const [i, { pools }] of (assumptions.leaves ?? []).entries()) {
    for (const { pool } of pools) {
      const serviceId = after.costs.find(({ code }) => code === pool)?.serviceId ?? '';
      if (partiesOf(after, serviceId).size > 0) continue;
      refuse(scene, `${at}/leaves/${i}`, 'NOBODY_LEFT', `leaves nobody to bear the cost of ${pool}`);
    }
  }
}

function checkUsed(
  scene: Scene,
  { keyValues = [] }: RunAssumptions,
  clauses: readonly ClauseFacts[],
  at: string,
): void {
  const names = new Set(clauses.flatMap(({ tranches }) => tranches.flatMap(({ key }) => key.keyName ?? [])));
  for (const [i, { name }] of keyValues.entries()) {
    if (names.has(name)) continue;
    refuse(scene, `${at}/keyValues/${i}/name`, 'UNUSED', 'is no list that a clause shares by');
  }
}

interface Figure {
  readonly key: ClauseKey;
  readonly cost: CostFacts;
  readonly member: MemberFacts;
  readonly join: AssumedJoin;
  readonly after: RunFacts;
  readonly assumptions: RunAssumptions;
  readonly place: string;
  readonly service: string;
}

/** What the key needs of who joins. */
function checkFigure(scene: Scene, figure: Figure): void {
  const { key, cost, member, after, place, service } = figure;
  const named = (values: Readonly<Record<string, string>>) =>
    Object.hasOwn(values, member.id) || (member.ags !== null && Object.hasOwn(values, member.ags));
  switch (key.type) {
    case 'fixed':
      if (!named(key.values ?? {}))
        refuse(
          scene,
          service,
          'CLAUSE_REQUIRED',
          `has fixed parts, none for ${member.name}: assume another clause`,
        );
      return;
    case 'population':
    case 'graded_population':
      if (!after.populations.some((row) => row.organisationId === member.id && row.basis === key.basis))
        refuse(
          scene,
          `${place}/organisationId`,
          'NO_POPULATION',
          `has no population of the basis ${key.basis}`,
        );
      return;
    case 'area':
    case 'head_count':
    case 'values':
      checkValue(scene, figure, named);
      return;
    case 'cases':
    case 'minutes':
    case 'weighted_cases':
      for (const meter of metersOf(key)) {
        const isKnown = after.usage.some(
          (row) =>
            row.organisationId === member.id && row.serviceId === cost.serviceId && row.meter === meter,
        );
        if (!isKnown && !hasUsage(scene.facts, cost.serviceId, member.id))
          refuse(
            scene,
            `${place}/usage`,
            'REQUIRED',
            `has no quantity of ${meter} for ${cost.code}; "0" where there is none`,
          );
      }
      return;
    case 'equal':
    case 'seat':
  }
}

function checkValue(
  scene: Scene,
  { key, join, after, assumptions, place }: Figure,
  named: (values: Readonly<Record<string, string>>) => boolean,
): void {
  const { keyName = '' } = key;
  const pointer = `${place}/values/${escaped(keyName)}`;
  const list = after.lists.find(({ name }) => name === keyName);
  if (list === undefined) return; // that there is none is refused for all members alike
  if (!named(list.values)) refuse(scene, pointer, 'REQUIRED', `is missing in the list “${keyName}”`);
  const without = [...(assumptions.keyValues ?? []), ...scene.facts.lists].find(
    ({ name }) => name === keyName,
  );
  const isTwice = Object.hasOwn(join.values ?? {}, keyName) && named(without?.values ?? {});
  if (isTwice && !scene.errors.some((error) => error.pointer === pointer))
    refuse(scene, pointer, 'CONTRADICTION', 'stands in the list already; assume another list by keyValues');
}

/** Figures that no key of the joined services asks for. */
function checkAsked(
  scene: Scene,
  { pools, usage = [], values = {} }: AssumedJoin,
  clauses: ReadonlyMap<string, ClauseFacts>,
  place: string,
): void {
  const keysOf = (pool: string) => (clauses.get(pool)?.tranches ?? []).map(({ key }) => key);
  for (const [i, { pool, meter }] of usage.entries()) {
    if (keysOf(pool).some((key) => metersOf(key).includes(meter))) continue;
    refuse(scene, `${place}/usage/${i}/meter`, 'UNUSED', `is no meter that the clause of ${pool} counts`);
  }
  const names = new Set(pools.flatMap((pool) => keysOf(pool).map(({ keyName }) => keyName)));
  for (const name of Object.keys(values)) {
    if (!names.has(name))
      refuse(
        scene,
        `${place}/values/${escaped(name)}`,
        'UNUSED',
        'is no list that a joined service is shared by',
      );
  }
}

function metersOf({ type, meter, equivalents = {} }: ClauseKey): string[] {
  if (type === 'weighted_cases') return Object.keys(equivalents);
  return type === 'cases' || type === 'minutes' ? [meter ?? type] : [];
}
