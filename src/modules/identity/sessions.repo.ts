import type { Moment } from '../../platform/clock.ts';
import type { Hat, HatKind } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { HatView } from './identity.schemas.ts';
import type { Attempts } from './throttle.rules.ts';

export interface Account {
  id: string;
  email: string;
  name: string;
  passwordHash: string;
  isDisabled: boolean;
}

export async function findAccountByEmail(tx: HatTx, email: string): Promise<Account | undefined> {
  const [row] = await tx.sql<
    Account[]
  >`select id, email, name, password_hash as "passwordHash", is_disabled as "isDisabled"
    from users where lower(email) = lower(${email})`;
  return row;
}

export async function findAccount(tx: HatTx, id: string): Promise<Account | undefined> {
  const [row] = await tx.sql<
    Account[]
  >`select id, email, name, password_hash as "passwordHash", is_disabled as "isDisabled"
    from users where id = ${id}`;
  return row;
}

/** Held until the transaction ends: whoever disables the account or changes its roles waits, and then ends the session that opens. */
export async function holdAccount(tx: HatTx, id: string): Promise<Account | undefined> {
  await tx.sql`select from users where id = ${id} for share`;
  return findAccount(tx, id);
}

/** Hats of a person with names and roles: the platform first, then centres, then organisations, each by name. */
export async function listHats(tx: HatTx, userId: string): Promise<HatView[]> {
  return tx.sql<
    HatView[]
  >`select a.hat_kind as kind, a.hat_id as id, coalesce(c.name, o.name, 'Plattform') as name, array_agg(a.role order by a.role) as roles
    from role_assignments a
    left join centres c on a.hat_kind = 'centre' and c.id = a.hat_id
    left join organisations o on a.hat_kind = 'organisation' and o.id = a.hat_id
    where a.user_id = ${userId}
    group by 1, 2, 3
    order by array_position(array['platform', 'centre', 'organisation'], a.hat_kind), 3, 2`;
}

export interface NewSession {
  readonly id: string;
  readonly familyId: string;
  readonly userId: string | null;
  readonly machineAccountId: string | null;
  readonly hat: Hat;
  readonly at: Moment;
}

export async function insertSession(tx: HatTx, session: NewSession): Promise<void> {
  const { id, familyId, userId, machineAccountId, hat, at } = session;
  await tx.sql`insert into sessions (id, family_id, user_id, machine_account_id, hat_kind, hat_id, created_at)
    values (${id}, ${familyId}, ${userId}, ${machineAccountId}, ${hat.kind}, ${hat.id}, ${at})`;
}

export async function insertRefreshToken(
  tx: HatTx,
  tokenHash: string,
  sessionId: string,
  expiresAt: Moment,
): Promise<void> {
  await tx.sql`insert into refresh_tokens (token_hash, session_id, expires_at) values (${tokenHash}, ${sessionId}, ${expiresAt})`;
}

export interface SpentToken {
  sessionId: string;
  familyId: string;
  userId: string;
  hatKind: HatKind;
  hatId: string;
  expiresAt: Moment;
  revokedAt: Moment | null;
  /** False when somebody had used it before. */
  isFirstUse: boolean;
}

/** Spends a refresh token: of two at once, one sees the first use. */
export async function spendRefreshToken(
  tx: HatTx,
  tokenHash: string,
  at: Moment,
): Promise<SpentToken | undefined> {
  const spent =
    await tx.sql`update refresh_tokens set used_at = ${at} where token_hash = ${tokenHash} and used_at is null`;
  const [row] = await tx.sql<Omit<SpentToken, 'isFirstUse'>[]>`
    select s.id as "sessionId", s.family_id as "familyId", s.user_id as "userId", s.hat_kind as "hatKind", s.hat_id as "hatId",
      t.expires_at as "expiresAt", s.revoked_at as "revokedAt"
    from refresh_tokens t join sessions s on s.id = t.session_id where t.token_hash = ${tokenHash}`;
  return row === undefined ? undefined : { ...row, isFirstUse: spent.count === 1 };
}

