import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams } from '../../../platform/http/schemas.ts';
import { PAYMENT_MEMBER_UNKNOWN } from '../payments/payments.errors.ts';
import { BILLING_PROFILE_MISSING, PAYEE_ACCOUNT_UNCONFIRMED } from '../statements/statements.errors.ts';
import {
  CreateNotices,
  NoticePage,
  NoticeQuery,
  NoticesPreview,
  NoticesQuery,
  NoticeView,
} from './dunning.schemas.ts';
import type { DunningService } from './dunning.service.ts';

const tags = ['Payments'];
const read = { access: 'dunning-notices:read' };
const PDF = 'application/pdf';

export const dunningRoutes =
  (service: DunningService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/dunning-notices',
      {
        config: read,
        schema: {
          tags,
          operationId: 'listDunningNotices',
          summary: 'Notices, newest first; members see their own',
          querystring: NoticeQuery,
          response: { 200: NoticePage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/dunning-notices',
      {
        config: {
          access: 'dunning-notices:issue',
          idempotent: true,
          refuses: [BILLING_PROFILE_MISSING, PAYEE_ACCOUNT_UNCONFIRMED, PAYMENT_MEMBER_UNKNOWN],
        },
        schema: {
          tags,
          operationId: 'requestDunningNotices',
          summary: 'Write to members about what is overdue, without fees; a dry run says to whom',
          querystring: NoticesQuery,
          body: CreateNotices,
          response: { 200: NoticesPreview, 202: NoticesPreview },
        },
      },
      async (request, reply) => {
        const { ctx, body, query } = request;
        reply.code(query.dryRun ? 200 : 202);
        return service.request(ctx, body, query.dryRun);
      },
    );
    app.get(
      '/dunning-notices/:id',
      {
        config: read,
        schema: {
          tags,
          operationId: 'getDunningNotice',
          summary: 'One notice',
          params: IdParams,
          response: { 200: NoticeView },
        },
      },
      (request) => service.get(request.ctx, request.params.id),
    );
    app.get(
      '/dunning-notices/:id/pdf',
      {
        config: read,
        schema: {
          tags,
          operationId: 'getDunningNoticeLetter',
          summary: 'The letter, byte for byte as it was written',
          params: IdParams,
          response: {
            200: {
              description: 'The letter',
              content: { [PDF]: { schema: { type: 'string', format: 'binary' } } },
            },
          },
        },
      },
      async (request, reply) => {
        const { number, bytes } = await service.letter(request.ctx, request.params.id);
        reply.type(PDF).header('content-disposition', `attachment; filename="${number}.pdf"`);
        return reply.send(bytes as never);
      },
    );
  };
