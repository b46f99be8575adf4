import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowNoBody } from '../../../platform/http/bodies.ts';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { closed, IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { FOUR_EYES_REQUIRED } from '../../costing/index.ts';
import type { PayerAccountsService } from './payer-accounts.service.ts';
import * as problems from './payments.errors.ts';
import {
  CreatePayerAccount,
  PayerAccountPage,
  PayerAccountQuery,
  PayerAccountView,
} from './payments.schemas.ts';

type TypedApp = Parameters<FastifyPluginAsyncTypebox>[0];

const tags = ['Payments'];

export const payerAccountsRoutes =
  (service: PayerAccountsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    registerAccounts(app, service);
    registerSteps(app, service);
  };

function registerAccounts(app: TypedApp, service: PayerAccountsService): void {
  app.get(
    '/payer-accounts',
    {
      config: { access: 'bank-statements:read' },
      schema: {
        tags,
        operationId: 'listPayerAccounts',
        summary: 'Accounts that members pay from, newest first',
        querystring: PayerAccountQuery,
        response: { 200: PayerAccountPage },
      },
    },
    (request) => service.list(request.ctx, request.query),
  );
  app.post(
    '/payer-accounts',
    {
      config: {
        access: 'payments:manage',
        idempotent: true,
        refuses: [
          problems.PAYMENT_MEMBER_UNKNOWN,
          problems.PAYER_ACCOUNT_REFUSED,
          problems.PAYER_ACCOUNT_KNOWN,
        ],
      },
      schema: {
        tags,
        operationId: 'createPayerAccount',
        summary:
          'Record an account that a member pays from; a second person confirms it before a credit is paid to it',
        body: CreatePayerAccount,
        response: { 201: PayerAccountView },
      },
    },
    async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
  );
  app.get(
    '/payer-accounts/:id',
    {
      config: { access: 'bank-statements:read' },
      schema: {
        tags,
        operationId: 'getPayerAccount',
        summary: 'One account that a member pays from',
        params: IdParams,
        response: { 200: PayerAccountView },
      },
    },
    async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
  );
}

function registerSteps(app: TypedApp, service: PayerAccountsService): void {
  app.post(
    '/payer-accounts/:id/actions/confirm',
    {
      config: {
        access: 'payer-accounts:confirm',
        refuses: [problems.PAYER_ACCOUNT_RETIRED, problems.PAYER_ACCOUNT_CONFIRMED, FOUR_EYES_REQUIRED],
      },
      preValidation: allowNoBody,
      schema: {
        tags,
        operationId: 'confirmPayerAccount',
        summary:
          'Say that an account somebody else recorded is that of the member; credits are paid to it then',
        params: IdParams,
        headers: IfMatchHeaders,
        body: closed({}),
        response: { 200: PayerAccountView },
      },
    },
    async (request, reply) => {
      const version = expectedVersion(request);
      return sendVersioned(reply, await service.confirm(request.ctx, request.params.id, version));
    },
  );
  app.post(
    '/payer-accounts/:id/actions/retire',
    {
      config: { access: 'payments:manage', refuses: [problems.PAYER_ACCOUNT_RETIRED] },
      preValidation: allowNoBody,
      schema: {
        tags,
        operationId: 'retirePayerAccount',
        summary: 'Conclude nothing from an account any more',
        params: IdParams,
        headers: IfMatchHeaders,
        body: closed({}),
        response: { 200: PayerAccountView },
      },
    },
    async (request, reply) => {
      const version = expectedVersion(request);
      return sendVersioned(reply, await service.retire(request.ctx, request.params.id, version));
    },
  );
}
