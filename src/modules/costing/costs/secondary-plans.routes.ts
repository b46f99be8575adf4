import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams } from '../../../platform/http/schemas.ts';
import { ALLOCATION_KEY_EMPTY } from '../../../platform/money/index.ts';
import {
  COST_CENTRE_UNKNOWN,
  COST_CENTRE_USE_MISSING,
  RECIPROCAL_SINGULAR,
  STEP_DOWN_ORDER_INVALID,
} from '../calculations.errors.ts';
import {
  CreateSecondaryPlan,
  SecondaryPlanPage,
  SecondaryPlanQuery,
  SecondaryPlanView,
} from './secondary-plans.schemas.ts';
import type { SecondaryPlansService } from './secondary-plans.service.ts';

const tags = ['Cost allocation'];

/** What keeps a plan from being computed. */
export const PLAN_REFUSALS = [
  ALLOCATION_KEY_EMPTY,
  COST_CENTRE_UNKNOWN,
  COST_CENTRE_USE_MISSING,
  RECIPROCAL_SINGULAR,
  STEP_DOWN_ORDER_INVALID,
];

export const secondaryPlansRoutes =
  (service: SecondaryPlansService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/secondary-plans',
      {
        config: { access: 'costs:read' },
        schema: {
          tags,
          operationId: 'listSecondaryPlans',
          summary: 'Plans for the cost of support cost centres, every version, newest first',
          querystring: SecondaryPlanQuery,
          response: { 200: SecondaryPlanPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/secondary-plans',
      {
        config: { access: 'cost-centres:manage', idempotent: true, refuses: PLAN_REFUSALS },
        schema: {
          tags,
          operationId: 'createSecondaryPlan',
          summary: 'Record who used the support cost centres and how their cost is passed on',
          body: CreateSecondaryPlan,
          response: { 201: SecondaryPlanView },
        },
      },
      async (request, reply) => {
        reply.code(201);
        return service.create(request.ctx, request.body);
      },
    );
    app.get(
      '/secondary-plans/:id',
      {
        config: { access: 'costs:read' },
        schema: {
          tags,
          operationId: 'getSecondaryPlan',
          summary: 'One plan',
          params: IdParams,
          response: { 200: SecondaryPlanView },
        },
      },
      (request) => service.get(request.ctx, request.params.id),
    );
  };
