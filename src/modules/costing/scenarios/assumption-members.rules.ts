import type { AssumedJoin, AssumedLeave } from '../calculation.types.ts';
import type { CostFacts } from '../runs/run-facts.types.ts';
import { memberIdOf } from '../runs/run-keys.rules.ts';
import { countsSomething, unitsOf } from '../runs/run-usage.rules.ts';
import { hasUsage, partiesOf, poolOf, poolsOf, refuse, type Scene } from './assumption-scene.rules.ts';
import type { AssumptionsBody } from './run-assumptions.types.ts';

type JoinBody = NonNullable<AssumptionsBody['joins']>[number];
type LeaveBody = NonNullable<AssumptionsBody['leaves']>[number];
type Person = Pick<AssumedJoin, 'member' | 'organisationId' | 'name'>;

export function readJoins(scene: Scene, { joins = [] }: AssumptionsBody, at: string): AssumedJoin[] {
  return joins.flatMap((join, i): AssumedJoin[] => {
    const place = `${at}/joins/${i}`;
    const person = personOf(scene, joins, i, place);
    if (person === undefined) return [];
    const pools = poolsOf(scene, join.serviceIds, `${place}/serviceIds`);
    for (const { code, serviceId } of pools) {
      if (!partiesOf(scene.facts, serviceId).has(person.organisationId)) continue;
      const index = join.serviceIds.findIndex((id) => id.toLowerCase() === serviceId);
      refuse(
        scene,
        `${place}/serviceIds/${index}`,
        'ALREADY_MEMBER',
        `${person.name} is a member of ${code}`,
      );
    }
    return [
      {
        ...person,
        pools: pools.map(({ code }) => code),
        ...(join.usage !== undefined && { usage: readUsage(scene, join, pools, `${place}/usage`) }),
        ...(join.values !== undefined && { values: join.values }),
      },
    ];
  });
}

function readUsage(
  scene: Scene,
  { organisationId, usage = [] }: JoinBody,
  pools: readonly CostFacts[],
  at: string,
): NonNullable<AssumedJoin['usage']> {
  const seen = new Set<string>();
  return usage.flatMap(({ serviceId, meter, unit: given, quantity }, i) => {
    const place = `${at}/${i}`;
    const pool = pools.find((candidate) => candidate.serviceId === serviceId.toLowerCase());
    if (pool === undefined) {
      refuse(scene, `${place}/serviceId`, 'NOT_JOINED', 'is no service that it joins');
      return [];
    }
    const about = JSON.stringify([pool.code, meter]);
    const recorded = scene.facts.usage.filter(countsSomething);
    const rows = recorded.filter((row) => row.serviceId === pool.serviceId && row.meter === meter);
    if (seen.has(about)) refuse(scene, place, 'CONTRADICTION', 'has a quantity already');
    if (rows.some((row) => row.organisationId === organisationId.toLowerCase()))
      refuse(scene, place, 'CONTRADICTION', 'was recorded for it; what is recorded counts');
    seen.add(about);
    const units = unitsOf(rows);
    if (given !== undefined && units.length > 0 && !units.includes(given))
      refuse(scene, `${place}/unit`, 'UNIT', `was recorded in ${units.join(' and ')} so far`);
    const unit = given ?? units[0];
    if (unit === undefined)
      refuse(scene, `${place}/unit`, 'REQUIRED', 'is missing; nothing of the meter is recorded');
    return [{ pool: pool.code, meter, unit: unit ?? '', quantity }];
  });
}

export function readLeaves(scene: Scene, { leaves = [] }: AssumptionsBody, at: string): AssumedLeave[] {
  return leaves.flatMap((leave, i): AssumedLeave[] => {
    const place = `${at}/leaves/${i}`;
    const person = personOf(scene, leaves, i, place);
    if (person === undefined) return [];
    const saved = readSaved(scene, leave, place);
    const pools = leftPools(scene, leave, person, place).map(({ code, serviceId }) => ({
      pool: code,
      savedCents: saved.get(serviceId) ?? 0,
    }));
    for (const [index, { serviceId }] of (leave.saved ?? []).entries()) {
      const code = scene.pools.get(serviceId.toLowerCase())?.code;
      if (code === undefined || pools.some(({ pool }) => pool === code)) continue;
      refuse(scene, `${place}/saved/${index}/serviceId`, 'NOT_LEFT', 'is no service that it leaves');
    }
    return [{ ...person, pools }];
  });
}

/** What it is bound to; or where it has usage without being so, which has to be said to leave the key as well. */
function leftPools(scene: Scene, { serviceIds }: LeaveBody, person: Person, place: string): CostFacts[] {
  const { organisationId: id, name } = person;
  const isIn = ({ serviceId }: CostFacts) =>
    partiesOf(scene.facts, serviceId).has(id) || hasUsage(scene.facts, serviceId, id);
  if (serviceIds === undefined) {
    const all = [...scene.pools.values()].filter(isIn);
    if (all.length === 0)
      refuse(scene, `${place}/organisationId`, 'NOT_A_MEMBER', `${name} is a member of no pool`);
    return all;
  }
  return poolsOf(scene, serviceIds, `${place}/serviceIds`).filter((pool) => {
    if (isIn(pool)) return true;
    const index = serviceIds.findIndex((each) => each.toLowerCase() === pool.serviceId);
    refuse(scene, `${place}/serviceIds/${index}`, 'NOT_A_MEMBER', `${name} is no member of ${pool.code}`);
    return false;
  });
}

function readSaved(scene: Scene, { saved = [] }: LeaveBody, place: string): ReadonlyMap<string, number> {
  const cents = new Map<string, number>();
  for (const [index, { serviceId, savedCents }] of saved.entries()) {
    const at = `${place}/saved/${index}/serviceId`;
    const pool = poolOf(scene, serviceId, at);
    if (pool === undefined) continue;
    if (cents.has(pool.serviceId)) refuse(scene, at, 'CONTRADICTION', 'has an amount already');
    cents.set(pool.serviceId, savedCents);
  }
  return cents;
}

/** Who is meant: an organisation of the directory, named once. */
function personOf(
  scene: Scene,
  named: readonly { readonly organisationId: string }[],
  index: number,
  place: string,
): Person | undefined {
  const id = named[index]?.organisationId.toLowerCase() ?? '';
  const at = `${place}/organisationId`;
  const member = scene.members.get(id);
  if (member === undefined) return refuse(scene, at, 'UNKNOWN', 'is no organisation of the directory');
  if (named.findIndex(({ organisationId }) => organisationId.toLowerCase() === id) < index)
    return refuse(scene, at, 'REPEATED', 'is named before; say all its services there');
  return { member: memberIdOf(member), organisationId: id, name: member.name };
}
