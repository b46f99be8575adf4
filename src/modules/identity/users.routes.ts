import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowNoBody } from '../../platform/http/bodies.ts';
import { expectedTag, sendTagged } from '../../platform/http/content-tags.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { IdParams, IfMatchHeaders } from '../../platform/http/schemas.ts';
import {
  ACCOUNT_EXISTS,
  ACCOUNT_IS_OWN,
  ACCOUNT_LOCKED,
  ACCOUNT_SHARED,
  LAST_ADMINISTRATOR,
  ROLE_UNKNOWN,
} from './identity.errors.ts';
import {
  ChangeRoles,
  CreatedUser,
  CreateUser,
  NoFields,
  UserPage,
  UserQuery,
  UserView,
} from './identity.schemas.ts';
import type { UsersService } from './users.service.ts';

const tags = ['People and programs'];

export const usersRoutes =
  (service: UsersService): FastifyPluginAsyncTypebox =>
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
      (request) => service.list(request.ctx, request.query),
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
      async (request, reply) => reply.code(201).send(await service.create(request.ctx, request.body)),
    );
    app.get(
      '/users/:id',
      {
        config: { access: 'users:read' },
        schema: {
          tags,
          operationId: 'getUser',
          summary: 'One person with the roles held under your hat; the platform sees every account',
          params: IdParams,
          response: { 200: UserView },
        },
      },
      async (request, reply) => sendTagged(reply, await service.get(request.ctx, request.params.id)),
    );
    app.put(
      '/users/:id/roles',
      {
        config: { access: 'users:manage', refuses: [LAST_ADMINISTRATOR, ROLE_UNKNOWN] },
        schema: {
          tags,
          operationId: 'changeRoles',
          summary: 'Set the roles a person holds under your hat',
          params: IdParams,
          headers: IfMatchHeaders,
          body: ChangeRoles,
          response: { 200: UserView },
        },
      },
      async (request, reply) => {
        const { ctx, params, body } = request;
        return sendTagged(reply, await service.changeRoles(ctx, params.id, expectedTag(request), body.roles));
      },
    );
    await app.register(accountRoutes(service));
  };

const SUMMARIES = {
  disable: 'Shut a person out at once, under all hats; only of your hat alone, unless you are the platform',
  enable: 'Let a person sign in again, with the roles held before',
} as const;

const ACCOUNT_REFUSALS = {
  disable: [ACCOUNT_IS_OWN, ACCOUNT_LOCKED, ACCOUNT_SHARED, LAST_ADMINISTRATOR],
  enable: [ACCOUNT_LOCKED, ACCOUNT_SHARED],
};

const accountRoutes =
  (service: UsersService): FastifyPluginAsyncTypebox =>
  async (app) => {
    for (const action of ['disable', 'enable'] as const) {
      app.post(
        `/users/:id/actions/${action}`,
        {
          config: { access: 'users:manage', refuses: ACCOUNT_REFUSALS[action] },
          preValidation: allowNoBody,
          schema: {
            tags,
            operationId: `${action}User`,
            summary: SUMMARIES[action],
            params: IdParams,
            headers: IfMatchHeaders,
            body: NoFields,
            response: { 200: UserView },
          },
        },
        async (request, reply) =>
          sendTagged(reply, await service[action](request.ctx, request.params.id, expectedTag(request))),
      );
    }
  };
