import type { Moment } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { VatTurnoverWatchView } from './vat-activity-groups.schemas.ts';

export interface WatchedRow {
  readonly groupId: string;
  readonly name: string;
  readonly serviceIds: readonly string[];
  readonly forecastCents: number | null;
  readonly restingDeterminations: number;
  readonly warnedAt: Moment | null;
}

/** Determinations that rest on a group staying below the limit, and hold for somebody on a day of the year. */
const resting = ({ sql }: HatTx, centreId: string, year: number) => sql`
  select distinct d.id, d.service_id from vat_determinations d join vat_coverage c on c.determination_id = d.id
  where d.centre_id = ${centreId} and d.rule = '2B_2_1'
    and daterange(c.holds_from, c.holds_to) && daterange(make_date(${year}, 1, 1), make_date(${year + 1}, 1, 1))`;

/** The groups of a centre with what hangs on their turnover of a year. */
export async function watchedGroups(tx: HatTx, centreId: string, year: number): Promise<WatchedRow[]> {
  const { sql } = tx;
  return sql<WatchedRow[]>`
    with resting as (${resting(tx, centreId, year)})
    select g.id as "groupId", g.name, array(select s.service_id from vat_activity_group_services s where s.group_id = g.id) as "serviceIds",
      (select f.amount_cents from vat_forecasts f where f.group_id = g.id and f.year = ${year} order by f.id desc limit 1) as "forecastCents",
      (select count(*)::int from resting r join vat_activity_group_services s on s.service_id = r.service_id
        where s.group_id = g.id) as "restingDeterminations",
      (select w.warned_at from vat_turnover_warnings w where w.group_id = g.id and w.year = ${year}) as "warnedAt"
    from vat_activity_groups g where g.centre_id = ${centreId} order by g.name, g.id`;
}

/** Services with such determinations that belong to no group. */
export async function unwatchedServices(
  tx: HatTx,
  centreId: string,
  year: number,
): Promise<VatTurnoverWatchView['unwatched']> {
  const { sql } = tx;
  const rows = await sql<VatTurnoverWatchView['unwatched']>`
    with resting as (${resting(tx, centreId, year)})
    select s.id as "serviceId", s.code, s.title from services s
    where s.id in (select service_id from resting)
      and not exists (select from vat_activity_group_services g where g.service_id = s.id) order by s.code`;
  return [...rows];
}

export interface Warning {
  readonly centreId: string;
  readonly groupId: string;
  readonly year: number;
  readonly bookedCents: number;
  readonly limitCents: number;
  readonly ruleSet: string;
  readonly warnedAt: Moment;
}

/** Returns false when the group was warned of in that year already. */
export async function insertWarning({ sql }: HatTx, warning: Warning): Promise<boolean> {
  const { centreId, groupId, year, bookedCents, limitCents, ruleSet, warnedAt } = warning;
  const { count } = await sql`
    insert into vat_turnover_warnings (centre_id, group_id, year, booked_cents, limit_cents, rule_set, warned_at)
    values (${centreId}, ${groupId}, ${year}, ${bookedCents}, ${limitCents}, ${ruleSet}, ${warnedAt}) on conflict do nothing`;
  return count === 1;
}

/** Centres that watch a turnover; asked under the platform's hat, which sees centres and nothing of theirs. */
export async function listCentreIds({ sql }: HatTx): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select id from centres order by id`;
  return rows.map(({ id }) => id);
}
