import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowNoBody } from '../../../platform/http/bodies.ts';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { closed, IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { PAYMENT_MEMBER_UNKNOWN, PAYMENT_STATEMENT_UNKNOWN } from '../payments/payments.errors.ts';
import { DUNNING_BLOCK_DAY_REFUSED, DUNNING_BLOCK_OVER, DUNNING_BLOCK_STANDING } from './dunning.errors.ts';
import { BlockPage, BlockQuery, BlockView, CreateBlock } from './dunning-blocks.schemas.ts';
import type { DunningBlocksService } from './dunning-blocks.service.ts';

const tags = ['Payments'];
const read = { access: 'dunning-blocks:read' };
const manage = 'dunning-blocks:manage';

export const dunningBlocksRoutes =
  (service: DunningBlocksService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/dunning-blocks',
      {
        config: read,
        schema: {
          tags,
          operationId: 'listDunningBlocks',
          summary: 'What members are not reminded of, newest first; the centre’s own',
          querystring: BlockQuery,
          response: { 200: BlockPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/dunning-blocks',
      {
        config: {
          access: manage,
          idempotent: true,
          refuses: [
            PAYMENT_MEMBER_UNKNOWN,
            PAYMENT_STATEMENT_UNKNOWN,
            DUNNING_BLOCK_DAY_REFUSED,
            DUNNING_BLOCK_STANDING,
          ],
        },
        schema: {
          tags,
          operationId: 'createDunningBlock',
          summary: 'Remind a member of nothing, or not of one document, up to a day: a deferral, a dispute',
          body: CreateBlock,
          response: { 201: BlockView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
    );
    app.get(
      '/dunning-blocks/:id',
      {
        config: read,
        schema: {
          tags,
          operationId: 'getDunningBlock',
          summary: 'One block',
          params: IdParams,
          response: { 200: BlockView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
    );
    app.post(
      '/dunning-blocks/:id/actions/lift',
      {
        config: { access: manage, refuses: [DUNNING_BLOCK_OVER] },
        preValidation: allowNoBody,
        schema: {
          tags,
          operationId: 'liftDunningBlock',
          summary: 'End a block before its day; what is overdue is asked for again',
          params: IdParams,
          headers: IfMatchHeaders,
          body: closed({}),
          response: { 200: BlockView },
        },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        return sendVersioned(reply, await service.lift(request.ctx, request.params.id, version));
      },
    );
  };
