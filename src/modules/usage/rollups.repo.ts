import type { Day } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';

/**
 * Moves up to `limit` deltas into the roll-ups, oldest first; says how many. Whoever sums up sees the same before, while and after. When
 * another does it just now there is nothing to do.
 */
export async function foldDeltas({ sql }: HatTx, limit: number): Promise<number> {
  const [lock] = await sql<{ isOurs: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtext('usage_rollups')) as "isOurs"`;
  if (lock?.isOurs !== true) return 0;
  const [folded] = await sql<{ count: number }[]>`
    with taken as (
      delete from usage_rollup_deltas where id in (select id from usage_rollup_deltas order by id limit ${limit}) returning *
    ), written as (
      insert into usage_rollups as r (centre_id, month, service_id, organisation_id, meter, unit, source, quantity, event_count)
      select centre_id, month, service_id, organisation_id, meter, unit, source, sum(quantity), sum(event_count)
      from taken group by centre_id, month, service_id, organisation_id, meter, unit, source
      on conflict on constraint usage_rollups_pkey
        do update set quantity = r.quantity + excluded.quantity, event_count = r.event_count + excluded.event_count
    )
    select count(*)::int as count from taken`;
  return folded?.count ?? 0;
}

/** Makes the partitions of the months of these days that have none. */
export async function addMonths({ sql }: HatTx, from: Day, to: Day): Promise<void> {
  await sql`select app.add_usage_months(${from}, ${to})`;
}
