import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { LEDGER_PLAN_DAY_TAKEN, LEDGER_PLAN_REFUSED, LEDGER_PLAN_USED } from './ledger.errors.ts';
import { LedgerPlanInput, LedgerPlanPage, LedgerPlanQuery, LedgerPlanView } from './ledger-plans.schemas.ts';
import type { LedgerPlansService } from './ledger-plans.service.ts';

const tags = ['Ledger export'];
const read = { access: 'ledger:read' };
const manage = { access: 'ledger:manage' };

export const ledgerPlansRoutes =
  (service: LedgerPlansService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/ledger-account-plans',
      {
        config: read,
        schema: {
          tags,
          operationId: 'listLedgerAccountPlans',
          summary: 'Account plans, the latest first',
          querystring: LedgerPlanQuery,
          response: { 200: LedgerPlanPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/ledger-account-plans',
      {
        config: { ...manage, idempotent: true, refuses: [LEDGER_PLAN_DAY_TAKEN, LEDGER_PLAN_REFUSED] },
        schema: {
          tags,
          operationId: 'createLedgerAccountPlan',
          summary: 'Say on which accounts documents are booked from a day on',
          body: LedgerPlanInput,
          response: { 201: LedgerPlanView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
    );
    app.get(
      '/ledger-account-plans/:id',
      {
        config: read,
        schema: {
          tags,
          operationId: 'getLedgerAccountPlan',
          summary: 'One account plan',
          params: IdParams,
          response: { 200: LedgerPlanView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
    );
    app.put(
      '/ledger-account-plans/:id',
      {
        config: { ...manage, refuses: [LEDGER_PLAN_DAY_TAKEN, LEDGER_PLAN_REFUSED, LEDGER_PLAN_USED] },
        schema: {
          tags,
          operationId: 'changeLedgerAccountPlan',
          summary: 'Change a plan that no document was exported by',
          params: IdParams,
          headers: IfMatchHeaders,
          body: LedgerPlanInput,
          response: { 200: LedgerPlanView },
        },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        const { ctx, params, body } = request;
        return sendVersioned(reply, await service.change(ctx, params.id, version, body));
      },
    );
  };
