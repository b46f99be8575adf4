import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { COST_CENTRE_UNKNOWN } from '../calculations.errors.ts';
import { COST_SERVICE_UNKNOWN, PERIOD_FROZEN } from '../costing.errors.ts';
import { COST_CENTRE_RETIRED, COST_PLACE_UNCLEAR } from './cost-centres.errors.ts';
import { CostLinePage, CostLineQuery, CostLineView, CreateCostLine } from './cost-lines.schemas.ts';
import type { CostLinesService } from './cost-lines.service.ts';

const tags = ['Cost allocation'];

export const costLinesRoutes =
  (service: CostLinesService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/cost-lines',
      {
        config: { access: 'costs:read' },
        schema: {
          tags,
          operationId: 'listCostLines',
          summary: 'Cost and income of the centre, newest day first',
          querystring: CostLineQuery,
          response: { 200: CostLinePage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/cost-lines',
      {
        config: {
          access: 'costs:write',
          idempotent: true,
          refuses: [
            COST_SERVICE_UNKNOWN,
            COST_CENTRE_UNKNOWN,
            COST_CENTRE_RETIRED,
            COST_PLACE_UNCLEAR,
            PERIOD_FROZEN,
          ],
        },
        schema: {
          tags,
          operationId: 'createCostLine',
          summary: 'Record cost or income of a service or a cost centre; a wrong line is set off by another',
          body: CreateCostLine,
          response: { 201: CostLineView },
        },
      },
      async (request, reply) => {
        reply.code(201);
        return service.create(request.ctx, request.body);
      },
    );
  };
