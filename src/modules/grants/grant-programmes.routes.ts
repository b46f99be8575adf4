import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { sendVersioned } from '../../platform/http/etags.ts';
import { IdParams } from '../../platform/http/schemas.ts';
import {
  CreateGrantProgramme,
  GrantProgrammePage,
  GrantProgrammeQuery,
  GrantProgrammeView,
  RecordGrantRule,
} from './grant-programmes.schemas.ts';
import type { GrantProgrammesService } from './grant-programmes.service.ts';
import { GRANT_PERCENT_OUT_OF_RANGE, GRANT_PROGRAMME_NAME_TAKEN } from './grants.errors.ts';

const tags = ['Grants'];
const read = { access: 'grant-programmes:read' };
const manage = { access: 'grant-programmes:manage', idempotent: true };

export const grantProgrammesRoutes =
  (service: GrantProgrammesService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/grant-programmes',
      {
        config: read,
        schema: {
          tags,
          operationId: 'listGrantProgrammes',
          summary: 'Programmes that the centre asks money of, with their rules',
          querystring: GrantProgrammeQuery,
          response: { 200: GrantProgrammePage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/grant-programmes',
      {
        config: { ...manage, refuses: [GRANT_PERCENT_OUT_OF_RANGE, GRANT_PROGRAMME_NAME_TAKEN] },
        schema: {
          tags,
          operationId: 'createGrantProgramme',
          summary: 'Record a programme with its first rule and where its figures stand',
          body: CreateGrantProgramme,
          response: { 201: GrantProgrammeView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
    );
    app.get(
      '/grant-programmes/:id',
      {
        config: read,
        schema: {
          tags,
          operationId: 'getGrantProgramme',
          summary: 'One programme with all its rules',
          params: IdParams,
          response: { 200: GrantProgrammeView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
    );
    app.post(
      '/grant-programmes/:id/rules',
      {
        config: { ...manage, refuses: [GRANT_PERCENT_OUT_OF_RANGE] },
        schema: {
          tags,
          operationId: 'recordGrantRule',
          summary: 'Record the figures that hold from a day on; grants that were applied for keep theirs',
          params: IdParams,
          body: RecordGrantRule,
          response: { 201: GrantProgrammeView },
        },
      },
      async (request, reply) => {
        const { ctx, params, body } = request;
        return sendVersioned(reply, await service.recordRule(ctx, params.id, body), 201);
      },
    );
  };
