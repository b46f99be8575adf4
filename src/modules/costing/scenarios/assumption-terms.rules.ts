import { parseDecimal } from '../../../platform/money/index.ts';
import type { RunAssumptions } from '../calculation.types.ts';
import { canonical } from '../runs/run-keys.rules.ts';
import { escaped, poolOf, poolsOf, refuse, type Scene } from './assumption-scene.rules.ts';
import type { AssumptionsBody } from './run-assumptions.types.ts';

type Assumed<K extends keyof RunAssumptions> = NonNullable<RunAssumptions[K]>;

export function readClauses(scene: Scene, { clauses = [] }: AssumptionsBody, at: string): Assumed<'clauses'> {
  const seen = new Set<string>();
  return clauses.flatMap(({ serviceIds, costClause: { mode, tranches } }, i) =>
    poolsOf(scene, serviceIds, `${at}/clauses/${i}/serviceIds`).map(({ code }) => {
      if (seen.has(code)) {
        refuse(scene, `${at}/clauses/${i}/serviceIds`, 'CONTRADICTION', `gives ${code} a second clause`);
      }
      seen.add(code);
      return { pool: code, mode, tranches };
    }),
  );
}

export function readCosts(scene: Scene, { costs = [] }: AssumptionsBody, at: string): Assumed<'costs'> {
  const seen = new Set<string>();
  return costs.flatMap(({ serviceId, percent, changeCents }, i): Assumed<'costs'> => {
    const place = `${at}/costs/${i}`;
    const pool = poolOf(scene, serviceId, `${place}/serviceId`)?.code;
    if (pool === undefined) return [];
    if (seen.has(pool)) refuse(scene, place, 'CONTRADICTION', `changes ${pool} a second time`);
    seen.add(pool);
    if ((percent === undefined) === (changeCents === undefined)) {
      refuse(scene, place, 'REQUIRED', 'needs percent or changeCents, and not both');
      return [];
    }
    if (percent === undefined) return [{ pool, changeCents: changeCents ?? 0 }];
    const { units, scale } = parseDecimal(canonical(percent));
    if (units < -100n * 10n ** BigInt(scale)) {
      refuse(scene, `${place}/percent`, 'RANGE', 'leaves less than nothing; -100 is all of it');
    }
    return [{ pool, percent: canonical(percent) }];
  });
}

export function readKeyValues(
  scene: Scene,
  { keyValues = [] }: AssumptionsBody,
  at: string,
): Assumed<'keyValues'> {
  const seen = new Set<string>();
  return keyValues.flatMap(({ name, type: given, basis, source, values }, i): Assumed<'keyValues'> => {
    const place = `${at}/keyValues/${i}`;
    if (seen.has(name)) refuse(scene, `${place}/name`, 'CONTRADICTION', 'stands for another list already');
    seen.add(name);
    const type = given ?? scene.facts.lists.find((list) => list.name === name)?.type;
    if (type === undefined) {
      refuse(
        scene,
        `${place}/type`,
        'REQUIRED',
        `is missing; the centre has no list “${name}” to take it from`,
      );
      return [];
    }
    const named = namedValues(scene, values, `${place}/values`);
    return [{ name, type, ...(basis !== undefined && { basis }), source, values: named }];
  });
}

/** Ids in the one spelling in which they are compared; each member is named once. */
function namedValues(
  scene: Scene,
  values: Readonly<Record<string, string>>,
  at: string,
): Record<string, string> {
  const idOf = new Map(
    scene.facts.members.flatMap(({ id, ags }) => [
      [id, id] as const,
      ...(ags === null ? [] : [[ags, id] as const]),
    ]),
  );
  const seen = new Set<string>();
  const entries = Object.entries(values).map(([name, value]) => {
    const id = idOf.get(name.toLowerCase());
    const place = `${at}/${escaped(name)}`;
    if (id === undefined)
      refuse(scene, place, 'UNKNOWN_MEMBER', 'is neither a member of a pool nor joins one');
    else if (seen.has(id)) refuse(scene, place, 'CONTRADICTION', 'is named by AGS and by id');
    if (id !== undefined) seen.add(id);
    return [name.toLowerCase(), value] as const;
  });
  return Object.fromEntries(entries);
}
