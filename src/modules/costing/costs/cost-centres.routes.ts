import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { COST_SERVICE_UNKNOWN } from '../costing.errors.ts';
import { COST_CENTRE_CODE_TAKEN, COST_CENTRE_SERVICE } from './cost-centres.errors.ts';
import {
  ChangeCostCentre,
  CostCentrePage,
  CostCentreQuery,
  CostCentreView,
  CreateCostCentre,
} from './cost-centres.schemas.ts';
import type { CostCentresService } from './cost-centres.service.ts';

const tags = ['Cost allocation'];

export const costCentresRoutes =
  (service: CostCentresService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/cost-centres',
      {
        config: { access: 'costs:read' },
        schema: {
          tags,
          operationId: 'listCostCentres',
          summary: 'Cost centres by code',
          querystring: CostCentreQuery,
          response: { 200: CostCentrePage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/cost-centres',
      {
        config: {
          access: 'cost-centres:manage',
          idempotent: true,
          refuses: [COST_CENTRE_CODE_TAKEN, COST_CENTRE_SERVICE, COST_SERVICE_UNKNOWN],
        },
        schema: {
          tags,
          operationId: 'createCostCentre',
          summary: 'Add a support cost centre, or a final one that feeds the pool of a service',
          body: CreateCostCentre,
          response: { 201: CostCentreView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
    );
    app.get(
      '/cost-centres/:id',
      {
        config: { access: 'costs:read' },
        schema: {
          tags,
          operationId: 'getCostCentre',
          summary: 'One cost centre',
          params: IdParams,
          response: { 200: CostCentreView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
    );
    app.patch(
      '/cost-centres/:id',
      {
        config: { access: 'cost-centres:manage' },
        schema: {
          tags,
          operationId: 'changeCostCentre',
          summary: 'Rename a cost centre, retire it from a day on, or take that back',
          params: IdParams,
          headers: IfMatchHeaders,
          body: ChangeCostCentre,
          response: { 200: CostCentreView },
        },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        const view = await service.change(request.ctx, request.params.id, version, request.body);
        return sendVersioned(reply, view);
      },
    );
  };
