import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { AMOUNT_OUT_OF_RANGE } from '../../../platform/money/index.ts';
import { FOUR_EYES_REQUIRED, PERIOD_FROZEN } from '../costing.errors.ts';
import {
  RATE_CARD_APPROVAL_MISMATCH,
  RATE_CARD_BACKDATED,
  RATE_CARD_DRAFT_EXISTS,
  RATE_CARD_DRAFT_MISSING,
  RATE_CARD_NAME_TAKEN,
  RATE_CARD_PRICES_INVALID,
} from './rate-cards.errors.ts';
import {
  ApproveRateCard,
  CreateRateCard,
  CreateRateCardVersion,
  RateCardPage,
  RateCardQuery,
  RateCardVersionPage,
  RateCardVersionParams,
  RateCardVersionQuery,
  RateCardVersionView,
  RateCardView,
} from './rate-cards.schemas.ts';
import type { RateCardsService } from './rate-cards.service.ts';
import { PreviewQuery, PreviewRates, RatePreview } from './rate-preview.schemas.ts';
import { previewCsv } from './rate-preview-export.ts';

type TypedApp = Parameters<FastifyPluginAsyncTypebox>[0];

const tags = ['Cost allocation'];
const TERMS_REFUSALS = [RATE_CARD_BACKDATED, RATE_CARD_PRICES_INVALID];
const CSV_TYPE = 'text/csv; charset=utf-8';

export const rateCardsRoutes =
  (service: RateCardsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    registerReading(app, service);
    registerVersions(app, service);
    registerPreview(app, service);
  };

function registerReading(app: TypedApp, service: RateCardsService): void {
  app.get(
    '/rate-cards',
    {
      config: { access: 'rate-cards:read' },
      schema: {
        tags,
        operationId: 'listRateCards',
        summary: 'Rate cards of the centre by name',
        querystring: RateCardQuery,
        response: { 200: RateCardPage },
      },
    },
    (request) => service.list(request.ctx, request.query),
  );
  app.get(
    '/rate-cards/:id',
    {
      config: { access: 'rate-cards:read' },
      schema: {
        tags,
        operationId: 'getRateCard',
        summary: 'One rate card',
        params: IdParams,
        response: { 200: RateCardView },
      },
    },
    async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
  );
  app.get(
    '/rate-cards/:id/versions',
    {
      config: { access: 'rate-cards:read' },
      schema: {
        tags,
        operationId: 'listRateCardVersions',
        summary: 'Versions of a rate card, newest first',
        params: IdParams,
        querystring: RateCardVersionQuery,
        response: { 200: RateCardVersionPage },
      },
    },
    (request) => service.listVersions(request.ctx, request.params.id, request.query),
  );
  app.get(
    '/rate-cards/:id/versions/:number',
    {
      config: { access: 'rate-cards:read' },
      schema: {
        tags,
        operationId: 'getRateCardVersion',
        summary: 'One version with its prices',
        params: RateCardVersionParams,
        response: { 200: RateCardVersionView },
      },
    },
    (request) => service.getVersion(request.ctx, request.params.id, request.params.number),
  );
}

function registerVersions(app: TypedApp, service: RateCardsService): void {
  app.post(
    '/rate-cards',
    {
      config: {
        access: 'rate-cards:manage',
        idempotent: true,
        refuses: [RATE_CARD_NAME_TAKEN, ...TERMS_REFUSALS],
      },
      schema: {
        tags,
        operationId: 'createRateCard',
        summary: 'Create a rate card with its first version as a draft',
        body: CreateRateCard,
        response: { 201: RateCardView },
      },
    },
    async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
  );
  app.post(
    '/rate-cards/:id/versions',
    {
      config: {
        access: 'rate-cards:manage',
        idempotent: true,
        refuses: [RATE_CARD_DRAFT_EXISTS, ...TERMS_REFUSALS],
      },
      schema: {
        tags,
        operationId: 'createRateCardVersion',
        summary: 'Draft the next version',
        params: IdParams,
        body: CreateRateCardVersion,
        response: { 201: RateCardVersionView },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return service.createVersion(request.ctx, request.params.id, request.body);
    },
  );
  app.put(
    '/rate-cards/:id/versions/:number',
    {
      config: { access: 'rate-cards:manage', refuses: [RATE_CARD_DRAFT_MISSING, ...TERMS_REFUSALS] },
      schema: {
        tags,
        operationId: 'changeRateCardDraft',
        summary: 'Rewrite the draft; If-Match is the ETag of the rate card',
        params: RateCardVersionParams,
        headers: IfMatchHeaders,
        body: CreateRateCardVersion,
        response: { 200: RateCardView },
      },
    },
    async (request, reply) => {
      const target = { ...request.params, version: expectedVersion(request) };
      return sendVersioned(reply, await service.changeDraft(request.ctx, target, request.body));
    },
  );
  app.post(
    '/rate-cards/:id/actions/approve',
    {
      config: {
        access: 'rate-cards:approve',
        refuses: [
          FOUR_EYES_REQUIRED,
          PERIOD_FROZEN,
          RATE_CARD_APPROVAL_MISMATCH,
          RATE_CARD_DRAFT_MISSING,
          ...TERMS_REFUSALS,
        ],
      },
      schema: {
        tags,
        operationId: 'approveRateCard',
        summary: 'Bring a draft into force that somebody else made; what held before ends on its first day',
        params: IdParams,
        headers: IfMatchHeaders,
        body: ApproveRateCard,
        response: { 200: RateCardView },
      },
    },
    async (request, reply) => {
      const version = expectedVersion(request);
      return sendVersioned(
        reply,
        await service.approve(request.ctx, request.params.id, version, request.body),
      );
    },
  );
}

function registerPreview(app: TypedApp, service: RateCardsService): void {
  app.post(
    '/rate-cards/preview',
    {
      config: {
        access: 'rate-cards:read',
        refuses: [NOT_FOUND, RATE_CARD_PRICES_INVALID, AMOUNT_OUT_OF_RANGE],
      },
      schema: {
        tags,
        operationId: 'previewRates',
        summary: 'What members would have paid for past usage, beside the present version; writes nothing',
        description:
          'As if all who were covered for the services had paid by these prices. What a version has no price for is null.',
        querystring: PreviewQuery,
        body: PreviewRates,
        response: {
          200: {
            description: 'Member by member',
            content: {
              'application/json': { schema: RatePreview },
              'text/csv': { schema: { type: 'string' } },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { format, locale } = request.query;
      const preview = await service.preview(request.ctx, request.body);
      if (format === 'json') return preview;
      return reply
        .type(CSV_TYPE)
        .header('content-disposition', 'attachment; filename="preview.csv"')
        .send(previewCsv(preview, locale)) as never;
    },
  );
}
