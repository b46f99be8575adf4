import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams } from '../../platform/http/schemas.ts';
import { ACTION_NOT_POSSIBLE } from '../requests/index.ts';
import {
  USAGE_IN_FUTURE,
  USAGE_KEY_RESERVED,
  USAGE_KEY_REUSED,
  USAGE_METER_REFUSED,
  USAGE_NO_AGREEMENT,
} from './usage.errors.ts';
import { BookUsage, UsageEventPage, UsageEventView, UsagePagingQuery } from './usage.schemas.ts';
import type { UsageService } from './usage.service.ts';
import { sendRecorded } from './usage-answers.routes.ts';

const tags = ['Usage'];
const BOOKING_REFUSALS = [
  ACTION_NOT_POSSIBLE,
  USAGE_IN_FUTURE,
  USAGE_KEY_RESERVED,
  USAGE_KEY_REUSED,
  USAGE_METER_REFUSED,
  USAGE_NO_AGREEMENT,
];

/** What a request used: recorded on closing, and booked by those who work on it. */
export const requestUsageRoutes =
  (service: UsageService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/service-requests/:id/usage-events',
      {
        config: { access: 'usage:read' },
        schema: {
          tags,
          operationId: 'listServiceRequestUsageEvents',
          summary: 'What a request used, corrections included',
          params: IdParams,
          querystring: UsagePagingQuery,
          response: { 200: UsageEventPage },
        },
      },
      (request) => service.listEventsOfRequest(request.ctx, request.params.id, request.query),
    );
    app.post(
      '/service-requests/:id/usage-events',
      {
        config: { access: 'requests:work', idempotent: true, refuses: BOOKING_REFUSALS },
        schema: {
          tags,
          operationId: 'bookServiceRequestUsage',
          summary: 'Book usage on a request, time above all; what closing records comes on top',
          params: IdParams,
          body: BookUsage,
          response: { 200: UsageEventView, 201: UsageEventView },
        },
      },
      async (request, reply) =>
        sendRecorded(reply, await service.bookOnRequest(request.ctx, request.params.id, request.body)),
    );
  };
