import type { Moment } from '../../platform/clock.ts';
import type { Hat } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { MachineAccountView, TeamView, UserView } from './identity.schemas.ts';

export async function listUsers(
  tx: HatTx,
  hat: Hat,
  after: string | undefined,
  limit: number,
): Promise<UserView[]> {
  return tx.sql<
    UserView[]
  >`select u.id, u.email, u.name, u.is_disabled as "isDisabled", array_agg(a.role order by a.role) as roles
    from role_assignments a join users u on u.id = a.user_id
    where a.hat_kind = ${hat.kind} and a.hat_id = ${hat.id} ${after === undefined ? tx.sql`` : tx.sql`and u.id > ${after}`}
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

export async function listTeams(tx: HatTx, after: string | undefined, limit: number): Promise<TeamView[]> {
  return tx.sql<
    TeamView[]
  >`select t.id, t.name, array(select m.user_id from team_members m where m.team_id = t.id order by m.user_id) as "memberIds"
    from teams t where t.centre_id = app.hat_id() ${after === undefined ? tx.sql`` : tx.sql`and t.id > ${after}`} order by t.id limit ${limit}`;
}

export async function findTeam(tx: HatTx, id: string): Promise<TeamView | undefined> {
  const [row] = await tx.sql<
    TeamView[]
  >`select t.id, t.name, array(select m.user_id from team_members m where m.team_id = t.id order by m.user_id) as "memberIds"
    from teams t where t.id = ${id}`;
  return row;
}

export async function insertTeam(tx: HatTx, centreId: string, id: string, name: string): Promise<void> {
  await tx.sql`insert into teams (id, centre_id, name) values (${id}, ${centreId}, ${name})`;
}

/** Sets who is in a team; returns the ids that are not users of the centre, and then changes nothing. */
export async function replaceTeamMembers(
  tx: HatTx,
  centreId: string,
  teamId: string,
  userIds: readonly string[],
): Promise<string[]> {
  const strangers = await tx.sql<
    { id: string }[]
  >`select wanted.id from unnest(${userIds as string[]}::uuid[]) as wanted(id)
    where not exists (select from role_assignments a where a.user_id = wanted.id and a.hat_kind = 'centre' and a.hat_id = ${centreId})`;
  if (strangers.length > 0) return strangers.map(({ id }) => id);
  await tx.sql`delete from team_members where team_id = ${teamId}`;
  await tx.sql`insert into team_members (centre_id, team_id, user_id)
    select ${centreId}, ${teamId}, wanted.id from unnest(${userIds as string[]}::uuid[]) as wanted(id)`;
  return [];
}

export async function listMachineAccounts(
  tx: HatTx,
  hat: Hat,
  after: string | undefined,
  limit: number,
): Promise<MachineAccountView[]> {
  return tx.sql<
    MachineAccountView[]
  >`select id as "clientId", name, scopes, disabled_at is not null as "isDisabled" from machine_accounts
    where hat_kind = ${hat.kind} and hat_id = ${hat.id} ${after === undefined ? tx.sql`` : tx.sql`and id > ${after}`} order by id limit ${limit}`;
}

export interface NewMachineAccount {
  readonly id: string;
  readonly hat: Hat;
  readonly name: string;
  readonly secretHash: string;
  readonly scopes: readonly string[];
}

export async function insertMachineAccount(tx: HatTx, account: NewMachineAccount): Promise<void> {
  const { id, hat, name, secretHash, scopes } = account;
  await tx.sql`insert into machine_accounts (id, hat_kind, hat_id, name, secret_hash, scopes)
    values (${id}, ${hat.kind}, ${hat.id}, ${name}, ${secretHash}, ${scopes as string[]}::text[])`;
}

/** Disables an account and ends its sessions. False when there is none under this hat. */
export async function disableMachineAccount(tx: HatTx, id: string, at: Moment): Promise<boolean> {
  const changed =
    await tx.sql`update machine_accounts set disabled_at = coalesce(disabled_at, ${at}) where id = ${id}`;
  await tx.sql`update sessions set revoked_at = ${at} where machine_account_id = ${id} and revoked_at is null`;
  return changed.count === 1;
}