export async function findLiveSession(tx: HatTx, id: string): Promise<{ familyId: string } | undefined> {
  const [row] = await tx.sql<
    { familyId: string }[]
  >`select family_id as "familyId" from sessions where id = ${id} and revoked_at is null`;
  return row;
}

export async function revokeFamily(tx: HatTx, familyId: string, at: Moment): Promise<void> {
  await tx.sql`update sessions set revoked_at = ${at} where family_id = ${familyId} and revoked_at is null`;
}

/** Ends sessions of a person, all or those under one hat, but one family if given. */
export async function revokeSessionsOf(
  tx: HatTx,
  userId: string,
  at: Moment,
  only: { hat?: Hat; exceptFamily?: string } = {},
): Promise<void> {
  await tx.sql`update sessions set revoked_at = ${at} where user_id = ${userId} and revoked_at is null
    ${only.hat === undefined ? tx.sql`` : tx.sql`and hat_kind = ${only.hat.kind} and hat_id = ${only.hat.id}`}
    ${only.exceptFamily === undefined ? tx.sql`` : tx.sql`and family_id <> ${only.exceptFamily}`}`;
}

export async function findAttempts(tx: HatTx, subject: string): Promise<Attempts | undefined> {
  const [row] = await tx.sql<
    Attempts[]
  >`select failures, window_started_at as "windowStartedAt" from login_attempts where subject = ${subject}`;
  return row;
}

/**
 * Makes the row if need be and holds it until the transaction ends, so that failures at once are all counted. In one statement: a
 * row that a right sign-in takes away while we wait for it is made anew, and what waited counts from there.
 */
export async function lockAttempts(tx: HatTx, subject: string, now: Moment): Promise<void> {
  await tx.sql`insert into login_attempts as held (subject, failures, window_started_at) values (${subject}, 0, ${now})
    on conflict (subject) do update set failures = held.failures`;
}

export async function saveAttempts(
  tx: HatTx,
  subject: string,
  { failures, windowStartedAt }: Attempts,
): Promise<void> {
  await tx.sql`update login_attempts set failures = ${failures}, window_started_at = ${windowStartedAt} where subject = ${subject}`;
}

export async function clearAttempts(tx: HatTx, subject: string): Promise<void> {
  await tx.sql`delete from login_attempts where subject = ${subject}`;
}

/** Deletes what has lost its use before these moments: counters of failed sign-ins, spent or expired tokens, sessions without any. */
export async function purgeSessions(tx: HatTx, now: Moment, before: Moment): Promise<void> {
  await tx.sql`delete from login_attempts where window_started_at < ${before}`;
  await tx.sql`delete from refresh_tokens where expires_at < ${now} or used_at < ${before}`;
  await tx.sql`delete from sessions s where s.created_at < ${before}
    and not exists (select from refresh_tokens t where t.session_id = s.id)`;
}

export interface MachineAccount {
  id: string;
  isDisabled: boolean;
  name: string;
  secretHash: string;
  scopes: string[];
  hatKind: HatKind;
  hatId: string;
}

/** Held until the transaction ends, so that disabling waits and then ends the session that opens. */
export async function findMachineAccount(tx: HatTx, id: string): Promise<MachineAccount | undefined> {
  const [row] = await tx.sql<
    MachineAccount[]
  >`select id, name, secret_hash as "secretHash", scopes, hat_kind as "hatKind", hat_id as "hatId",
      disabled_at is not null as "isDisabled"
    from machine_accounts where id = ${id} for share`;
  return row;
}

/** Replaces the hash that was read; one that somebody else has set meanwhile stays. */
export async function updatePassword(
  tx: HatTx,
  account: Pick<Account, 'id' | 'passwordHash'>,
  passwordHash: string,
): Promise<void> {
  await tx.sql`update users set password_hash = ${passwordHash} where id = ${account.id} and password_hash = ${account.passwordHash}`;
}
