import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowNoBody } from '../../../platform/http/bodies.ts';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { closed, IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { ALLOCATION_KEY_EMPTY, AMOUNT_OUT_OF_RANGE } from '../../../platform/money/index.ts';
import { COST_CENTRE_USE_MISSING, STEP_DOWN_ORDER_INVALID } from '../calculations.errors.ts';
import {
  COST_CLAUSE_AMBIGUOUS,
  COST_CLAUSE_MISSING,
  FOUR_EYES_REQUIRED,
  KEY_LIST_MISSING,
  KEY_LIST_TYPE,
  KEY_UNITS_DIFFER,
  KEY_USAGE_OUTSIDE,
  KEY_VALUE_MISSING,
  PERIOD_HAS_POSTED_RUN,
  PERIOD_STATE_REFUSED,
  RUN_APPROVAL_MISMATCH,
  RUN_INPUTS_CHANGED,
  RUN_STATE_REFUSED,
  RUN_WITHOUT_COST,
} from '../costing.errors.ts';
import { SECONDARY_PLAN_MISSING } from '../costs/cost-centres.errors.ts';
import { ApproveRun, EndRun, RunDetailView } from './allocation-runs.schemas.ts';
import type { AllocationRunsService } from './allocation-runs.service.ts';

type TypedApp = Parameters<FastifyPluginAsyncTypebox>[0];

const schema = {
  tags: ['Cost allocation'],
  params: IdParams,
  headers: IfMatchHeaders,
  response: { 200: RunDetailView },
};
/** What stands in the way of a result: the clauses, keys and figures of the period. */
export const COMPUTING_REFUSALS = [
  ALLOCATION_KEY_EMPTY,
  AMOUNT_OUT_OF_RANGE,
  COST_CLAUSE_AMBIGUOUS,
  COST_CLAUSE_MISSING,
  KEY_LIST_MISSING,
  KEY_LIST_TYPE,
  KEY_UNITS_DIFFER,
  KEY_USAGE_OUTSIDE,
  KEY_VALUE_MISSING,
  RUN_WITHOUT_COST,
  SECONDARY_PLAN_MISSING,
  COST_CENTRE_USE_MISSING,
  STEP_DOWN_ORDER_INVALID,
];
const POSTING_REFUSALS = [
  PERIOD_HAS_POSTED_RUN,
  PERIOD_STATE_REFUSED,
  RUN_INPUTS_CHANGED,
  ...COMPUTING_REFUSALS,
];

const manage = { access: 'allocation-runs:manage' };
const approve = { access: 'allocation-runs:approve' };

/** One route for each step, since each has its body. */
export function registerRunActions(app: TypedApp, service: AllocationRunsService): void {
  for (const [action, refuses, operationId, summary] of [
    ['submit', [], 'submitAllocationRun', 'Hand a draft to a second person'],
    [
      'post',
      POSTING_REFUSALS,
      'postAllocationRun',
      'Make an approved run final; refused when its inputs have changed',
    ],
  ] as const) {
    app.post(
      `/allocation-runs/:id/actions/${action}`,
      {
        config: { ...manage, refuses: [RUN_STATE_REFUSED, ...refuses] },
        preValidation: allowNoBody,
        schema: { ...schema, operationId, summary, body: closed({}) },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        return sendVersioned(reply, await service.act(request.ctx, request.params.id, version, { action }));
      },
    );
  }
  app.post(
    '/allocation-runs/:id/actions/approve',
    {
      config: {
        ...approve,
        refuses: [
          RUN_STATE_REFUSED,
          FOUR_EYES_REQUIRED,
          RUN_APPROVAL_MISMATCH,
          PERIOD_STATE_REFUSED,
          RUN_INPUTS_CHANGED,
        ],
      },
      schema: {
        ...schema,
        operationId: 'approveAllocationRun',
        summary: 'Sign the result of a run that somebody else made and submitted',
        body: ApproveRun,
      },
    },
    async (request, reply) => {
      const command = { action: 'approve', ...request.body } as const;
      const version = expectedVersion(request);
      return sendVersioned(reply, await service.act(request.ctx, request.params.id, version, command));
    },
  );
  for (const [action, config, refuses, operationId, summary] of [
    ['reject', approve, [], 'rejectAllocationRun', 'End a run that is not posted, saying why'],
    [
      'supersede',
      manage,
      [PERIOD_STATE_REFUSED],
      'supersedeAllocationRun',
      'Set a posted run aside, saying why; the next run corrects it',
    ],
  ] as const) {
    app.post(
      `/allocation-runs/:id/actions/${action}`,
      {
        config: { ...config, refuses: [RUN_STATE_REFUSED, ...refuses] },
        schema: { ...schema, operationId, summary, body: EndRun },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        const command = { action, ...request.body };
        return sendVersioned(reply, await service.act(request.ctx, request.params.id, version, command));
      },
    );
  }
}
