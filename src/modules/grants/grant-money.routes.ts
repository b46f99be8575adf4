import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { expectedVersion, sendVersioned } from '../../platform/http/etags.ts';
import { IdParams, IfMatchHeaders } from '../../platform/http/schemas.ts';
import { COST_CENTRE_RETIRED, PERIOD_FROZEN } from '../costing/index.ts';
import type { MoneyKey } from './grant-drawdowns.service.ts';
import {
  CancelGrantMoney,
  DemandGrantClawback,
  GrantClawbackPage,
  GrantClawbackView,
  GrantDrawdownPage,
  GrantDrawdownView,
  MoneyParams,
  MoneyQuery,
  ReceiveGrantDrawdown,
  RepayGrantClawback,
  RequestGrantDrawdown,
} from './grant-money.schemas.ts';
import {
  GRANT_CLAWBACK_REFUSED,
  GRANT_DAY_REFUSED,
  GRANT_DRAWDOWN_TOO_HIGH,
  GRANT_MONEY_STATE_REFUSED,
  GRANT_NOTHING_TO_CLAW_BACK,
  GRANT_STATE_REFUSED,
} from './grants.errors.ts';
import type { GrantsService } from './grants.service.ts';

type TypedApp = Parameters<FastifyPluginAsyncTypebox>[0];

const tags = ['Grants'];
const read = { access: 'grants:read' };
const manage = { access: 'grants:manage' };
const BOOKING_REFUSALS = [COST_CENTRE_RETIRED, GRANT_DAY_REFUSED, GRANT_MONEY_STATE_REFUSED, PERIOD_FROZEN];

export const grantMoneyRoutes =
  ({ drawdowns, clawbacks }: GrantsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    registerDrawdowns(app, drawdowns);
    registerDrawdownActions(app, drawdowns);
    registerClawbacks(app, clawbacks);
    registerClawbackActions(app, clawbacks);
  };

const keyOf = ({ id, number }: { id: string; number: number }, version: number): MoneyKey => ({
  id,
  number,
  version,
});

function registerDrawdowns(app: TypedApp, service: GrantsService['drawdowns']): void {
  app.get(
    '/grants/:id/drawdowns',
    {
      config: read,
      schema: {
        tags,
        operationId: 'listGrantDrawdowns',
        summary: 'Drawdowns of a grant, in their order',
        params: IdParams,
        querystring: MoneyQuery,
        response: { 200: GrantDrawdownPage },
      },
    },
    (request) => service.list(request.ctx, request.params.id, request.query),
  );
  app.post(
    '/grants/:id/drawdowns',
    {
      config: {
        ...manage,
        idempotent: true,
        refuses: [GRANT_DAY_REFUSED, GRANT_DRAWDOWN_TOO_HIGH, GRANT_STATE_REFUSED],
      },
      schema: {
        tags,
        operationId: 'requestGrantDrawdown',
        summary: 'Ask the authority for money, at most what the cost so far gives',
        params: IdParams,
        body: RequestGrantDrawdown,
        response: { 201: GrantDrawdownView },
      },
    },
    async (request, reply) => {
      const { ctx, params, body } = request;
      return sendVersioned(reply, await service.request(ctx, params.id, body), 201);
    },
  );
  app.get(
    '/grants/:id/drawdowns/:number',
    {
      config: read,
      schema: {
        tags,
        operationId: 'getGrantDrawdown',
        summary: 'One drawdown',
        params: MoneyParams,
        response: { 200: GrantDrawdownView },
      },
    },
    async (request, reply) => {
      const { id, number } = request.params;
      return sendVersioned(reply, await service.get(request.ctx, id, number));
    },
  );
}

