import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { closed, IdParams } from '../../../platform/http/schemas.ts';
import { AMOUNT_OUT_OF_RANGE } from '../../../platform/money/index.ts';
import { PERIOD_STATE_REFUSED, PERIOD_UNKNOWN } from '../../costing/index.ts';
import { figuresCsv, figuresXlsx } from './settlement-exports.ts';
import { payoutsCsv } from './settlement-payouts.ts';
import * as problems from './settlements.errors.ts';
import {
  CreateSettlement,
  FiguresQuery,
  FiguresView,
  SettlementPage,
  SettlementQuery,
  SettlementView,
} from './settlements.schemas.ts';
import type { SettlementsService } from './settlements.service.ts';

const tags = ['Payments'];
const read = { access: 'settlements:read' };
const CSV = 'text/csv; charset=utf-8';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const LocaleQuery = closed({ locale: Type.Enum(['de', 'en'], { default: 'de' }) });

export const settlementsRoutes =
  (service: SettlementsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/settlements',
      {
        config: read,
        schema: {
          tags,
          operationId: 'listSettlements',
          summary: 'Settled periods of the centre, newest first; members see their own row of each',
          querystring: SettlementQuery,
          response: { 200: SettlementPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/settlements',
      {
        config: {
          access: 'settlements:manage',
          idempotent: true,
          refuses: [...Object.values(problems), PERIOD_UNKNOWN, PERIOD_STATE_REFUSED, AMOUNT_OUT_OF_RANGE],
        },
        schema: {
          tags,
          operationId: 'createSettlement',
          summary: 'Settle a frozen period with all members, and say what becomes of credits',
          body: CreateSettlement,
          response: { 201: SettlementView },
        },
      },
      async (request, reply) => {
        reply.code(201);
        return service.create(request.ctx, request.body);
      },
    );
    app.get(
      '/settlements/figures',
      {
        config: { ...read, refuses: [NOT_FOUND, AMOUNT_OUT_OF_RANGE] },
        schema: {
          tags,
          operationId: 'getSettlementFigures',
          summary: 'What each member was asked for, paid and really costs, as of now',
          querystring: FiguresQuery,
          response: {
            200: {
              description: 'The figures',
              content: {
                'application/json': { schema: FiguresView },
                'text/csv': { schema: { type: 'string' } },
                [XLSX]: { schema: { type: 'string', format: 'binary' } },
              },
            },
          },
        },
      },
      async (request, reply) => {
        const { periodId, format, locale } = request.query;
        const figures = await service.figures(request.ctx, periodId);
        if (format === 'json') return figures;
        const name = `settlement-${figures.period.code}.${format}`;
        reply.header('content-disposition', `attachment; filename="${name}"`);
        if (format === 'csv') return reply.type(CSV).send(figuresCsv(figures, locale));
        return reply.type(XLSX).send(Buffer.from(figuresXlsx(figures, locale, request.ctx.now)) as never);
      },
    );
    app.get(
      '/settlements/:id',
      {
        config: read,
        schema: {
          tags,
          operationId: 'getSettlement',
          summary: 'A settled period as it was then',
          params: IdParams,
          response: { 200: SettlementView },
        },
      },
      (request) => service.get(request.ctx, request.params.id),
    );
    app.get(
      '/settlements/:id/payouts',
      {
        config: read,
        schema: {
          tags,
          operationId: 'getSettlementPayouts',
          summary:
            'Credits to be paid out, for the treasury: name, IBAN where exactly one is confirmed, amount, reference, why there is no IBAN, and what is claimed of the member',
          params: IdParams,
          querystring: LocaleQuery,
          response: {
            200: {
              description: 'A line for each transfer',
              content: { 'text/csv': { schema: { type: 'string' } } },
            },
          },
        },
      },
      async (request, reply) => {
        const payouts = await service.payouts(request.ctx, request.params.id);
        reply.type(CSV).header('content-disposition', 'attachment; filename="payouts.csv"');
        return payoutsCsv(payouts, request.query.locale);
      },
    );
  };
