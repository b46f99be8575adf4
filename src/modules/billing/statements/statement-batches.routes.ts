import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowNoBody } from '../../../platform/http/bodies.ts';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { closed, IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { PERIOD_UNKNOWN } from '../../costing/index.ts';
import { BatchPage, BatchQuery, BatchView, CreateBatch, SignContent } from './statement-batches.schemas.ts';
import type { StatementBatchesService } from './statement-batches.service.ts';
import {
  BILLING_PERIOD_SETTLED,
  BILLING_PROFILE_MISSING,
  PAYEE_ACCOUNT_UNCONFIRMED,
  STATEMENT_BATCH_OPEN,
  STATEMENT_CONTENT_MISMATCH,
  STATEMENT_STATE_REFUSED,
} from './statements.errors.ts';

const tags = ['Statements'];
const read = { access: 'statement-batches:read' };
const manage = { access: 'statements:manage' };

export const statementBatchesRoutes =
  (service: StatementBatchesService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/statement-batches',
      {
        config: read,
        schema: {
          tags,
          operationId: 'listStatementBatches',
          summary: 'Batches, newest first',
          querystring: BatchQuery,
          response: { 200: BatchPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/statement-batches',
      {
        config: {
          ...manage,
          idempotent: true,
          refuses: [PERIOD_UNKNOWN, STATEMENT_BATCH_OPEN, BILLING_PERIOD_SETTLED],
        },
        schema: {
          tags,
          operationId: 'createStatementBatch',
          summary:
            'Prepare what is missing between what members were sent for a period and what they are charged',
          body: CreateBatch,
          response: { 202: BatchView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 202),
    );
    app.get(
      '/statement-batches/:id',
      {
        config: read,
        schema: {
          tags,
          operationId: 'getStatementBatch',
          summary: 'One batch with its progress, and the members that are left out',
          params: IdParams,
          response: { 200: BatchView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
    );
    app.post(
      '/statement-batches/:id/actions/issue',
      {
        config: {
          ...manage,
          refuses: [
            STATEMENT_STATE_REFUSED,
            STATEMENT_CONTENT_MISMATCH,
            BILLING_PROFILE_MISSING,
            PAYEE_ACCOUNT_UNCONFIRMED,
          ],
        },
        schema: {
          tags,
          operationId: 'issueStatementBatch',
          summary:
            'Issue all drafts that nothing stands against; a job does it, `progress` shows how far it is',
          params: IdParams,
          headers: IfMatchHeaders,
          body: SignContent,
          response: { 200: BatchView },
        },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        const { ctx, params, body } = request;
        return sendVersioned(reply, await service.issue(ctx, params.id, version, body.contentHash));
      },
    );
    app.post(
      '/statement-batches/:id/actions/discard',
      {
        config: { ...manage, refuses: [STATEMENT_STATE_REFUSED] },
        preValidation: allowNoBody,
        schema: {
          tags,
          operationId: 'discardStatementBatch',
          summary:
            'End a batch that is not issued yet and drop its drafts, for instance to prepare them anew; what is issued stays issued',
          params: IdParams,
          headers: IfMatchHeaders,
          body: closed({}),
          response: { 200: BatchView },
        },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        return sendVersioned(reply, await service.discard(request.ctx, request.params.id, version));
      },
    );
  };
