import type { HatTx } from '../../../platform/db/hat.ts';
import type { BillingProfile, BillingRecipient } from './statements.types.ts';

export interface ProfileRow extends BillingProfile {
  readonly centreId: string;
  readonly version: number;
}

export interface RecipientRow extends BillingRecipient {
  readonly centreId: string;
  readonly memberName: string;
  readonly version: number;
}

export async function findProfile({ sql }: HatTx, centreId: string): Promise<ProfileRow | undefined> {
  const [row] = await sql<ProfileRow[]>`
    select centre_id as "centreId", seller, payment_days as "paymentDays", version from billing_profiles where centre_id = ${centreId}`;
  return row;
}

/** Writes the first profile (`version` 0) or replaces the one of that version; false when it is no longer at it. */
export async function putProfile(
  { sql }: HatTx,
  centreId: string,
  version: number,
  { seller, paymentDays }: BillingProfile,
): Promise<boolean> {
  const text = JSON.stringify(seller);
  const { count } =
    version === 0
      ? await sql`insert into billing_profiles (centre_id, seller, payment_days)
          values (${centreId}, ${text}::text::jsonb, ${paymentDays}) on conflict do nothing`
      : await sql`update billing_profiles set seller = ${text}::text::jsonb, payment_days = ${paymentDays}, version = version + 1
          where centre_id = ${centreId} and version = ${version}`;
  return count === 1;
}

const recipients = ({ sql }: HatTx) => sql`
  select r.centre_id as "centreId", r.organisation_id as "organisationId", o.name as "memberName", r.buyer, r.email, r.formats, r.version
  from billing_recipients r join organisations o on o.id = r.organisation_id`;

export async function findRecipient(
  tx: HatTx,
  centreId: string,
  organisationId: string,
): Promise<RecipientRow | undefined> {
  const [row] = await tx.sql<RecipientRow[]>`
    ${recipients(tx)} where r.centre_id = ${centreId} and r.organisation_id = ${organisationId}`;
  return row;
}

/** Recipients that a hat sees, by centre and member, after the given ids. */
export async function listRecipients(
  tx: HatTx,
  after: readonly [string, string] | undefined,
  limit: number,
): Promise<RecipientRow[]> {
  const { sql } = tx;
  return sql<RecipientRow[]>`${recipients(tx)}
    ${after === undefined ? sql`` : sql`where (r.centre_id, r.organisation_id) > (${after[0]}::uuid, ${after[1]}::uuid)`}
    order by r.centre_id, r.organisation_id limit ${limit}`;
}

export async function recipientsOf(
  tx: HatTx,
  centreId: string,
  organisationIds: readonly string[],
): Promise<RecipientRow[]> {
  return tx.sql<RecipientRow[]>`${recipients(tx)}
    where r.centre_id = ${centreId} and r.organisation_id = any(${organisationIds as string[]}::uuid[])`;
}

export async function isMember({ sql }: HatTx, centreId: string, organisationId: string): Promise<boolean> {
  const rows = await sql`select from centre_members
    where centre_id = ${centreId} and organisation_id = ${organisationId}`;
  return rows.length > 0;
}

/** As `putProfile`. */
export async function putRecipient(
  { sql }: HatTx,
  centreId: string,
  version: number,
  { organisationId, buyer, email, formats }: BillingRecipient,
): Promise<boolean> {
  const text = JSON.stringify(buyer);
  const { count } =
    version === 0
      ? await sql`insert into billing_recipients (centre_id, organisation_id, buyer, email, formats)
          values (${centreId}, ${organisationId}, ${text}::text::jsonb, ${email}, ${formats as string[]}) on conflict do nothing`
      : await sql`update billing_recipients set buyer = ${text}::text::jsonb, email = ${email}, formats = ${formats as string[]},
            version = version + 1
          where centre_id = ${centreId} and organisation_id = ${organisationId} and version = ${version}`;
  return count === 1;
}
