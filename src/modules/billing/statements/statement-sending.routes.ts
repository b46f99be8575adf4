import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { IdParams } from '../../../platform/http/schemas.ts';
import { MAIL_OFF } from '../../../platform/mail/mail.errors.ts';
import { DUNNING_NOTICE_BLOCKED } from '../dunning/dunning.errors.ts';
import { STATEMENT_RECIPIENT_FETCHES } from './statement-sending.errors.ts';
import {
  CentreDispatchQuery,
  SendStatement,
  StatementDispatchPage,
  StatementDispatchQuery,
  StatementDispatchView,
  StatementValidations,
  ValidationParams,
} from './statement-sending.schemas.ts';
import type { SendingService } from './statement-sending.service.ts';
import { DOCUMENT_NOT_READY, STATEMENT_STATE_REFUSED } from './statements.errors.ts';

const tags = ['Statements'];
const validations = { access: 'statement-validations:read' };

export const sendingRoutes =
  (service: SendingService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/statement-dispatches',
      {
        config: { access: 'statement-validations:read' },
        schema: {
          tags,
          operationId: 'listCentreDispatches',
          summary:
            'What was mailed of all statements and dunning notices, newest first; `status=failed` and `refused` did not arrive',
          querystring: CentreDispatchQuery,
          response: { 200: StatementDispatchPage },
        },
      },
      (request) => service.listCentreDispatches(request.ctx, request.query),
    );
    app.get(
      '/statements/:id/dispatches',
      {
        config: { access: 'statements:read' },
        schema: {
          tags,
          operationId: 'listStatementDispatches',
          summary: 'When and where to a statement was mailed, newest first',
          params: IdParams,
          querystring: StatementDispatchQuery,
          response: { 200: StatementDispatchPage },
        },
      },
      (request) => service.listDispatches(request.ctx, request.params.id, request.query),
    );
    app.post(
      '/statements/:id/dispatches',
      {
        config: {
          access: 'statements:manage',
          idempotent: true,
          refuses: [DOCUMENT_NOT_READY, MAIL_OFF, STATEMENT_RECIPIENT_FETCHES, STATEMENT_STATE_REFUSED],
        },
        schema: {
          tags,
          operationId: 'sendStatement',
          summary:
            "Mail an issued statement, again or in spite of a rejection, to the recipient's present address",
          params: IdParams,
          body: SendStatement,
          response: { 201: StatementDispatchView },
        },
      },
      async (request, reply) => {
        const { ctx, params, body } = request;
        reply.code(201);
        return service.send(ctx, params.id, body);
      },
    );
    app.post(
      '/dunning-notices/:id/dispatches',
      {
        config: {
          access: 'dunning-notices:issue',
          idempotent: true,
          refuses: [DUNNING_NOTICE_BLOCKED, MAIL_OFF, STATEMENT_RECIPIENT_FETCHES],
        },
        schema: {
          tags: ['Payments'],
          operationId: 'sendDunningNotice',
          summary: "Mail the letter, once more, to the recipient's present address",
          params: IdParams,
          body: SendStatement,
          response: { 201: StatementDispatchView },
        },
      },
      async (request, reply) => {
        const { ctx, params, body } = request;
        reply.code(201);
        return service.sendNotice(ctx, params.id, body);
      },
    );
    app.get(
      '/statements/:id/validations',
      {
        config: validations,
        schema: {
          tags,
          operationId: 'listStatementValidations',
          summary: 'What the KoSIT validator said of the e-invoice, where one is set up',
          params: IdParams,
          response: { 200: StatementValidations },
        },
      },
      (request) => service.listValidations(request.ctx, request.params.id),
    );
    app.get(
      '/statements/:id/validations/:validationId/report',
      {
        config: validations,
        schema: {
          tags,
          operationId: 'getStatementValidationReport',
          summary: 'The report of the validator, as it came',
          params: ValidationParams,
          response: {
            200: {
              description: 'The report',
              content: { 'application/xml': { schema: Type.Unsafe<Buffer>({ type: 'string' }) } },
            },
          },
        },
      },
      async (request, reply) => {
        const { ctx, params } = request;
        const { name, bytes } = await service.report(ctx, params.id, params.validationId);
        reply
          .type('application/xml')
          .header('content-disposition', `attachment; filename="${name}"`)
          .header('x-content-type-options', 'nosniff');
        return bytes;
      },
    );
  };
