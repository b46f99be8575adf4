import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type {
  ChangeVatActivityGroup,
  RecordVatForecast,
  VatActivityGroupView,
} from './vat-activity-groups.schemas.ts';

const select = ({ sql }: HatTx) => sql`
  select g.id, g.centre_id as "centreId", g.name, g.version,
    array(select s.service_id from vat_activity_group_services s where s.group_id = g.id order by 1) as "serviceIds",
    coalesce((select jsonb_agg(jsonb_build_object('id', f.id, 'year', f.year, 'amountCents', f.amount_cents, 'grounds', f.grounds,
        'recordedBy', jsonb_build_object('id', f.recorded_by, 'name', f.recorded_by_name), 'recordedAt', to_char(f.recorded_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        order by f.year desc, f.id desc)
      from vat_forecasts f where f.group_id = g.id), '[]') as forecasts
  from vat_activity_groups g`;

export async function findGroup(tx: HatTx, id: string): Promise<VatActivityGroupView | undefined> {
  const [row] = await tx.sql<VatActivityGroupView[]>`${select(tx)} where g.id = ${id}`;
  return row;
}

/** Up to `limit` groups, the newest first, before the given id. */
export async function listGroups(
  tx: HatTx,
  centreId: string,
  before: string | undefined,
  limit: number,
): Promise<VatActivityGroupView[]> {
  const { sql } = tx;
  return sql<VatActivityGroupView[]>`${select(tx)} where g.centre_id = ${centreId}
    ${before === undefined ? sql`` : sql`and g.id < ${before}`} order by g.id desc limit ${limit}`;
}

export async function insertGroup({ sql }: HatTx, centreId: string, id: string, name: string): Promise<void> {
  await sql`insert into vat_activity_groups (id, centre_id, name) values (${id}, ${centreId}, ${name})`;
}

/** Returns false when the group is no longer at this version. */
export async function updateGroup(
  { sql }: HatTx,
  id: string,
  version: number,
  { name }: ChangeVatActivityGroup,
): Promise<boolean> {
  const { count } = await sql`update vat_activity_groups set name = ${name}, version = version + 1
    where id = ${id} and version = ${version}`;
  return count === 1;
}

/** Makes the services of a group exactly these. */
export async function putServices(
  { sql }: HatTx,
  centreId: string,
  groupId: string,
  serviceIds: readonly string[],
): Promise<void> {
  await sql`delete from vat_activity_group_services where group_id = ${groupId}`;
  await sql`insert into vat_activity_group_services (centre_id, service_id, group_id)
    select ${centreId}, service, ${groupId} from unnest(${serviceIds as string[]}::uuid[]) service`;
}

export async function insertForecast(
  { sql }: HatTx,
  { actor, hat, now }: HatContext,
  id: string,
  groupId: string,
  { year, amountCents, grounds }: RecordVatForecast,
): Promise<void> {
  await sql`insert into vat_forecasts (id, centre_id, group_id, year, amount_cents, grounds, recorded_by, recorded_by_name, recorded_at)
    values (${id}, ${hat.id}, ${groupId}, ${year}, ${amountCents}, ${grounds}, ${actor.id}, ${actor.name}, ${now})`;
}

/** The forecast that counts for the group of a service in a year, in cents. */
export async function findForecast(
  { sql }: HatTx,
  serviceId: string,
  year: number,
): Promise<number | undefined> {
  const [row] = await sql<{ amountCents: number }[]>`select f.amount_cents as "amountCents"
    from vat_activity_group_services s join vat_forecasts f on f.group_id = s.group_id
    where s.service_id = ${serviceId} and f.year = ${year} order by f.id desc limit 1`;
  return row?.amountCents;
}
