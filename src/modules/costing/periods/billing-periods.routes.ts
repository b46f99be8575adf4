import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowNoBody } from '../../../platform/http/bodies.ts';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { closed, IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import {
  CORRECTION_PERIOD_REFUSED,
  LATE_USAGE_NONE,
  PERIOD_HAS_POSTED_RUN,
  PERIOD_NOT_OVER,
  PERIOD_OVERLAPS,
  PERIOD_STATE_REFUSED,
  PERIOD_UNKNOWN,
  RUN_CORRECTS_NOTHING,
} from '../costing.errors.ts';
import {
  AdmitLateUsage,
  CreatePeriod,
  PeriodActionParams,
  PeriodPage,
  PeriodQuery,
  PeriodView,
} from './billing-periods.schemas.ts';
import type { BillingPeriodsService } from './billing-periods.service.ts';

const tags = ['Cost allocation'];

export const billingPeriodsRoutes =
  (service: BillingPeriodsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/billing-periods',
      {
        config: { access: 'costs:read' },
        schema: {
          tags,
          operationId: 'listBillingPeriods',
          summary: 'Billing periods of the centre, newest first',
          querystring: PeriodQuery,
          response: { 200: PeriodPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/billing-periods',
      {
        config: { access: 'periods:manage', idempotent: true, refuses: [PERIOD_OVERLAPS] },
        schema: {
          tags,
          operationId: 'createBillingPeriod',
          summary: 'Open a year, quarter or month for billing',
          body: CreatePeriod,
          response: { 201: PeriodView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
    );
    app.get(
      '/billing-periods/:id',
      {
        config: { access: 'costs:read' },
        schema: {
          tags,
          operationId: 'getBillingPeriod',
          summary: 'One billing period',
          params: IdParams,
          response: { 200: PeriodView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
    );
    app.post(
      '/billing-periods/:id/actions/:action',
      {
        config: {
          access: 'periods:manage',
          refuses: [PERIOD_STATE_REFUSED, PERIOD_NOT_OVER, PERIOD_HAS_POSTED_RUN],
        },
        preValidation: allowNoBody,
        schema: {
          tags,
          operationId: 'actOnBillingPeriod',
          summary: 'close: open → grace; freeze: grace → frozen, once it is over; reopen: back to open',
          params: PeriodActionParams,
          headers: IfMatchHeaders,
          body: closed({}),
          response: { 200: PeriodView },
        },
      },
      async (request, reply) => {
        const { id, action } = request.params;
        return sendVersioned(reply, await service.act(request.ctx, id, action, expectedVersion(request)));
      },
    );
    app.post(
      '/billing-periods/:id/actions/admit-late-usage',
      {
        config: {
          access: 'periods:manage',
          refuses: [
            PERIOD_STATE_REFUSED,
            PERIOD_HAS_POSTED_RUN,
            LATE_USAGE_NONE,
            PERIOD_UNKNOWN,
            CORRECTION_PERIOD_REFUSED,
            RUN_CORRECTS_NOTHING,
          ],
        },
        schema: {
          tags,
          operationId: 'admitLateUsage',
          summary:
            'Count what was recorded after freezing; in a settled period for a correction billed later',
          params: IdParams,
          headers: IfMatchHeaders,
          body: AdmitLateUsage,
          response: { 200: PeriodView },
        },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        const { id } = request.params;
        return sendVersioned(reply, await service.admitLateUsage(request.ctx, id, version, request.body));
      },
    );
  };
