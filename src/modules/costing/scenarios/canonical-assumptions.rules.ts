import { compareIds } from '../../../platform/money/index.ts';
import type { AssumedTranche, RunAssumptions } from '../calculation.types.ts';
import { sortedByName } from '../sharing/sorted-names.rules.ts';

/** Lists ascending by what they are about, fields in one order: the same assumptions give the same bytes. */
export function canonicalAssumptions(assumptions: RunAssumptions): RunAssumptions {
  const { clauses, keyValues, joins, leaves, costs, usagePeriod } = assumptions;
  return {
    ...(clauses !== undefined && {
      clauses: byName(clauses, ({ pool }) => pool).map(({ pool, mode, tranches }) => ({
        pool,
        mode,
        tranches: byName(tranches, ({ id }) => id).map(canonicalTranche),
      })),
    }),
    ...(keyValues !== undefined && {
      keyValues: byName(keyValues, ({ name }) => name).map(({ name, type, basis, source, values }) => ({
        name,
        type,
        ...(basis !== undefined && { basis }),
        source,
        values: sortedByName(values),
      })),
    }),
    ...(joins !== undefined && { joins: byName(joins, ({ member }) => member).map(canonicalJoin) }),
    ...(leaves !== undefined && {
      leaves: byName(leaves, ({ member }) => member).map(({ member, organisationId, name, pools }) => ({
        member,
        organisationId,
        name,
        pools: byName(pools, ({ pool }) => pool).map(({ pool, savedCents }) => ({ pool, savedCents })),
      })),
    }),
    ...(costs !== undefined && {
      costs: byName(costs, ({ pool }) => pool).map((cost) =>
        'percent' in cost
          ? { pool: cost.pool, percent: cost.percent }
          : { pool: cost.pool, changeCents: cost.changeCents },
      ),
    }),
    ...(usagePeriod !== undefined && {
      usagePeriod: {
        code: usagePeriod.code,
        startsOn: usagePeriod.startsOn,
        endsOn: usagePeriod.endsOn,
      },
    }),
  };
}

type Joins = NonNullable<RunAssumptions['joins']>;

function canonicalJoin({ member, organisationId, name, pools, usage, values }: Joins[number]): Joins[number] {
  return {
    member,
    organisationId,
    name,
    pools: pools.toSorted(compareIds),
    ...(usage !== undefined && {
      usage: byName(usage, ({ pool, meter }) => JSON.stringify([pool, meter])).map(
        ({ pool, meter, unit, quantity }) => ({ pool, meter, unit, quantity }),
      ),
    }),
    ...(values !== undefined && { values: sortedByName(values) }),
  };
}

function canonicalTranche({ id, label, percent, key }: AssumedTranche): AssumedTranche {
  const { type, values, meter, basis, keyName, seat, equivalents, grades } = key;
  return {
    id,
    label,
    percent,
    key: {
      type,
      ...(values !== undefined && { values: sortedByName(values) }),
      ...(meter !== undefined && { meter }),
      ...(basis !== undefined && { basis }),
      ...(keyName !== undefined && { keyName }),
      ...(seat !== undefined && { seat }),
      ...(equivalents !== undefined && { equivalents: sortedByName(equivalents) }),
      ...(grades !== undefined && { grades: grades.map(({ upTo, factor }) => ({ upTo, factor })) }),
    },
  };
}

const byName = <T>(items: readonly T[], nameOf: (item: T) => string): T[] =>
  items.toSorted((a, b) => compareIds(nameOf(a), nameOf(b)));
