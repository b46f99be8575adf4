import type { Moment } from '../../platform/clock.ts';
import type { Hat } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { MachineAccountView, TeamView } from './identity.schemas.ts';

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

/** Lets one change of a team happen at a time, so that what was read under the lock is what is replaced. */
export async function lockTeam(tx: HatTx, id: string): Promise<void> {
  await tx.sql`select from teams where id = ${id} for no key update`;
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
