import type { Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { Seller } from '../documents/document.types.ts';
import type { BillingRecipient, PayeeAccount } from './statements.types.ts';

/** As it is recorded; without `bank` while no account was confirmed. */
export interface ProfileRow {
  readonly centreId: string;
  readonly seller: Omit<Seller, 'bank'> & { readonly bank?: PayeeAccount };
  readonly paymentDays: number;
  readonly pendingAccount: PayeeAccount | null;
  readonly pendingRecordedBy: string | null;
  readonly pendingRecordedByName: string | null;
  readonly pendingRecordedAt: Moment | null;
  readonly accountRecordedBy: string | null;
  readonly accountRecordedByName: string | null;
  readonly accountRecordedAt: Moment | null;
  readonly accountConfirmedBy: string | null;
  readonly accountConfirmedByName: string | null;
  readonly accountConfirmedAt: Moment | null;
  readonly version: number;
}

export interface RecipientRow extends BillingRecipient {
  readonly centreId: string;
  readonly memberName: string;
  readonly version: number;
}

const profiles = ({ sql }: HatTx) => sql`
  select centre_id as "centreId", seller, payment_days as "paymentDays", pending_account as "pendingAccount",
    pending_recorded_by as "pendingRecordedBy", pending_recorded_by_name as "pendingRecordedByName",
    pending_recorded_at as "pendingRecordedAt", account_recorded_by as "accountRecordedBy",
    account_recorded_by_name as "accountRecordedByName", account_recorded_at as "accountRecordedAt",
    account_confirmed_by as "accountConfirmedBy", account_confirmed_by_name as "accountConfirmedByName",
    account_confirmed_at as "accountConfirmedAt", version
  from billing_profiles`;

export async function findProfile(tx: HatTx, centreId: string): Promise<ProfileRow | undefined> {
  const [row] = await tx.sql<ProfileRow[]>`${profiles(tx)} where centre_id = ${centreId}`;
  return row;
}

/** `for update`: in order to change it; `for share`: nobody changes it until the end of the transaction. */
export async function lockProfile(
  tx: HatTx,
  centreId: string,
  strength: 'update' | 'share',
): Promise<ProfileRow | undefined> {
  const lock = strength === 'update' ? tx.sql`for update` : tx.sql`for share`;
  const [row] = await tx.sql<ProfileRow[]>`${profiles(tx)} where centre_id = ${centreId} ${lock}`;
  return row;
}

export interface ProfileToKeep extends Pick<ProfileRow, 'seller' | 'paymentDays' | 'pendingAccount'> {
  /** Whether the account that waits is said just now. */
  readonly isRecorded: boolean;
}

/** Writes the first profile (`version` 0) or replaces the one of that version; false when it is no longer at it. */
export async function putProfile(
  { sql }: HatTx,
  { actor, now }: HatContext,
  centreId: string,
  version: number,
  { seller, paymentDays, pendingAccount, isRecorded }: ProfileToKeep,
): Promise<boolean> {
  const text = JSON.stringify(seller);
  const account = pendingAccount && JSON.stringify(pendingAccount);
  const [by, name, at] = pendingAccount === null ? [null, null, null] : [actor.id, actor.name, now];
  // Who writes the profile for another reason does not record the account that waits.
  const isKept = pendingAccount !== null && !isRecorded;
  const deed = isKept
    ? sql``
    : sql`pending_recorded_by = ${by}, pending_recorded_by_name = ${name}, pending_recorded_at = ${at},`;
  const { count } =
    version === 0
      ? await sql`insert into billing_profiles (centre_id, seller, payment_days, pending_account, pending_recorded_by,
            pending_recorded_by_name, pending_recorded_at)
          values (${centreId}, ${text}::text::jsonb, ${paymentDays}, ${account}::text::jsonb, ${by}, ${name}, ${at}) on conflict do nothing`
      : await sql`update billing_profiles set seller = ${text}::text::jsonb, payment_days = ${paymentDays},
            pending_account = ${account}::text::jsonb, ${deed} version = version + 1
          where centre_id = ${centreId} and version = ${version}`;
  return count === 1;
}

/** From now on documents bear the account that waits. Returns false when the row is no longer at this version. */
export async function confirmAccount(
  { sql }: HatTx,
  { actor, now }: HatContext,
  centreId: string,
  version: number,
): Promise<boolean> {
  const { count } =
    await sql`update billing_profiles set seller = seller || jsonb_build_object('bank', pending_account),
      account_recorded_by = pending_recorded_by, account_recorded_by_name = pending_recorded_by_name,
      account_recorded_at = pending_recorded_at, account_confirmed_by = ${actor.id}, account_confirmed_by_name = ${actor.name},
      account_confirmed_at = ${now}, pending_account = null, pending_recorded_by = null, pending_recorded_by_name = null,
      pending_recorded_at = null, version = version + 1
    where centre_id = ${centreId} and version = ${version} and pending_account is not null`;
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

/** Writes the first entry of a member (`version` 0) or replaces the one of that version; false when it is no longer at it. */
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
