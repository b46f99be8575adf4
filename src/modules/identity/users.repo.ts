import type { Hat } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { UserView } from './identity.schemas.ts';
import { ADMINISTRATOR_OF } from './roles.rules.ts';

export async function listUsers(
  tx: HatTx,
  hat: Hat,
  {
    email,
    after,
    limit,
  }: { readonly email?: string; readonly after: string | undefined; readonly limit: number },
): Promise<UserView[]> {
  return tx.sql<
    UserView[]
  >`select u.id, u.email, u.name, u.is_disabled as "isDisabled", array_agg(a.role order by a.role) as roles
    from role_assignments a join users u on u.id = a.user_id
    where a.hat_kind = ${hat.kind} and a.hat_id = ${hat.id} ${after === undefined ? tx.sql`` : tx.sql`and u.id > ${after}`}
      ${email === undefined ? tx.sql`` : tx.sql`and lower(u.email) = lower(${email})`}
    group by u.id order by u.id limit ${limit}`;
}

/** A colleague under this hat, or undefined. */
export async function findUser(tx: HatTx, hat: Hat, id: string): Promise<UserView | undefined> {
  const [row] = await tx.sql<
    UserView[]
  >`select u.id, u.email, u.name, u.is_disabled as "isDisabled", array_agg(a.role order by a.role) as roles
    from role_assignments a join users u on u.id = a.user_id
    where a.hat_kind = ${hat.kind} and a.hat_id = ${hat.id} and u.id = ${id} group by u.id`;
  return row;
}

/** An account with the roles it holds under this hat, be they none. Shows what `withinSignIn` shows. */
export async function findAnyUser(
  tx: HatTx,
  hat: Hat,
  who: { readonly id: string } | { readonly email: string },
): Promise<UserView | undefined> {
  const [row] = await tx.sql<UserView[]>`select u.id, u.email, u.name, u.is_disabled as "isDisabled",
      array(select a.role from role_assignments a where a.user_id = u.id and a.hat_kind = ${hat.kind} and a.hat_id = ${hat.id} order by 1) as roles
    from users u where ${'id' in who ? tx.sql`u.id = ${who.id}` : tx.sql`lower(u.email) = lower(${who.email})`}`;
  return row;
}

/**
 * Lets one change of an account or of its roles happen at a time, and none while a session of it opens: a sign-in sees the
 * change, or the change sees the session and ends it. Needs the rights of `withinSignIn`.
 */
export async function lockAccount(tx: HatTx, id: string): Promise<void> {
  await tx.sql`select from users where id = ${id} for no key update`;
}

export async function updateDisabled(
  tx: HatTx,
  id: string,
  isDisabled: boolean,
  isLocked: boolean,
): Promise<void> {
  await tx.sql`update users set is_disabled = ${isDisabled}, is_locked = ${isLocked} where id = ${id}`;
}

/** True where the platform disabled the account. */
export async function isPlatformLocked(tx: HatTx, id: string): Promise<boolean> {
  const rows = await tx.sql`select from users where id = ${id} and is_locked`;
  return rows.length === 1;
}

/** True when the person holds a role under another hat. Needs the rights of `withinSignIn`. */
export async function hasOtherHats(tx: HatTx, userId: string, hat: Hat): Promise<boolean> {
  const [row] = await tx.sql<{ found: boolean }[]>`select exists (select from role_assignments
    where user_id = ${userId} and (hat_kind, hat_id) <> (${hat.kind}, ${hat.id}::uuid)) as found`;
  return row?.found ?? false;
}

/** Hats that this person administers and nobody else who can sign in. One asks at a time. Needs the rights of `withinSignIn`. */
export async function listSoleAdministrations(tx: HatTx, userId: string): Promise<Hat[]> {
  const roles = Object.values(ADMINISTRATOR_OF);
  await tx.sql`select pg_advisory_xact_lock(hashtextextended('administrators', 0))`;
  return tx.sql<Hat[]>`select a.hat_kind as kind, a.hat_id as id from role_assignments a
    join users own on own.id = a.user_id and not own.is_disabled
    where a.user_id = ${userId} and a.role = any(${roles}::text[]) and not exists (
      select from role_assignments b join users u on u.id = b.user_id
      where b.hat_kind = a.hat_kind and b.hat_id = a.hat_id and b.role = a.role and b.user_id <> a.user_id and not u.is_disabled)`;
}

/** False when the address has an account already. */
export async function insertUser(
  tx: HatTx,
  user: { id: string; email: string; name: string; passwordHash: string },
): Promise<boolean> {
  const result = await tx.sql`insert into users (id, email, name, password_hash)
    values (${user.id}, ${user.email}, ${user.name}, ${user.passwordHash}) on conflict do nothing`;
  return result.count === 1;
}

export async function replaceRoles(
  tx: HatTx,
  userId: string,
  hat: Hat,
  roles: readonly string[],
): Promise<void> {
  await tx.sql`delete from role_assignments where user_id = ${userId} and hat_kind = ${hat.kind} and hat_id = ${hat.id}`;
  await addRoles(tx, userId, hat, roles);
}

/** Takes the person out of all teams of a centre. */
export async function leaveTeams(tx: HatTx, userId: string, centreId: string): Promise<void> {
  await tx.sql`delete from team_members where user_id = ${userId} and centre_id = ${centreId}`;
}

/** True for a person who once had roles under this hat: the hat has met them, and may give roles again. */
export async function wasHere(tx: HatTx, userId: string, hat: Hat): Promise<boolean> {
  const rows = await tx.sql`select from audit_entries
    where entity_id = ${userId} and entity_type = 'user' and action = 'identity.roles-changed'
      and hat_kind = ${hat.kind} and hat_id = ${hat.id} limit 1`;
  return rows.length === 1;
}

/** Says how many of the roles are new to the person. */
export async function addRoles(
  tx: HatTx,
  userId: string,
  hat: Hat,
  roles: readonly string[],
): Promise<number> {
  const result = await tx.sql`insert into role_assignments (user_id, hat_kind, hat_id, role)
    select ${userId}, ${hat.kind}, ${hat.id}, role from unnest(${roles as string[]}::text[]) as role on conflict do nothing`;
  return result.count;
}

/** True when a centre or organisation with this id exists. */
export async function isHat(tx: HatTx, hat: Hat): Promise<boolean> {
  const [row] = await tx.sql<{ known: boolean }[]>`select case ${hat.kind}
    when 'centre' then exists (select from centres where id = ${hat.id})
    when 'organisation' then exists (select from organisations where id = ${hat.id}) else true end as known`;
  return row?.known ?? false;
}
