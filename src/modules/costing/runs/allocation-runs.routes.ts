import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { sendVersioned } from '../../../platform/http/etags.ts';
import { IdParams } from '../../../platform/http/schemas.ts';
import {
  ASSUMPTION_REFUSED,
  CORRECTION_PERIOD_REFUSED,
  PERIOD_HAS_POSTED_RUN,
  PERIOD_STATE_REFUSED,
  PERIOD_UNKNOWN,
  RUN_CORRECTS_NOTHING,
  RUN_SIMULATION_ONLY,
} from '../costing.errors.ts';
import { COMPUTING_REFUSALS, registerRunActions } from './allocation-run-actions.routes.ts';
import type { ExportFile } from './allocation-run-exports.ts';
import {
  CalculationFile,
  CreateRun,
  ExportQuery,
  RunDetailView,
  RunLinePage,
  RunLineQuery,
  RunPage,
  RunQuery,
} from './allocation-runs.schemas.ts';
import type { AllocationRunsService } from './allocation-runs.service.ts';

const tags = ['Cost allocation'];
const JSON_TYPE = 'application/json; charset=utf-8';
const CSV_TYPE = 'text/csv; charset=utf-8';

export const allocationRunsRoutes =
  (service: AllocationRunsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/allocation-runs',
      {
        config: { access: 'allocation-runs:read' },
        schema: {
          tags,
          operationId: 'listAllocationRuns',
          summary: 'Runs, newest first; members see posted ones that concern them',
          querystring: RunQuery,
          response: { 200: RunPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/allocation-runs',
      {
        config: {
          access: 'allocation-runs:manage',
          idempotent: true,
          refuses: [
            PERIOD_UNKNOWN,
            PERIOD_STATE_REFUSED,
            PERIOD_HAS_POSTED_RUN,
            CORRECTION_PERIOD_REFUSED,
            RUN_CORRECTS_NOTHING,
            RUN_SIMULATION_ONLY,
            ASSUMPTION_REFUSED,
            ...COMPUTING_REFUSALS,
          ],
        },
        schema: {
          tags,
          operationId: 'createAllocationRun',
          summary: 'Compute a run of a period and keep it as a draft, or only simulate it',
          body: CreateRun,
          response: { 200: CalculationFile, 201: RunDetailView },
        },
      },
      async (request, reply) => {
        if (request.body.simulate === true) {
          return reply.type(JSON_TYPE).send((await service.simulate(request.ctx, request.body)) as never);
        }
        return sendVersioned(reply, await service.create(request.ctx, request.body), 201);
      },
    );
    app.get(
      '/allocation-runs/:id',
      {
        config: { access: 'allocation-runs:read' },
        schema: {
          tags,
          operationId: 'getAllocationRun',
          summary: 'One run with its sums by service and by member',
          params: IdParams,
          response: { 200: RunDetailView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
    );
    app.get(
      '/allocation-runs/:id/lines',
      {
        config: { access: 'allocation-runs:read' },
        schema: {
          tags,
          operationId: 'listAllocationRunLines',
          summary:
            'Shares with their derivation, in the order of the calculation file; members see their own',
          params: IdParams,
          querystring: RunLineQuery,
          response: { 200: RunLinePage },
        },
      },
      (request) => service.listLines(request.ctx, request.params.id, request.query),
    );
    app.get(
      '/allocation-runs/:id/calculation',
      {
        config: { access: 'costs:read' },
        schema: {
          tags,
          operationId: 'getAllocationRunCalculation',
          summary: 'The calculation file: check it anywhere with `verbund compute --verify`',
          params: IdParams,
          response: { 200: CalculationFile },
        },
      },
      async (request, reply) =>
        sendFile(reply, await service.calculation(request.ctx, request.params.id), JSON_TYPE),
    );
    app.get(
      '/allocation-runs/:id/export',
      {
        config: { access: 'allocation-runs:read' },
        schema: {
          tags,
          operationId: 'exportAllocationRun',
          summary: 'The lines you may see, for a spreadsheet (csv) or for programs (json)',
          params: IdParams,
          querystring: ExportQuery,
          response: {
            200: {
              description: 'A file',
              content: {
                'text/csv': { schema: { type: 'string' } },
                'application/json': { schema: { type: 'object', additionalProperties: true } },
              },
            },
          },
        },
      },
      async (request, reply) => {
        const { ctx, params, query } = request;
        const type = query.format === 'csv' ? CSV_TYPE : JSON_TYPE;
        return sendFile(reply, await service.exportLines(ctx, params.id, query), type);
      },
    );
    registerRunActions(app, service);
  };

/** Sends text as it is: what is signed and compared byte for byte must not pass a serializer. */
function sendFile(reply: FastifyReply, { name, text }: ExportFile, type: string): never {
  return reply.type(type).header('content-disposition', `attachment; filename="${name}"`).send(text) as never;
}
