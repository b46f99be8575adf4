import { and, asc, type SQL, sql } from 'drizzle-orm';
import type { HatContext } from '../../platform/context.ts';
import { type HatTx, planByValues } from '../../platform/db/hat.ts';
import { type EventFilter, matching, ownRows, sums } from './usage.repo.ts';
import type { Group, SummaryItem } from './usage.schemas.ts';
import { usageEvents } from './usage.table.ts';

const GROUP_COLUMNS = {
  service: ['serviceId', sql<string>`${usageEvents.serviceId}`],
  organisation: ['organisationId', sql<string>`${usageEvents.organisationId}`],
  meter: ['meter', sql<string>`${usageEvents.meter}`],
  month: ['month', sql<string>`to_char(${usageEvents.occurredOn}, 'YYYY-MM')`],
  source: ['source', sql<string>`${usageEvents.source}`],
} as const satisfies Record<Group, readonly [keyof SummaryItem, SQL]>;

/** Sums by the given groups and by unit, corrections set off; up to `limit` rows in the order of the groups. */
export async function summarise(
  tx: HatTx,
  ctx: HatContext,
  groups: readonly Group[],
  filter: EventFilter,
  limit: number,
): Promise<SummaryItem[]> {
  const keys: [string, SQL][] = [
    ...groups.map((group) => [...GROUP_COLUMNS[group]] as [string, SQL]),
    ['unit', sql`${usageEvents.unit}`],
  ];
  await planByValues(tx);
  const expressions = keys.map(([, expression]) => expression);
  const rows = await tx
    .select({ ...Object.fromEntries(keys), ...sums })
    .from(usageEvents)
    .where(and(ownRows(ctx), matching(filter)))
    .groupBy(...expressions)
    .orderBy(...expressions.map((expression) => asc(expression)))
    .limit(limit);
  return rows as unknown as SummaryItem[];
}
