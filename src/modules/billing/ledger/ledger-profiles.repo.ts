import type { HatTx } from '../../../platform/db/hat.ts';
import type { LedgerProfileInput, LedgerProfileView } from './ledger-profiles.schemas.ts';

const select = ({ sql }: HatTx) => sql`
  select id, centre_id as "centreId", name, settings, version from ledger_export_profiles`;

export async function findProfile(tx: HatTx, id: string): Promise<LedgerProfileView | undefined> {
  const [row] = await tx.sql<LedgerProfileView[]>`${select(tx)} where id = ${id}`;
  return row;
}

/** Up to `limit` profiles by name, after the given one. */
export async function listProfiles(
  tx: HatTx,
  centreId: string,
  after: string | undefined,
  limit: number,
): Promise<LedgerProfileView[]> {
  const { sql } = tx;
  return sql<LedgerProfileView[]>`${select(tx)} where centre_id = ${centreId}
    ${after === undefined ? sql`` : sql`and name > ${after}`} order by name limit ${limit}`;
}

export async function insertProfile(
  { sql }: HatTx,
  centreId: string,
  id: string,
  { name, settings }: LedgerProfileInput,
): Promise<void> {
  await sql`insert into ledger_export_profiles (id, centre_id, name, settings)
    values (${id}, ${centreId}, ${name}, ${JSON.stringify(settings)}::text::jsonb)`;
}

/** Returns false when the profile is no longer at this version. */
export async function updateProfile(
  { sql }: HatTx,
  id: string,
  version: number,
  { name, settings }: LedgerProfileInput,
): Promise<boolean> {
  const { count } =
    await sql`update ledger_export_profiles set name = ${name}, settings = ${JSON.stringify(settings)}::text::jsonb,
      version = version + 1
    where id = ${id} and version = ${version}`;
  return count === 1;
}
