import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { expectedVersion, sendVersioned } from '../../platform/http/etags.ts';
import { IdParams, IfMatchHeaders } from '../../platform/http/schemas.ts';
import { AMOUNT_OUT_OF_RANGE } from '../../platform/money/index.ts';
import {
  COST_CENTRE_RETIRED,
  COST_CENTRE_UNKNOWN,
  COST_PLACE_UNCLEAR,
  COST_SERVICE_UNKNOWN,
} from '../costing/index.ts';
import { grantActionsRoutes } from './grant-actions.routes.ts';
import { grantMoneyRoutes } from './grant-money.routes.ts';
import { grantProgrammesRoutes } from './grant-programmes.routes.ts';
import { grantReportsRoutes } from './grant-reports.routes.ts';
import {
  GRANT_PARTIES_REFUSED,
  GRANT_PROGRAMME_UNKNOWN,
  GRANT_RULE_MISSING,
  GRANT_SAVINGS_TOO_SMALL,
  GRANT_STATE_REFUSED,
  GRANT_TAG_UNKNOWN,
} from './grants.errors.ts';
import { ChangeGrant, CreateGrant, GrantPage, GrantQuery, GrantView } from './grants.schemas.ts';
import type { GrantFilesService, GrantsService } from './grants.service.ts';

const tags = ['Grants'];
const refuses = [
  AMOUNT_OUT_OF_RANGE,
  COST_CENTRE_RETIRED,
  COST_CENTRE_UNKNOWN,
  COST_PLACE_UNCLEAR,
  COST_SERVICE_UNKNOWN,
  GRANT_PARTIES_REFUSED,
  GRANT_PROGRAMME_UNKNOWN,
  GRANT_RULE_MISSING,
  GRANT_SAVINGS_TOO_SMALL,
  GRANT_TAG_UNKNOWN,
];

export const grantsRoutes =
  (service: GrantsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(grantProgrammesRoutes(service.programmes));
    await app.register(grantFilesRoutes(service.grants));
    await app.register(grantActionsRoutes(service.grants));
    await app.register(grantMoneyRoutes(service));
    await app.register(grantReportsRoutes(service));
  };

const grantFilesRoutes =
  (service: GrantFilesService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/grants',
      {
        config: { access: 'grants:read' },
        schema: {
          tags,
          operationId: 'listGrants',
          summary: 'Grants, newest first; members see those awarded to them',
          querystring: GrantQuery,
          response: { 200: GrantPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/grants',
      {
        config: { access: 'grants:manage', idempotent: true, refuses },
        schema: {
          tags,
          operationId: 'createGrant',
          summary: 'Record what is going to be applied for, by whom and on which decisions',
          body: CreateGrant,
          response: { 201: GrantView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
    );
    app.get(
      '/grants/:id',
      {
        config: { access: 'grants:read' },
        schema: {
          tags,
          operationId: 'getGrant',
          summary: 'One grant with its rule, parties, notice, sums and deadlines',
          params: IdParams,
          response: { 200: GrantView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
    );
    app.patch(
      '/grants/:id',
      {
        config: { access: 'grants:manage', refuses: [...refuses, GRANT_STATE_REFUSED] },
        schema: {
          tags,
          operationId: 'changeGrant',
          summary: 'Change a draft',
          params: IdParams,
          headers: IfMatchHeaders,
          body: ChangeGrant,
          response: { 200: GrantView },
        },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        const { ctx, params, body } = request;
        return sendVersioned(reply, await service.change(ctx, params.id, version, body));
      },
    );
  };
