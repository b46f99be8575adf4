import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams } from '../../../platform/http/schemas.ts';
import { UncountedUsage } from './run-uncounted-usage.schemas.ts';
import type { UncountedUsageService } from './run-uncounted-usage.service.ts';

export const uncountedUsageRoutes =
  (service: UncountedUsageService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/allocation-runs/:id/uncounted-usage',
      {
        config: { access: 'costs:read' },
        schema: {
          tags: ['Cost allocation'],
          operationId: 'listUncountedUsage',
          summary:
            'Usage of the period that no key of the run counts, though some key of its service counts usage',
          description:
            'Of a period that is frozen what was recorded in time; while it is open what is recorded by now, for the run as for one computed anew.',
          params: IdParams,
          response: { 200: UncountedUsage },
        },
      },
      (request) => service.list(request.ctx, request.params.id),
    );
  };
