import type { HatContext } from '../../platform/context.ts';
import { type HatTx, planByValues } from '../../platform/db/hat.ts';
import type { Group, SummaryItem } from './usage.schemas.ts';
import { rowsToSum, type SumsFilter } from './usage.totals.repo.ts';

/** Column and name of each group. */
const GROUPS = {
  service: ['service_id', 'serviceId'],
  organisation: ['organisation_id', 'organisationId'],
  meter: ['meter', 'meter'],
  month: ['month', 'month'],
  source: ['source', 'source'],
} as const satisfies Record<Group, readonly [string, keyof SummaryItem]>;

/** Sums by the given groups and by unit, corrections set off; up to `limit` rows in the order of the groups. */
export async function summarise(
  tx: HatTx,
  { hat }: HatContext,
  groups: readonly Group[],
  filter: SumsFilter,
  limit: number,
): Promise<Omit<SummaryItem, 'events'>[]> {
  await planByValues(tx);
  const { sql } = tx;
  const columns = [...groups.map((group) => GROUPS[group][0]), 'unit'];
  const named = [...groups.map((group) => GROUPS[group]), ['unit', 'unit'] as const].map(
    ([column, name]) =>
      sql`${column === 'month' ? sql`to_char(month, 'YYYY-MM')` : sql(column)} as ${sql(name)}, `,
  );
  const own = hat.kind === 'centre' ? { centreId: hat.id } : { organisationId: hat.id };
  if (Object.entries(own).some(([name, id]) => (filter[name as keyof SumsFilter] ?? id) !== id)) return [];
  return sql<Omit<SummaryItem, 'events'>[]>`
    select ${named} trim_scale(sum(quantity))::text as quantity, sum(events)::int as "eventCount"
    from (${rowsToSum(sql, { ...filter, ...own })}) as parts
    group by ${sql(columns)} having sum(events) > 0 order by ${sql(columns)} limit ${limit}`;
}
