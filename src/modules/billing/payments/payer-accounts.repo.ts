import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { PayerAccountView } from './payments.schemas.ts';

const select = ({ sql }: HatTx) => sql`
  select a.id, a.organisation_id as "organisationId", o.name as "memberName", a.iban,
    jsonb_build_object('id', a.recorded_by, 'name', a.recorded_by_name) as "recordedBy", a.recorded_at as "recordedAt",
    jsonb_build_object('id', a.confirmed_by, 'name', a.confirmed_by_name) as "confirmedBy", a.confirmed_at as "confirmedAt", a.retired_at as "retiredAt", a.version
  from payer_accounts a join organisations o on o.id = a.organisation_id`;

type Person = PayerAccountView['recorded']['by'];
type Row = Omit<PayerAccountView, 'recorded' | 'confirmed'> & {
  readonly recordedBy: Person;
  readonly recordedAt: string;
  readonly confirmedBy: Person;
  readonly confirmedAt: string | null;
};

function toView({ recordedBy, recordedAt, confirmedBy, confirmedAt, ...row }: Row): PayerAccountView {
  return {
    ...row,
    recorded: { by: recordedBy, at: recordedAt },
    confirmed: confirmedAt === null ? null : { by: confirmedBy, at: confirmedAt },
  };
}

export async function findAccount(tx: HatTx, id: string): Promise<PayerAccountView | undefined> {
  const [row] = await tx.sql<Row[]>`${select(tx)} where a.id = ${id}`;
  return row && toView(row);
}

/** Up to `limit` accounts of the centre, the newest first, before the given id. */
export async function listAccounts(
  tx: HatTx,
  centreId: string,
  { organisationId, confirmed }: { readonly organisationId?: string; readonly confirmed?: boolean },
  before: string | undefined,
  limit: number,
): Promise<PayerAccountView[]> {
  const { sql } = tx;
  const rows = await sql<Row[]>`${select(tx)} where a.centre_id = ${centreId}
    ${organisationId === undefined ? sql`` : sql`and a.organisation_id = ${organisationId}`}
    ${confirmed === undefined ? sql`` : sql`and (a.confirmed_at is not null) = ${confirmed}`}
    ${confirmed === false ? sql`and a.retired_at is null` : sql``}
    ${before === undefined ? sql`` : sql`and a.id < ${before}`}
    order by a.id desc limit ${limit}`;
  return rows.map(toView);
}

export async function insertAccount(
  { sql }: HatTx,
  { actor, now }: HatContext,
  row: {
    readonly id: string;
    readonly centreId: string;
    readonly organisationId: string;
    readonly iban: string;
  },
): Promise<void> {
  await sql`insert into payer_accounts (id, centre_id, organisation_id, iban, recorded_by, recorded_by_name, recorded_at)
    values (${row.id}, ${row.centreId}, ${row.organisationId}, ${row.iban}, ${actor.id}, ${actor.name}, ${now})`;
}

/** Returns false when the row is no longer at this version. */
export async function retireAccount(
  { sql }: HatTx,
  { now }: HatContext,
  id: string,
  version: number,
): Promise<boolean> {
  const { count } = await sql`update payer_accounts set retired_at = ${now}, version = version + 1
    where id = ${id} and version = ${version} and retired_at is null`;
  return count === 1;
}

/** Returns false when the row is no longer at this version. */
export async function confirmAccount(
  { sql }: HatTx,
  { actor, now }: HatContext,
  id: string,
  version: number,
): Promise<boolean> {
  const { count } =
    await sql`update payer_accounts set confirmed_by = ${actor.id}, confirmed_by_name = ${actor.name}, confirmed_at = ${now},
      version = version + 1
    where id = ${id} and version = ${version} and confirmed_at is null and retired_at is null`;
  return count === 1;
}

/** Members by the accounts they pay from, confirmed or not: what comes in can be put right, what goes out cannot. */
export async function membersByIban({ sql }: HatTx, centreId: string): Promise<Map<string, string[]>> {
  const rows = await sql<{ iban: string; organisationIds: string[] }[]>`
    select iban, array_agg(organisation_id order by organisation_id) as "organisationIds" from payer_accounts
    where centre_id = ${centreId} and retired_at is null group by iban`;
  return new Map(rows.map(({ iban, organisationIds }) => [iban, organisationIds]));
}
