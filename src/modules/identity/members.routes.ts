import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { expectedTag, sendTagged } from '../../platform/http/content-tags.ts';
import { IdParams, IfMatchHeaders } from '../../platform/http/schemas.ts';
import { SCOPE_INVALID, TEAM_NAME_TAKEN, USER_UNKNOWN } from './identity.errors.ts';
import {
  ChangeTeamMembers,
  CreatedMachineAccount,
  CreateMachineAccount,
  CreateTeam,
  MachineAccountPage,
  MembersQuery,
  TeamPage,
  TeamView,
} from './identity.schemas.ts';
import type { MembersService } from './members.service.ts';

const tags = ['People and programs'];

export const membersRoutes =
  (service: MembersService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/teams',
      {
        config: { access: 'teams:read' },
        schema: {
          tags,
          operationId: 'listTeams',
          summary: 'Teams of the centre',
          querystring: MembersQuery,
          response: { 200: TeamPage },
        },
      },
      (request) => service.listTeams(request.ctx, request.query),
    );
    app.post(
      '/teams',
      {
        config: { access: 'teams:manage', idempotent: true, refuses: [TEAM_NAME_TAKEN, USER_UNKNOWN] },
        schema: {
          tags,
          operationId: 'createTeam',
          summary: 'Set up a team',
          body: CreateTeam,
          response: { 201: TeamView },
        },
      },
      async (request, reply) => sendTagged(reply, await service.createTeam(request.ctx, request.body), 201),
    );
    app.get(
      '/teams/:id',
      {
        config: { access: 'teams:read' },
        schema: {
          tags,
          operationId: 'getTeam',
          summary: 'One team',
          params: IdParams,
          response: { 200: TeamView },
        },
      },
      async (request, reply) => sendTagged(reply, await service.getTeam(request.ctx, request.params.id)),
    );
    app.put(
      '/teams/:id/members',
      {
        config: { access: 'teams:manage', refuses: [USER_UNKNOWN] },
        schema: {
          tags,
          operationId: 'changeTeamMembers',
          summary: 'Set who is in a team',
          params: IdParams,
          headers: IfMatchHeaders,
          body: ChangeTeamMembers,
          response: { 200: TeamView },
        },
      },
      async (request, reply) => {
        const { ctx, params, body } = request;
        const expected = expectedTag(request);
        return sendTagged(reply, await service.changeTeamMembers(ctx, params.id, expected, body.memberIds));
      },
    );
    await app.register(machineAccountsRoutes(service));
  };

const machineAccountsRoutes =
  (service: MembersService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/machine-accounts',
      {
        config: { access: 'machine-accounts:manage' },
        schema: {
          tags,
          operationId: 'listMachineAccounts',
          summary: 'Programs that act under your hat',
          querystring: MembersQuery,
          response: { 200: MachineAccountPage },
        },
      },
      (request) => service.listMachineAccounts(request.ctx, request.query),
    );
    app.post(
      '/machine-accounts',
      {
        config: { access: 'machine-accounts:manage', idempotent: true, refuses: [SCOPE_INVALID] },
        schema: {
          tags,
          operationId: 'createMachineAccount',
          summary: 'Let a program act under your hat, within scopes',
          body: CreateMachineAccount,
          response: { 201: CreatedMachineAccount },
        },
      },
      async (request, reply) =>
        reply.code(201).send(await service.createMachineAccount(request.ctx, request.body)),
    );
    app.delete(
      '/machine-accounts/:id',
      {
        config: { access: 'machine-accounts:manage' },
        schema: {
          tags,
          operationId: 'disableMachineAccount',
          summary: 'Shut a program out at once',
          params: IdParams,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await service.disableMachineAccount(request.ctx, request.params.id);
        return reply.code(204).send(null);
      },
    );
  };