function registerDrawdownActions(app: TypedApp, service: GrantsService['drawdowns']): void {
  app.post(
    '/grants/:id/drawdowns/:number/actions/receive',
    {
      config: { ...manage, refuses: [...BOOKING_REFUSALS, GRANT_DRAWDOWN_TOO_HIGH] },
      schema: {
        tags,
        operationId: 'receiveGrantDrawdown',
        summary: 'The money came in: it is booked as income and set off before allocation',
        params: MoneyParams,
        headers: IfMatchHeaders,
        body: ReceiveGrantDrawdown,
        response: { 200: GrantDrawdownView },
      },
    },
    async (request, reply) => {
      const key = keyOf(request.params, expectedVersion(request));
      return sendVersioned(reply, await service.receive(request.ctx, key, request.body));
    },
  );
  app.post(
    '/grants/:id/drawdowns/:number/actions/cancel',
    {
      config: { ...manage, refuses: [GRANT_MONEY_STATE_REFUSED] },
      schema: {
        tags,
        operationId: 'cancelGrantDrawdown',
        summary: 'Say that the money will not move, and why',
        params: MoneyParams,
        headers: IfMatchHeaders,
        body: CancelGrantMoney,
        response: { 200: GrantDrawdownView },
      },
    },
    async (request, reply) => {
      const key = keyOf(request.params, expectedVersion(request));
      return sendVersioned(reply, await service.cancel(request.ctx, key, request.body.reason));
    },
  );
}

function registerClawbacks(app: TypedApp, service: GrantsService['clawbacks']): void {
  app.get(
    '/grants/:id/clawbacks',
    {
      config: read,
      schema: {
        tags,
        operationId: 'listGrantClawbacks',
        summary: 'Clawbacks of a grant, in their order',
        params: IdParams,
        querystring: MoneyQuery,
        response: { 200: GrantClawbackPage },
      },
    },
    (request) => service.list(request.ctx, request.params.id, request.query),
  );
  app.post(
    '/grants/:id/clawbacks',
    {
      config: {
        ...manage,
        idempotent: true,
        refuses: [GRANT_CLAWBACK_REFUSED, GRANT_DAY_REFUSED, GRANT_NOTHING_TO_CLAW_BACK, GRANT_STATE_REFUSED],
      },
      schema: {
        tags,
        operationId: 'demandGrantClawback',
        summary: 'Record that the authority demands money back; computed where a rule gives it',
        params: IdParams,
        body: DemandGrantClawback,
        response: { 201: GrantClawbackView },
      },
    },
    async (request, reply) => {
      const { ctx, params, body } = request;
      return sendVersioned(reply, await service.demand(ctx, params.id, body), 201);
    },
  );
  app.get(
    '/grants/:id/clawbacks/:number',
    {
      config: read,
      schema: {
        tags,
        operationId: 'getGrantClawback',
        summary: 'One clawback',
        params: MoneyParams,
        response: { 200: GrantClawbackView },
      },
    },
    async (request, reply) => {
      const { id, number } = request.params;
      return sendVersioned(reply, await service.get(request.ctx, id, number));
    },
  );
}

function registerClawbackActions(app: TypedApp, service: GrantsService['clawbacks']): void {
  app.post(
    '/grants/:id/clawbacks/:number/actions/repay',
    {
      config: { ...manage, refuses: BOOKING_REFUSALS },
      schema: {
        tags,
        operationId: 'repayGrantClawback',
        summary: 'The money went back: it is booked as negative income',
        params: MoneyParams,
        headers: IfMatchHeaders,
        body: RepayGrantClawback,
        response: { 200: GrantClawbackView },
      },
    },
    async (request, reply) => {
      const key = keyOf(request.params, expectedVersion(request));
      return sendVersioned(reply, await service.repay(request.ctx, key, request.body));
    },
  );
  app.post(
    '/grants/:id/clawbacks/:number/actions/cancel',
    {
      config: { ...manage, refuses: [GRANT_MONEY_STATE_REFUSED] },
      schema: {
        tags,
        operationId: 'cancelGrantClawback',
        summary: 'Say that the money will not move, and why',
        params: MoneyParams,
        headers: IfMatchHeaders,
        body: CancelGrantMoney,
        response: { 200: GrantClawbackView },
      },
    },
    async (request, reply) => {
      const key = keyOf(request.params, expectedVersion(request));
      return sendVersioned(reply, await service.cancel(request.ctx, key, request.body.reason));
    },
  );
}
