import type { Day } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { MeterInYear, RecordedUnit } from './usage.units.rules.ts';

/**
 * The units in which meters of services were recorded in a year, as the roll-ups have it: what a job has not moved into them yet is
 * not seen. What was taken back whole has no unit. From unit to unit by the index, for a service has a sum for each of its members.
 */
export async function recordedUnits(
  { sql }: HatTx,
  centreId: string,
  meters: readonly MeterInYear[],
): Promise<RecordedUnit[]> {
  const sums = sql`select unit from usage_year_rollups y
    where y.centre_id = ${centreId} and y.year = m.year and y.service_id = m."serviceId" and y.meter = m.meter and y.quantity <> 0`;
  return sql<RecordedUnit[]>`
    select m."serviceId", m.meter, m.year, u.unit
    from jsonb_to_recordset(${JSON.stringify(meters)}::text::jsonb) as m ("serviceId" uuid, meter text, year date)
    cross join lateral (
      with recursive units (unit) as (
        (${sums} order by unit limit 1)
        union all select (${sums} and y.unit > units.unit order by unit limit 1) from units where units.unit is not null)
      select unit from units where unit is not null) u`;
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
