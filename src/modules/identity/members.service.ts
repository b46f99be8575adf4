import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { mapConstraints } from '../../platform/db/postgres-errors.ts';
import { DomainError } from '../../platform/errors.ts';
import { assertTag } from '../../platform/http/content-tags.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { newId } from '../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { permissionsOf } from '../../platform/permissions.ts';
import { audit } from '../audit/index.ts';
import { SCOPE_INVALID, TEAM_NAME_TAKEN, USER_UNKNOWN } from './identity.errors.ts';
import type {
  CreateMachineAccount,
  CreateTeam,
  MachineAccountView,
  MembersQuery,
  TeamView,
} from './identity.schemas.ts';
import * as repo from './members.repo.ts';
import { hashSecret, newSecret } from './secrets.ts';

export type MembersService = ReturnType<typeof createMembersService>;

/** What people under a hat work with: their teams, and other programs. */
export function createMembersService(db: Database) {
  return {
    async listTeams(ctx: HatContext, { limit, cursor }: MembersQuery): Promise<Page<TeamView>> {
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

    getTeam: (ctx: HatContext, id: string): Promise<TeamView> => withHatTx(db, ctx, (tx) => getTeam(tx, id)),

    async createTeam(ctx: HatContext, { centreId, name, memberIds }: CreateTeam): Promise<TeamView> {
      return withHatTxOnce(db, ctx, async (tx) => {
        ownCentre(ctx, centreId);
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
      expected: string,
      memberIds: readonly string[],
    ): Promise<TeamView> {
      return withHatTx(db, ctx, async (tx) => {
        await repo.lockTeam(tx, teamId);
        assertTag(await getTeam(tx, teamId), expected);
        return fillTeam(tx, ctx, teamId, memberIds, 'identity.team-changed');
      });
    },

    async listMachineAccounts(
      ctx: HatContext,
      { limit, cursor }: MembersQuery,
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

async function getTeam(tx: HatTx, id: string): Promise<TeamView> {
  const team = await repo.findTeam(tx, id);
  if (team === undefined) throw new DomainError(NOT_FOUND, 'There is no such team.');
  return team;
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
  return getTeam(tx, teamId);
}
