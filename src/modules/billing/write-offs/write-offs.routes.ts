import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowNoBody } from '../../../platform/http/bodies.ts';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { closed, IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { FOUR_EYES_REQUIRED } from '../../costing/index.ts';
import { PAYMENT_STATEMENT_UNKNOWN } from '../payments/payments.errors.ts';
import {
  WRITE_OFF_CREDIT_OPEN,
  WRITE_OFF_STATE_REFUSED,
  WRITE_OFF_TOO_EARLY,
  WRITE_OFF_TOO_LARGE,
} from './write-offs.errors.ts';
import {
  CreateWriteOff,
  EndWriteOff,
  WriteOffPage,
  WriteOffQuery,
  WriteOffView,
} from './write-offs.schemas.ts';
import type { WriteOffsService } from './write-offs.service.ts';

type TypedApp = Parameters<FastifyPluginAsyncTypebox>[0];

const tags = ['Payments'];
const read = { access: 'write-offs:read' };

export const writeOffsRoutes =
  (service: WriteOffsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    registerWriteOffs(app, service);
    registerConfirming(app, service);
    registerEnding(app, service);
  };

function registerWriteOffs(app: TypedApp, service: WriteOffsService): void {
  app.get(
    '/write-offs',
    {
      config: read,
      schema: {
        tags,
        operationId: 'listWriteOffs',
        summary: 'What is asked for no more though it was not paid, newest first; the centre’s own',
        querystring: WriteOffQuery,
        response: { 200: WriteOffPage },
      },
    },
    (request) => service.list(request.ctx, request.query),
  );
  app.post(
    '/write-offs',
    {
      config: {
        access: 'write-offs:manage',
        idempotent: true,
        refuses: [PAYMENT_STATEMENT_UNKNOWN, WRITE_OFF_TOO_LARGE, WRITE_OFF_TOO_EARLY, WRITE_OFF_CREDIT_OPEN],
      },
      schema: {
        tags,
        operationId: 'createWriteOff',
        summary:
          'Ask for a claim, or a part of it, to be written off; holds once a second person confirmed it',
        body: CreateWriteOff,
        response: { 201: WriteOffView },
      },
    },
    async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
  );
  app.get(
    '/write-offs/:id',
    {
      config: read,
      schema: {
        tags,
        operationId: 'getWriteOff',
        summary: 'One write-off',
        params: IdParams,
        response: { 200: WriteOffView },
      },
    },
    async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
  );
}

function registerConfirming(app: TypedApp, service: WriteOffsService): void {
  app.post(
    '/write-offs/:id/actions/confirm',
    {
      config: {
        access: 'write-offs:confirm',
        refuses: [
          PAYMENT_STATEMENT_UNKNOWN,
          WRITE_OFF_TOO_LARGE,
          WRITE_OFF_TOO_EARLY,
          WRITE_OFF_CREDIT_OPEN,
          WRITE_OFF_STATE_REFUSED,
          FOUR_EYES_REQUIRED,
        ],
      },
      preValidation: allowNoBody,
      schema: {
        tags,
        operationId: 'confirmWriteOff',
        summary: 'Write off what somebody else asked for; refused where less is open by now',
        params: IdParams,
        headers: IfMatchHeaders,
        body: closed({}),
        response: { 200: WriteOffView },
      },
    },
    async (request, reply) => {
      const version = expectedVersion(request);
      return sendVersioned(reply, await service.confirm(request.ctx, request.params.id, version));
    },
  );
}

const ENDS = [
  ['reject', 'rejectWriteOff', 'Drop a write-off that nobody confirmed'],
  ['revoke', 'revokeWriteOff', 'Take a write-off back; the claim is open again, as far as it was not paid'],
] as const;

function registerEnding(app: TypedApp, service: WriteOffsService): void {
  for (const [action, operationId, summary] of ENDS) {
    app.post(
      `/write-offs/:id/actions/${action}`,
      {
        config: { access: 'write-offs:manage', refuses: [WRITE_OFF_STATE_REFUSED] },
        schema: {
          tags,
          operationId,
          summary,
          params: IdParams,
          headers: IfMatchHeaders,
          body: EndWriteOff,
          response: { 200: WriteOffView },
        },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        const { ctx, params, body } = request;
        return sendVersioned(reply, await service[action](ctx, params.id, version, body.reason));
      },
    );
  }
}
