import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowNoBody } from '../../../platform/http/bodies.ts';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { closed, IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { FOUR_EYES_REQUIRED } from '../../costing/index.ts';
import { VAT_CHANGES_WITHIN_PERIOD, VAT_DETERMINATION_MISSING, VAT_REVIEW_OPEN } from '../vat/vat.errors.ts';
import type { StatementActionsService } from './statement-actions.service.ts';
import { SignContent } from './statement-batches.schemas.ts';
import {
  BILLING_PERIOD_SETTLED,
  BILLING_PROFILE_MISSING,
  BILLING_RECIPIENT_MISSING,
  DOCUMENT_NOT_READY,
  DOCUMENT_REFUSED,
  PAYEE_ACCOUNT_UNCONFIRMED,
  STATEMENT_CHARGED_ALREADY,
  STATEMENT_CHARGES_CHANGED,
  STATEMENT_CONTENT_MISMATCH,
  STATEMENT_INSTALMENTS_CHANGED,
  STATEMENT_IS_SET_OFF,
  STATEMENT_STATE_REFUSED,
  STATEMENT_SUPERSEDED,
  STATEMENT_VAT_CHANGED,
} from './statements.errors.ts';
import {
  CreateCreditNote,
  DocumentParams,
  StatementDetailView,
  StatementLinePage,
  StatementLineQuery,
  StatementPage,
  StatementQuery,
} from './statements.schemas.ts';
import type { StatementsService } from './statements.service.ts';

type TypedApp = Parameters<FastifyPluginAsyncTypebox>[0];

const tags = ['Statements'];
const read = { access: 'statements:read' };

export const statementsRoutes =
  (service: StatementsService, actions: StatementActionsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/statements',
      {
        config: read,
        schema: {
          tags,
          operationId: 'listStatements',
          summary: 'Statements, newest first; members see what was issued to them',
          querystring: StatementQuery,
          response: { 200: StatementPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.get(
      '/statements/:id',
      {
        config: read,
        schema: {
          tags,
          operationId: 'getStatement',
          summary: 'One statement with its files; of a draft, what stands against issuing it',
          params: IdParams,
          response: { 200: StatementDetailView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
    );
    app.get(
      '/statements/:id/lines',
      {
        config: read,
        schema: {
          tags,
          operationId: 'listStatementLines',
          summary: 'What is charged, line by line, each with the way back to where it came from',
          params: IdParams,
          querystring: StatementLineQuery,
          response: { 200: StatementLinePage },
        },
      },
      (request) => service.lines(request.ctx, request.params.id, request.query),
    );
    registerFiles(app, service);
    registerActions(app, actions);
  };

const file = { schema: { type: 'string', format: 'binary' } };

function registerFiles(app: TypedApp, service: StatementsService): void {
  app.get(
    '/statements/:id/documents/:format',
    {
      config: {
        ...read,
        refuses: [
          DOCUMENT_NOT_READY,
          STATEMENT_STATE_REFUSED,
          BILLING_PROFILE_MISSING,
          PAYEE_ACCOUNT_UNCONFIRMED,
          BILLING_RECIPIENT_MISSING,
        ],
      },
      schema: {
        tags,
        operationId: 'getStatementDocument',
        summary: 'A file of a statement, byte for byte as it was sent; of a draft as it would be',
        params: DocumentParams,
        response: {
          200: {
            description: 'A file; `Repr-Digest` is its SHA-256 (RFC 9530)',
            content: {
              'application/pdf': file,
              'application/xml': file,
              'text/csv': file,
              'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': file,
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { id, format } = request.params;
      const { name, mediaType, bytes, sha256 } = await service.file(request.ctx, id, format);
      return reply
        .type(mediaType)
        .header('content-disposition', `attachment; filename="${name}"`)
        .header('repr-digest', `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`)
        .send(bytes);
    },
  );
}

/** One route for each step, since each has its body. */
function registerActions(app: TypedApp, service: StatementActionsService): void {
  const access = 'statements:manage';
  const schema = { tags, params: IdParams, headers: IfMatchHeaders };
  app.post(
    '/statements/:id/actions/issue',
    {
      config: {
        access,
        refuses: [
          STATEMENT_STATE_REFUSED,
          STATEMENT_CONTENT_MISMATCH,
          STATEMENT_SUPERSEDED,
          STATEMENT_CHARGED_ALREADY,
          STATEMENT_IS_SET_OFF,
          BILLING_PERIOD_SETTLED,
          STATEMENT_INSTALMENTS_CHANGED,
          STATEMENT_CHARGES_CHANGED,
          STATEMENT_VAT_CHANGED,
          DOCUMENT_REFUSED,
          BILLING_PROFILE_MISSING,
          PAYEE_ACCOUNT_UNCONFIRMED,
          BILLING_RECIPIENT_MISSING,
          VAT_DETERMINATION_MISSING,
          VAT_CHANGES_WITHIN_PERIOD,
          VAT_REVIEW_OPEN,
          FOUR_EYES_REQUIRED,
        ],
      },
      schema: {
        ...schema,
        operationId: 'issueStatement',
        summary: 'Issue a single draft; a credit note that a person made takes another person',
        body: SignContent,
        response: { 200: StatementDetailView },
      },
    },
    async (request, reply) => {
      const version = expectedVersion(request);
      const { ctx, params, body } = request;
      return sendVersioned(reply, await service.issue(ctx, params.id, version, body.contentHash));
    },
  );
  app.post(
    '/statements/:id/actions/discard',
    {
      config: { access, refuses: [STATEMENT_STATE_REFUSED] },
      preValidation: allowNoBody,
      schema: {
        ...schema,
        operationId: 'discardStatement',
        summary: 'Drop a draft',
        body: closed({}),
        response: { 200: StatementDetailView },
      },
    },
    async (request, reply) => {
      const version = expectedVersion(request);
      return sendVersioned(reply, await service.discard(request.ctx, request.params.id, version));
    },
  );
  app.post(
    '/statements/:id/credit-notes',
    {
      config: {
        access,
        idempotent: true,
        refuses: [
          STATEMENT_STATE_REFUSED,
          STATEMENT_SUPERSEDED,
          STATEMENT_IS_SET_OFF,
          BILLING_PERIOD_SETTLED,
        ],
      },
      schema: {
        tags,
        params: IdParams,
        operationId: 'createCreditNote',
        summary: 'Draft a credit note over all of an issued document',
        body: CreateCreditNote,
        response: { 201: StatementDetailView },
      },
    },
    async (request, reply) => {
      const { ctx, params, body } = request;
      return sendVersioned(reply, await service.credit(ctx, params.id, body.reason), 201);
    },
  );
}
