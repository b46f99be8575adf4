import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { AllocationKeyView, CreateAllocationKey } from './allocation-lists.schemas.ts';

const columns = ({
  sql,
}: HatTx) => sql`id, centre_id as "centreId", name, number, type, as_of as "asOf", basis, source, values,
  recorded_by as "recordedBy", recorded_at as "recordedAt"`;

/** Adds the next version of a list; versions of a centre's lists are made one at a time. */
export async function insertList(
  { sql }: HatTx,
  { hat, actor, now }: HatContext,
  id: string,
  { name, type, asOf, basis, source, values }: CreateAllocationKey,
): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('allocation_keys', hashtext(${hat.id})))`;
  await sql`insert into allocation_keys (id, centre_id, name, number, type, as_of, basis, source, values, recorded_by, recorded_at)
    select ${id}, ${hat.id}, ${name}, coalesce(max(number), 0) + 1, ${type}, ${asOf}::date, ${basis ?? null}, ${source},
      ${JSON.stringify(values)}::jsonb, ${actor.id}, ${now}
    from allocation_keys where centre_id = ${hat.id} and name = ${name}`;
}

export async function findList(tx: HatTx, id: string): Promise<AllocationKeyView | undefined> {
  const [row] = await tx.sql<
    AllocationKeyView[]
  >`select ${columns(tx)} from allocation_keys where id = ${id}`;
  return row;
}

/** Up to `limit` versions, the newest first, before the given id. */
export async function listLists(
  tx: HatTx,
  centreId: string,
  name: string | undefined,
  before: string | undefined,
  limit: number,
): Promise<AllocationKeyView[]> {
  const { sql } = tx;
  return sql<AllocationKeyView[]>`select ${columns(tx)} from allocation_keys where centre_id = ${centreId}
    ${name === undefined ? sql`` : sql`and name = ${name}`}
    ${before === undefined ? sql`` : sql`and id < ${before}`}
    order by id desc limit ${limit}`;
}

/** What the newest version of each named list counts, by name. */
export async function newestTypes(
  { sql }: HatTx,
  centreId: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ name: string; type: string }[]>`
    select distinct on (name) name, type from allocation_keys where centre_id = ${centreId} and name = any(${names as string[]})
    order by name, as_of desc, number desc`;
  return new Map(rows.map(({ name, type }) => [name, type]));
}

/** Members of the centre, as value lists may name them. */
export async function listMemberNames(
  { sql }: HatTx,
  centreId: string,
): Promise<{ id: string; ags: string | null }[]> {
  return sql<{ id: string; ags: string | null }[]>`
    select o.id, o.ags from centre_members m join organisations o on o.id = m.organisation_id where m.centre_id = ${centreId}`;
}
