import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams } from '../../../platform/http/schemas.ts';
import { RUN_CORRECTS_NOTHING } from '../costing.errors.ts';
import { LineReason, LineReasonParams, RunDeltaPage, RunDeltaQuery } from './run-explanations.schemas.ts';
import type { RunExplanationsService } from './run-explanations.service.ts';

const tags = ['Cost allocation'];

export const runExplanationsRoutes =
  (service: RunExplanationsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/allocation-runs/:id/lines/:position/why',
      {
        config: { access: 'allocation-runs:read' },
        schema: {
          tags,
          operationId: 'explainAllocationRunLine',
          summary: 'Why a line has its amount: derivation, pool, and where usage and cost are listed',
          params: LineReasonParams,
          response: { 200: LineReason },
        },
      },
      (request) => service.why(request.ctx, request.params.id, request.params.position),
    );
    app.get(
      '/allocation-runs/:id/deltas',
      {
        config: { access: 'allocation-runs:read', refuses: [RUN_CORRECTS_NOTHING] },
        schema: {
          tags,
          operationId: 'listAllocationRunDeltas',
          summary: 'What a correction run changes, for each service, tranche and member',
          params: IdParams,
          querystring: RunDeltaQuery,
          response: { 200: RunDeltaPage },
        },
      },
      (request) => service.deltas(request.ctx, request.params.id, request.query),
    );
  };
