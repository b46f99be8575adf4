import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { allowNoBody } from '../../platform/http/bodies.ts';
import { expectedVersion, sendVersioned } from '../../platform/http/etags.ts';
import { closed, IdParams, IfMatchHeaders } from '../../platform/http/schemas.ts';
import { FOUR_EYES_REQUIRED } from '../costing/index.ts';
import type { GrantCommand } from './grant-actions.service.ts';
import {
  GRANT_APPROVAL_MISMATCH,
  GRANT_DAY_REFUSED,
  GRANT_DECISION_MISSING,
  GRANT_MONEY_OPEN,
  GRANT_NOTICE_REFUSED,
  GRANT_PROOF_TOO_LONG,
  GRANT_STATE_REFUSED,
  GRANT_TAG_TAKEN,
} from './grants.errors.ts';
import {
  AwardGrant,
  EndGrantStep,
  GrantView,
  RecordGrantNotice,
  SubmitGrantProof,
} from './grants.schemas.ts';
import type { GrantFilesService } from './grants.service.ts';

type TypedApp = Parameters<FastifyPluginAsyncTypebox>[0];
type Act = (
  request: FastifyRequest,
  reply: FastifyReply,
  params: { id: string },
  command: GrantCommand,
) => Promise<GrantView>;

const schema = {
  tags: ['Grants'],
  params: IdParams,
  headers: IfMatchHeaders,
  response: { 200: GrantView },
};
const manage = { access: 'grants:manage' };
const approve = { access: 'grants:approve' };

/** One route for each step, since each has its body. */
export const grantActionsRoutes =
  (service: GrantFilesService): FastifyPluginAsyncTypebox =>
  async (app) => {
    const act: Act = async (request, reply, { id }, command) => {
      const version = expectedVersion(request);
      return sendVersioned(reply, await service.act(request.ctx, id, version, command));
    };
    registerApplication(app, act);
    registerNotice(app, act);
    registerEnd(app, act);
  };

function registerApplication(app: TypedApp, act: Act): void {
  app.post(
    '/grants/:id/actions/submit',
    {
      config: { ...manage, refuses: [GRANT_STATE_REFUSED, GRANT_DECISION_MISSING] },
      preValidation: allowNoBody,
      schema: {
        ...schema,
        operationId: 'submitGrant',
        summary: 'The application goes out; what it says no longer changes',
        body: closed({}),
      },
    },
    (request, reply) => act(request, reply, request.params, { action: 'submit' }),
  );
  app.post(
    '/grants/:id/actions/withdraw',
    {
      config: { ...manage, refuses: [GRANT_STATE_REFUSED] },
      schema: {
        ...schema,
        operationId: 'withdrawGrant',
        summary: 'End what was not awarded, saying why',
        body: EndGrantStep,
      },
    },
    (request, reply) => act(request, reply, request.params, { action: 'withdraw', ...request.body }),
  );
}

function registerNotice(app: TypedApp, act: Act): void {
  app.post(
    '/grants/:id/actions/record-notice',
    {
      config: { ...manage, refuses: [GRANT_STATE_REFUSED, GRANT_NOTICE_REFUSED, GRANT_TAG_TAKEN] },
      schema: {
        ...schema,
        operationId: 'recordGrantNotice',
        summary: 'Record what the authority wrote (Zuwendungsbescheid); a second person confirms it',
        body: RecordGrantNotice,
      },
    },
    (request, reply) =>
      act(request, reply, request.params, { action: 'record-notice', notice: request.body }),
  );
  app.post(
    '/grants/:id/actions/reject-notice',
    {
      config: { ...approve, refuses: [GRANT_STATE_REFUSED] },
      schema: {
        ...schema,
        operationId: 'rejectGrantNotice',
        summary: 'Say that the notice was recorded wrongly; it is recorded anew',
        body: EndGrantStep,
      },
    },
    (request, reply) => act(request, reply, request.params, { action: 'reject-notice', ...request.body }),
  );
  app.post(
    '/grants/:id/actions/award',
    {
      config: { ...approve, refuses: [GRANT_STATE_REFUSED, FOUR_EYES_REQUIRED, GRANT_APPROVAL_MISMATCH] },
      schema: {
        ...schema,
        operationId: 'awardGrant',
        summary: 'Confirm the notice that somebody else recorded; money can be drawn from here on',
        body: AwardGrant,
      },
    },
    (request, reply) => act(request, reply, request.params, { action: 'award', ...request.body }),
  );
}

function registerEnd(app: TypedApp, act: Act): void {
  app.post(
    '/grants/:id/actions/submit-proof',
    {
      config: { ...manage, refuses: [GRANT_STATE_REFUSED, GRANT_DAY_REFUSED, GRANT_PROOF_TOO_LONG] },
      schema: {
        ...schema,
        operationId: 'submitGrantProof',
        summary: 'Record that the proof of use went out; its figures and hash are kept',
        body: SubmitGrantProof,
      },
    },
    (request, reply) => act(request, reply, request.params, { action: 'submit-proof', proof: request.body }),
  );
  app.post(
    '/grants/:id/actions/close',
    {
      config: { ...manage, refuses: [GRANT_STATE_REFUSED, GRANT_MONEY_OPEN, GRANT_PROOF_TOO_LONG] },
      preValidation: allowNoBody,
      schema: {
        ...schema,
        operationId: 'closeGrant',
        summary: 'Nothing more is drawn; what is demanded back later can still be recorded',
        body: closed({}),
      },
    },
    (request, reply) => act(request, reply, request.params, { action: 'close' }),
  );
}
