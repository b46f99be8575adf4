import type { Day } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { RecordedUnit } from './usage.units.rules.ts';

/**
 * The units in which these meters were recorded in these years, as the roll-ups have them: what a job has not moved into them yet is
 * not seen. What was taken back whole has no unit.
 */
export async function recordedUnits(
  { sql }: HatTx,
  centreId: string,
  years: readonly Day[],
  serviceIds: readonly string[],
  meters: readonly string[],
): Promise<RecordedUnit[]> {
  return sql<RecordedUnit[]>`
    select service_id as "serviceId", meter, year, unit from usage_year_rollups
    where centre_id = ${centreId} and year = any(${years as string[]}::text[]::date[]) and service_id = any(${serviceIds as string[]}::uuid[])
      and meter = any(${meters as string[]}) and quantity <> 0
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`;
}

/** In which unit events were recorded, by id. */
export async function unitsOfEvents(
  { sql }: HatTx,
  ids: readonly string[],
  days: readonly Day[],
): Promise<Map<string, string>> {
  const rows = await sql<{ id: string; unit: string }[]>`
    select id, unit from usage_events where id = any(${ids as string[]}::uuid[]) and occurred_on = any(${days as string[]}::text[]::date[])`;
  return new Map(rows.map(({ id, unit }) => [id, unit]));
}
