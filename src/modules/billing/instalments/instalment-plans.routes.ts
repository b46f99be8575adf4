import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowNoBody } from '../../../platform/http/bodies.ts';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { closed, IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { AMOUNT_OUT_OF_RANGE } from '../../../platform/money/index.ts';
import {
  ASSUMPTION_REFUSED,
  COMPUTING_REFUSALS,
  FOUR_EYES_REQUIRED,
  PERIOD_UNKNOWN,
} from '../../costing/index.ts';
import { VAT_RULES_MISSING } from '../billing.errors.ts';
import { BILLING_PERIOD_SETTLED } from '../statements/statements.errors.ts';
import * as problems from './instalment-plans.errors.ts';
import {
  ApprovePlan,
  CreatePlan,
  EndPlan,
  InstalmentPage,
  InstalmentQuery,
  PlanPage,
  PlanQuery,
  PlanSharePage,
  PlanShareQuery,
  PlanView,
  RejectPlan,
} from './instalment-plans.schemas.ts';
import type { InstalmentPlansService } from './instalment-plans.service.ts';

type TypedApp = Parameters<FastifyPluginAsyncTypebox>[0];

const tags = ['Payments'];
const read = { access: 'instalment-plans:read' };

export const instalmentPlansRoutes =
  (service: InstalmentPlansService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/instalment-plans',
      {
        config: read,
        schema: {
          tags,
          operationId: 'listInstalmentPlans',
          summary:
            'Plans of the centre, newest first, with what is issued so far; members see those they pay by, from approval on',
          querystring: PlanQuery,
          response: { 200: PlanPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/instalment-plans',
      {
        config: {
          access: 'instalment-plans:manage',
          idempotent: true,
          refuses: [
            problems.INSTALMENT_DUE_DAYS_REFUSED,
            problems.INSTALMENT_SHARE_REFUSED,
            problems.INSTALMENT_PLAN_EMPTY,
            problems.INSTALMENT_PLAN_UNKNOWN,
            problems.INSTALMENT_PERIOD_BILLED,
            BILLING_PERIOD_SETTLED,
            ASSUMPTION_REFUSED,
            PERIOD_UNKNOWN,
            VAT_RULES_MISSING,
            AMOUNT_OUT_OF_RANGE,
            ...COMPUTING_REFUSALS,
          ],
        },
        schema: {
          tags,
          operationId: 'createInstalmentPlan',
          summary: 'Plan the instalments of a period from its budget, or from amounts named by hand',
          body: CreatePlan,
          response: { 201: PlanView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
    );
    app.get(
      '/instalment-plans/:id',
      {
        config: read,
        schema: {
          tags,
          operationId: 'getInstalmentPlan',
          summary: 'One plan',
          params: IdParams,
          response: { 200: PlanView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
    );
    registerParts(app, service);
    registerActions(app, service);
  };

function registerParts(app: TypedApp, service: InstalmentPlansService): void {
  app.get(
    '/instalment-plans/:id/shares',
    {
      config: read,
      schema: {
        tags,
        operationId: 'listInstalmentPlanShares',
        summary:
          'What each member pays for each service, in all and by due day, and how that follows from the budget',
        params: IdParams,
        querystring: PlanShareQuery,
        response: { 200: PlanSharePage },
      },
    },
    (request) => service.listShares(request.ctx, request.params.id, request.query),
  );
  app.get(
    '/instalment-plans/:id/instalments',
    {
      config: read,
      schema: {
        tags,
        operationId: 'listInstalments',
        summary: 'Instalments by due day; `status=blocked` lists what could not be issued, and why',
        params: IdParams,
        querystring: InstalmentQuery,
        response: { 200: InstalmentPage },
      },
    },
    (request) => service.listInstalments(request.ctx, request.params.id, request.query),
  );
}

/** One route for each step, since each has its body. */
function registerActions(app: TypedApp, service: InstalmentPlansService): void {
  const schema = { tags, params: IdParams, headers: IfMatchHeaders, response: { 200: PlanView } };
  const stateRefused = [problems.INSTALMENT_PLAN_STATE_REFUSED];
  app.post(
    '/instalment-plans/:id/actions/submit',
    {
      config: { access: 'instalment-plans:manage', refuses: stateRefused },
      preValidation: allowNoBody,
      schema: {
        ...schema,
        operationId: 'submitInstalmentPlan',
        summary: 'Hand a draft to a second person',
        body: closed({}),
      },
    },
    async (request, reply) => {
      const version = expectedVersion(request);
      const { ctx, params } = request;
      return sendVersioned(reply, await service.act(ctx, params.id, version, { action: 'submit' }));
    },
  );
  app.post(
    '/instalment-plans/:id/actions/approve',
    {
      config: {
        access: 'instalment-plans:approve',
        refuses: [
          ...stateRefused,
          FOUR_EYES_REQUIRED,
          problems.INSTALMENT_PLAN_MISMATCH,
          problems.INSTALMENT_PLAN_IN_FORCE,
          problems.INSTALMENT_PLAN_STALE,
          problems.INSTALMENT_BUDGET_CHANGED,
          problems.INSTALMENT_PERIOD_BILLED,
          BILLING_PERIOD_SETTLED,
          problems.INSTALMENT_DUE_DAYS_REFUSED,
        ],
      },
      schema: {
        ...schema,
        operationId: 'approveInstalmentPlan',
        summary: 'Sign what somebody else planned; it is in force then, and the plan it replaces ends',
        body: ApprovePlan,
      },
    },
    async (request, reply) => {
      const version = expectedVersion(request);
      const { ctx, params, body } = request;
      return sendVersioned(reply, await service.act(ctx, params.id, version, { action: 'approve', ...body }));
    },
  );
  app.post(
    '/instalment-plans/:id/actions/reject',
    {
      config: { access: 'instalment-plans:approve', refuses: stateRefused },
      schema: {
        ...schema,
        operationId: 'rejectInstalmentPlan',
        summary: 'End a plan that is not in force, saying why',
        body: RejectPlan,
      },
    },
    async (request, reply) => {
      const version = expectedVersion(request);
      const { ctx, params, body } = request;
      return sendVersioned(reply, await service.act(ctx, params.id, version, { action: 'reject', ...body }));
    },
  );
  app.post(
    '/instalment-plans/:id/actions/end',
    {
      config: { access: 'instalment-plans:manage', refuses: stateRefused },
      schema: {
        ...schema,
        operationId: 'endInstalmentPlan',
        summary: 'Ask for nothing any more that is due on a day or later; what is issued stays',
        body: EndPlan,
      },
    },
    async (request, reply) => {
      const version = expectedVersion(request);
      const { ctx, params, body } = request;
      return sendVersioned(reply, await service.act(ctx, params.id, version, { action: 'end', ...body }));
    },
  );
  app.post(
    '/instalment-plans/:id/actions/issue-due',
    {
      config: { access: 'instalment-plans:approve', refuses: stateRefused },
      preValidation: allowNoBody,
      schema: {
        tags,
        params: IdParams,
        operationId: 'issueDueInstalments',
        summary: 'Have what is due already issued by a job now, instead of by the task of the next morning',
        body: closed({}),
        response: { 200: PlanView },
      },
    },
    async (request, reply) => sendVersioned(reply, await service.issueDue(request.ctx, request.params.id)),
  );
}
