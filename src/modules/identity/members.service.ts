import type { Hat, HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx, withinSignIn } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { mapConstraints } from '../../platform/db/postgres-errors.ts';
import { DomainError } from '../../platform/errors.ts';
import { FORBIDDEN } from '../../platform/http/authentication.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { newId } from '../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { permissionsOf } from '../../platform/permissions.ts';
import { audit } from '../audit/index.ts';
import {
  ACCOUNT_EXISTS,
  ROLE_UNKNOWN,
  SCOPE_INVALID,
  TEAM_NAME_TAKEN,
  USER_UNKNOWN,
} from './identity.errors.ts';
import type {
  CreatedUser,
  CreateMachineAccount,
  CreateTeam,
  CreateUser,
  MachineAccountView,
  TeamView,
  UserQuery,
  UserView,
} from './identity.schemas.ts';
import * as repo from './members.repo.ts';
import { hashPassword } from './passwords.ts';
import { unknownRoles } from './roles.rules.ts';
import { hashSecret, newSecret } from './secrets.ts';
import { findAccountByEmail, revokeSessionsOf } from './sessions.repo.ts';

export type MembersService = ReturnType<typeof createMembersService>;

/** Who works under a hat: people with roles, teams, and other programs. */
export function createMembersService(db: Database, passwordCost: number) {
  return {
    async listUsers(ctx: HatContext, { limit, cursor }: UserQuery): Promise<Page<UserView>> {
      const [after] = cursor === undefined ? [] : decodeCursor('users', cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listUsers(tx, ctx.hat, after, limit + 1));
      return toPage(
        rows,
        limit,
        'users',
        (row) => [row.id],
        (row) => row,
      );
    },

    /** Gives a person roles under the caller's hat; the platform may name another hat, to install its first administrator. */
    async createUser(ctx: HatContext, input: CreateUser): Promise<CreatedUser> {
      const hat = hatFor(ctx, input.hat);
      assertRoles(hat, input.roles);
      const password = newSecret().slice(0, 20);
      const passwordHash = await hashPassword(password, passwordCost);
      let temporaryPassword: string | null = null;
      const user = await withHatTxOnce(db, ctx, async (tx) => {
        await assertHat(tx, hat);
        const { isNew, ...account } = await withinSignIn(tx, ctx, () =>
          ensureAccount(tx, ctx.hat, input, passwordHash),
        );
        if (isNew) temporaryPassword = password; // beside the answer that is stored, never in it
        await repo.addRoles(tx, account.id, hat, input.roles);
        await revokeSessionsOf(tx, account.id, ctx.now, { hat });
        await audit(tx, ctx, {
          action: 'identity.roles-given',
          entityType: 'user',
          entityId: account.id,
          details: { hat, roles: input.roles },
        });
        return { ...account, isDisabled: false, roles: [...input.roles].sort() };
      });
      return { ...user, temporaryPassword };
    },

    /** Sets the roles under the caller's hat and ends the person's sessions there, so that the change holds at once. */
    async changeRoles(ctx: HatContext, userId: string, roles: readonly string[]): Promise<UserView> {
      assertRoles(ctx.hat, roles);
      return withHatTx(db, ctx, async (tx) => {
        const user = await repo.findUser(tx, ctx.hat, userId);
        if (user === undefined) throw new DomainError(NOT_FOUND, 'There is no such user.');
        await repo.replaceRoles(tx, userId, ctx.hat, roles);
        await revokeSessionsOf(tx, userId, ctx.now, { hat: ctx.hat });
        await audit(tx, ctx, {
          action: 'identity.roles-changed',
          entityType: 'user',
          entityId: userId,
          details: { from: user.roles, to: roles },
        });
        return { ...user, roles: [...roles].sort() };
      });
    },

    async listTeams(ctx: HatContext, { limit, cursor }: UserQuery): Promise<Page<TeamView>> {
      const [after] = cursor === undefined ? [] : decodeCursor('teams', cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listTeams(tx, after, limit + 1));
      return toPage(
        rows,
        limit,
        'teams',
        (row) => [row.id],
        (row) => row,
      );
    },

    async createTeam(ctx: HatContext, { name, memberIds }: CreateTeam): Promise<TeamView> {
      return withHatTxOnce(db, ctx, async (tx) => {
        const id = newId();
        const taken = {
          problem: TEAM_NAME_TAKEN,
          detail: `There is a team ${name} already.`,
          errors: [{ pointer: '/name', code: 'taken', detail: 'is taken' }],
        };
        await mapConstraints({ teams_name_key: taken }, () => repo.insertTeam(tx, ctx.hat.id, id, name));
        return fillTeam(tx, ctx, id, memberIds, 'identity.team-created');
      });
    },

    async changeTeamMembers(
      ctx: HatContext,
      teamId: string,
      memberIds: readonly string[],
    ): Promise<TeamView> {
      return withHatTx(db, ctx, async (tx) => {
        if ((await repo.findTeam(tx, teamId)) === undefined)
          throw new DomainError(NOT_FOUND, 'There is no such team.');
        return fillTeam(tx, ctx, teamId, memberIds, 'identity.team-changed');
      });
    },

    async listMachineAccounts(
      ctx: HatContext,
      { limit, cursor }: UserQuery,
    ): Promise<Page<MachineAccountView>> {
      const [after] = cursor === undefined ? [] : decodeCursor('machine-accounts', cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listMachineAccounts(tx, ctx.hat, after, limit + 1));
      return toPage(
        rows,
        limit,
        'machine-accounts',
        (row) => [row.clientId],
        (row) => row,
      );
    },

    async createMachineAccount(ctx: HatContext, { name, scopes }: CreateMachineAccount) {
      const available = permissionsOf(['integration']);
      const foreign = scopes.filter((scope) => !available.has(scope));
      if (foreign.length > 0) {
        throw new DomainError(
          SCOPE_INVALID,
          `Programs cannot hold: ${foreign.join(', ')}. They can hold: ${[...available].sort().join(', ')}.`,
        );
      }
      const clientSecret = newSecret();
      const account = await withHatTxOnce(db, ctx, async (tx) => {
        const clientId = newId();
        await repo.insertMachineAccount(tx, {
          id: clientId,
          hat: ctx.hat,
          name,
          secretHash: hashSecret(clientSecret),
          scopes,
        });
        await audit(tx, ctx, {
          action: 'identity.machine-account-created',
          entityType: 'machine_account',
          entityId: clientId,
          details: { scopes },
        });
        return { clientId, name, scopes, isDisabled: false };
      });
      return { ...account, clientSecret: ctx.idempotency?.replayed ? null : clientSecret };
    },

    async disableMachineAccount(ctx: HatContext, id: string): Promise<void> {
      await withHatTx(db, ctx, async (tx) => {
        if (!(await repo.disableMachineAccount(tx, id, ctx.now)))
          throw new DomainError(NOT_FOUND, 'There is no such machine account.');
        await audit(tx, ctx, {
          action: 'identity.machine-account-disabled',
          entityType: 'machine_account',
          entityId: id,
        });
      });
    },
  };
}

