import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { COST_LINE_MAPPING_BROKEN, COST_LINE_MAPPING_NAME_TAKEN } from './cost-centres.errors.ts';
import {
  CreateMapping,
  MappingPage,
  MappingQuery,
  MappingView,
  ReplaceMapping,
} from './cost-line-mappings.schemas.ts';
import type { CostLineMappingsService } from './cost-line-mappings.service.ts';

const tags = ['Cost allocation'];
const refuses = [COST_LINE_MAPPING_BROKEN, COST_LINE_MAPPING_NAME_TAKEN];

export const costLineMappingsRoutes =
  (service: CostLineMappingsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/cost-line-mappings',
      {
        config: { access: 'costs:read' },
        schema: {
          tags,
          operationId: 'listCostLineMappings',
          summary: 'How ledgers write their files, by name',
          querystring: MappingQuery,
          response: { 200: MappingPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/cost-line-mappings',
      {
        config: { access: 'costs:write', idempotent: true, refuses },
        schema: {
          tags,
          operationId: 'createCostLineMapping',
          summary: 'Say which columns of a ledger file are which fields, and how it writes days and amounts',
          body: CreateMapping,
          response: { 201: MappingView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
    );
    app.get(
      '/cost-line-mappings/:id',
      {
        config: { access: 'costs:read' },
        schema: {
          tags,
          operationId: 'getCostLineMapping',
          summary: 'One mapping',
          params: IdParams,
          response: { 200: MappingView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
    );
    app.put(
      '/cost-line-mappings/:id',
      {
        config: { access: 'costs:write', refuses },
        schema: {
          tags,
          operationId: 'replaceCostLineMapping',
          summary: 'Change a mapping; what was imported stays as it is',
          params: IdParams,
          headers: IfMatchHeaders,
          body: ReplaceMapping,
          response: { 200: MappingView },
        },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        const view = await service.replace(request.ctx, request.params.id, version, request.body);
        return sendVersioned(reply, view);
      },
    );
  };
