import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { sendVersioned } from '../../../platform/http/etags.ts';
import { IdParams } from '../../../platform/http/schemas.ts';
import { OpenItemPage, OpenItemQuery } from './open-items.schemas.ts';
import type { OpenItemsService } from './open-items.service.ts';
import * as problems from './payments.errors.ts';
import {
  CreateMatches,
  CreateOffset,
  CreatePayment,
  MatchList,
  PaymentPage,
  PaymentQuery,
  PaymentView,
  ReleaseParams,
  ReversePayment,
} from './payments.schemas.ts';
import type { PaymentsService } from './payments.service.ts';

type TypedApp = Parameters<FastifyPluginAsyncTypebox>[0];

const tags = ['Payments'];
const MATCH_REFUSALS = [
  problems.PAYMENT_MEMBER_UNKNOWN,
  problems.PAYMENT_STATEMENT_UNKNOWN,
  problems.PAYMENT_MATCH_TOO_LARGE,
];

export interface PaymentServices {
  readonly openItems: OpenItemsService;
  readonly payments: PaymentsService;
}

export const paymentsRoutes =
  ({ openItems, payments }: PaymentServices): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/open-items',
      {
        config: { access: 'open-items:read' },
        schema: {
          tags,
          operationId: 'listOpenItems',
          summary: 'What is claimed, paid and open, by the day it is due; members see their own',
          querystring: OpenItemQuery,
          response: { 200: OpenItemPage },
        },
      },
      (request) => openItems.list(request.ctx, request.query),
    );
    registerPayments(app, payments);
    registerMatches(app, payments);
  };

function registerPayments(app: TypedApp, service: PaymentsService): void {
  app.get(
    '/payments',
    {
      config: { access: 'payments:read' },
      schema: {
        tags,
        operationId: 'listPayments',
        summary: 'Payments, newest first; `status=unclear` is the queue of what nobody could match',
        querystring: PaymentQuery,
        response: { 200: PaymentPage },
      },
    },
    (request) => service.list(request.ctx, request.query),
  );
  app.post(
    '/payments',
    {
      config: {
        access: 'payments:manage',
        idempotent: true,
        refuses: [...MATCH_REFUSALS, problems.PAYMENT_AMOUNT_ZERO, problems.PAYMENT_DAY_REFUSED],
      },
      schema: {
        tags,
        operationId: 'createPayment',
        summary: 'Record a payment of a member by hand, and what it is for',
        body: CreatePayment,
        response: { 201: PaymentView },
      },
    },
    async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
  );
  app.get(
    '/payments/:id',
    {
      config: { access: 'payments:read' },
      schema: {
        tags,
        operationId: 'getPayment',
        summary: 'One payment',
        params: IdParams,
        response: { 200: PaymentView },
      },
    },
    async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
  );
  app.post(
    '/payments/:id/reversal',
    {
      config: { access: 'payments:manage', idempotent: true, refuses: [problems.PAYMENT_STATE_REFUSED] },
      schema: {
        tags,
        operationId: 'reversePayment',
        summary: 'Take a payment back whole by a counter entry; what it was matched with is open again',
        params: IdParams,
        body: ReversePayment,
        response: { 201: PaymentView },
      },
    },
    async (request, reply) => {
      const { ctx, params, body } = request;
      return sendVersioned(reply, await service.reverse(ctx, params.id, body), 201);
    },
  );
  app.post(
    '/payment-offsets',
    {
      config: {
        access: 'payments:manage',
        idempotent: true,
        refuses: [problems.PAYMENT_STATEMENT_UNKNOWN, problems.OFFSET_REFUSED],
      },
      schema: {
        tags,
        operationId: 'createPaymentOffset',
        summary: 'Set a credit off against an open claim of the same member: both sides, sums of zero',
        body: CreateOffset,
        response: { 201: PaymentView },
      },
    },
    async (request, reply) => sendVersioned(reply, await service.offset(request.ctx, request.body), 201),
  );
}

function registerMatches(app: TypedApp, service: PaymentsService): void {
  app.get(
    '/payments/:id/matches',
    {
      config: { access: 'payments:read' },
      schema: {
        tags,
        operationId: 'listPaymentMatches',
        summary: 'What a payment counts for, with what was taken back',
        params: IdParams,
        response: { 200: MatchList },
      },
    },
    (request) => service.listMatches(request.ctx, request.params.id),
  );
  app.post(
    '/payments/:id/matches',
    {
      config: {
        access: 'payments:manage',
        idempotent: true,
        refuses: [...MATCH_REFUSALS, problems.PAYMENT_STATE_REFUSED],
      },
      schema: {
        tags,
        operationId: 'createPaymentMatches',
        summary: 'Say what a payment is for; takes it out of the queue of unclear ones',
        params: IdParams,
        body: CreateMatches,
        response: { 201: PaymentView },
      },
    },
    async (request, reply) => {
      const { ctx, params, body } = request;
      return sendVersioned(reply, await service.match(ctx, params.id, body), 201);
    },
  );
  app.post(
    '/payments/:id/matches/:matchId/release',
    {
      config: { access: 'payments:manage', idempotent: true, refuses: [problems.PAYMENT_STATE_REFUSED] },
      schema: {
        tags,
        operationId: 'releasePaymentMatch',
        summary: 'Take a wrong match back by its counterpart',
        params: ReleaseParams,
        body: ReversePayment,
        response: { 201: PaymentView },
      },
    },
    async (request, reply) => {
      const { ctx, params, body } = request;
      return sendVersioned(reply, await service.release(ctx, params, body.reason), 201);
    },
  );
}