/**
 * Accounts belong to the person, not to a hat. Made in the caller's transaction: without roles nobody would know its password.
 * Whoever made an account knows its first password: roles of another hat must not come to it without somebody who knows both
 * sides. That is the platform's administration; everyone else gives roles to new accounts and to colleagues.
 */
async function ensureAccount(tx: HatTx, giver: Hat, { email, name }: CreateUser, passwordHash: string) {
  const id = newId();
  const isNew = await repo.insertUser(tx, { id, email, name, passwordHash });
  if (isNew) return { id, email, name, isNew };
  const known = await findAccountByEmail(tx, email);
  if (known === undefined) throw new Error('an account was taken and is gone');
  if (giver.kind !== 'platform' && (await repo.findUser(tx, giver, known.id)) === undefined) {
    throw new DomainError(ACCOUNT_EXISTS, 'There is an account with this address elsewhere.', {
      pointer: '/email',
    });
  }
  return { id: known.id, email: known.email, name: known.name, isNew };
}

async function assertHat(tx: HatTx, hat: Hat): Promise<void> {
  if (!(await repo.isHat(tx, hat)))
    throw new DomainError(NOT_FOUND, 'There is no such centre or organisation.');
}

function hatFor(ctx: HatContext, named: Hat | undefined): Hat {
  if (named === undefined || (named.kind === ctx.hat.kind && named.id === ctx.hat.id)) return ctx.hat;
  if (ctx.hat.kind !== 'platform')
    throw new DomainError(FORBIDDEN, 'Roles are given under your own hat only.');
  return named;
}

function assertRoles(hat: Hat, roles: readonly string[]): void {
  const [unknown] = unknownRoles(hat.kind, roles);
  if (unknown === undefined) return;
  const index = roles.indexOf(unknown);
  throw new DomainError(ROLE_UNKNOWN, `There is no role ${unknown} under a ${hat.kind}.`, {
    errors: [{ pointer: `/roles/${index}`, code: 'unknown', detail: 'is no role here' }],
  });
}

async function fillTeam(
  tx: HatTx,
  ctx: HatContext,
  teamId: string,
  memberIds: readonly string[],
  action: string,
): Promise<TeamView> {
  const strangers = await repo.replaceTeamMembers(tx, ctx.hat.id, teamId, memberIds);
  if (strangers.length > 0) {
    const errors = strangers.map((id) => ({
      pointer: `/memberIds/${memberIds.indexOf(id)}`,
      code: 'unknown',
      detail: 'is no user of this centre',
    }));
    throw new DomainError(USER_UNKNOWN, 'Members of a team hold a role in the centre.', { errors });
  }
  await audit(tx, ctx, { action, entityType: 'team', entityId: teamId, details: { memberIds } });
  const team = await repo.findTeam(tx, teamId);
  if (team === undefined) throw new Error('the team just written is not there');
  return team;
}
