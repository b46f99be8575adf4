import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { ASSUMPTION_REFUSED, PERIOD_UNKNOWN, RUN_STATE_REFUSED } from '../costing.errors.ts';
import { COMPUTING_REFUSALS } from '../runs/allocation-run-actions.routes.ts';
import type { AllocationRunsService } from '../runs/allocation-runs.service.ts';
import type { ComparisonFile } from './run-comparison-files.ts';
import { CompareRuns, ComparisonQuery, comparisonAnswer, RunComparison } from './run-comparisons.schemas.ts';

/** What stands in the way of a comparison, wherever it is asked for. */
export const COMPARISON_REFUSALS = [
  NOT_FOUND,
  PERIOD_UNKNOWN,
  RUN_STATE_REFUSED,
  ASSUMPTION_REFUSED,
  ...COMPUTING_REFUSALS,
];

export const runComparisonsRoutes =
  (service: Pick<AllocationRunsService, 'compare'>): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/allocation-runs/comparisons',
      {
        config: { access: 'costs:read', refuses: COMPARISON_REFUSALS },
        schema: {
          tags: ['Cost allocation'],
          operationId: 'compareAllocationRuns',
          summary: 'A scenario beside a posted run or a period, member by member; writes nothing',
          description:
            'Other keys, other members, other cost. For each service that somebody leaves, `exits` says what those who stay pay more. CSV files have the rows, workbooks all of it.',
          querystring: ComparisonQuery,
          body: CompareRuns,
          response: { 200: comparisonAnswer(RunComparison) },
        },
      },
      async (request, reply) => {
        const found = await service.compare(request.ctx, request.body, request.query);
        return 'bytes' in found ? sendComparison(reply, found) : found;
      },
    );
  };

export function sendComparison(reply: FastifyReply, { name, type, bytes }: ComparisonFile): never {
  return reply
    .type(type)
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(bytes) as never;
}
