import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { IdParams } from '../../platform/http/schemas.ts';
import {
  ACCOUNT_EXISTS,
  ROLE_UNKNOWN,
  SCOPE_INVALID,
  TEAM_NAME_TAKEN,
  USER_UNKNOWN,
} from './identity.errors.ts';
import {
  ChangeRoles,
  ChangeTeamMembers,
  CreatedMachineAccount,
  CreatedUser,
  CreateMachineAccount,
  CreateTeam,
  CreateUser,
  MachineAccountPage,
  TeamPage,
  TeamView,
  UserPage,
  UserQuery,
  UserView,
} from './identity.schemas.ts';
import type { MembersService } from './members.service.ts';

const tags = ['People and programs'];

export const membersRoutes =
  (service: MembersService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/users',
      {
        config: { access: 'users:read' },
        schema: {
          tags,
          operationId: 'listUsers',
          summary: 'People with a role under your hat',
          querystring: UserQuery,
          response: { 200: UserPage },
        },
      },
      (request) => service.listUsers(request.ctx, request.query),
    );
    app.post(
      '/users',
      {
        config: {
          access: 'users:manage',
          idempotent: true,
          refuses: [NOT_FOUND, ACCOUNT_EXISTS, ROLE_UNKNOWN],
        },
        schema: {
          tags,
          operationId: 'createUser',
          summary: 'Give a person roles, with a new account if needed',
          body: CreateUser,
          response: { 201: CreatedUser },
        },
      },
      async (request, reply) => reply.code(201).send(await service.createUser(request.ctx, request.body)),
    );
    app.put(
      '/users/:id/roles',
      {
        config: { access: 'users:manage', refuses: [ROLE_UNKNOWN] },
        schema: {
          tags,
          operationId: 'changeRoles',
          summary: 'Set the roles a person holds under your hat',
          params: IdParams,
          body: ChangeRoles,
          response: { 200: UserView },
        },
      },
      (request) => service.changeRoles(request.ctx, request.params.id, request.body.roles),
    );
    app.get(
      '/teams',
      {
        config: { access: 'teams:read' },
        schema: {
          tags,
          operationId: 'listTeams',
          summary: 'Teams of the centre',
          querystring: UserQuery,
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
      async (request, reply) => reply.code(201).send(await service.createTeam(request.ctx, request.body)),
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
          body: ChangeTeamMembers,
          response: { 200: TeamView },
        },
      },
      (request) => service.changeTeamMembers(request.ctx, request.params.id, request.body.memberIds),
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
          querystring: UserQuery,
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
