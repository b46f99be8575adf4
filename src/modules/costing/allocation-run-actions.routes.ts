import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowNoBody } from '../../platform/http/bodies.ts';
import { expectedVersion, sendVersioned } from '../../platform/http/etags.ts';
import { closed, IdParams, IfMatchHeaders } from '../../platform/http/schemas.ts';
import { ApproveRun, EndRun, RunDetailView } from './allocation-runs.schemas.ts';
import type { AllocationRunsService } from './allocation-runs.service.ts';

type TypedApp = Parameters<FastifyPluginAsyncTypebox>[0];

const schema = {
  tags: ['Cost allocation'],
  params: IdParams,
  headers: IfMatchHeaders,
  response: { 200: RunDetailView },
};
const manage = { access: 'allocation-runs:manage' };
const approve = { access: 'allocation-runs:approve' };

/** One route for each step, since each has its body. */
export function registerRunActions(app: TypedApp, service: AllocationRunsService): void {
  for (const [action, operationId, summary] of [
    ['submit', 'submitAllocationRun', 'Hand a draft to a second person'],
    ['post', 'postAllocationRun', 'Make an approved run final; refused when its inputs have changed'],
  ] as const) {
    app.post(
      `/allocation-runs/:id/actions/${action}`,
      {
        config: manage,
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
      config: approve,
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
  for (const [action, config, operationId, summary] of [
    ['reject', approve, 'rejectAllocationRun', 'End a run that is not posted, saying why'],
    [
      'supersede',
      manage,
      'supersedeAllocationRun',
      'Set a posted run aside, saying why; the next run corrects it',
    ],
  ] as const) {
    app.post(
      `/allocation-runs/:id/actions/${action}`,
      { config, schema: { ...schema, operationId, summary, body: EndRun } },
      async (request, reply) => {
        const version = expectedVersion(request);
        const command = { action, ...request.body };
        return sendVersioned(reply, await service.act(request.ctx, request.params.id, version, command));
      },
    );
  }
}
