import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowNoBody } from '../../../platform/http/bodies.ts';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { closed, IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { FOUR_EYES_REQUIRED } from '../../costing/index.ts';
import { VAT_RULES_MISSING } from '../billing.errors.ts';
import {
  VAT_APPROVAL_MISMATCH,
  VAT_DETERMINATION_OVERLAPS,
  VAT_DETERMINATION_STATE_REFUSED,
  VAT_EVIDENCE_MISSING,
  VAT_FORECAST_DIFFERS,
  VAT_MEMBER_UNKNOWN,
  VAT_SERVICE_UNKNOWN,
  VAT_SUPERSEDES_REFUSED,
  VAT_VALIDITY_REFUSED,
} from './vat.errors.ts';
import {
  ApproveVatDetermination,
  CreateVatDetermination,
  RejectVatDetermination,
  VatDeterminationPage,
  VatDeterminationQuery,
  VatDeterminationView,
} from './vat-determinations.schemas.ts';
import type { VatDeterminationsService } from './vat-determinations.service.ts';

type TypedApp = Parameters<FastifyPluginAsyncTypebox>[0];

const tags = ['VAT'];
const DETERMINING_REFUSALS = [
  VAT_EVIDENCE_MISSING,
  VAT_FORECAST_DIFFERS,
  VAT_MEMBER_UNKNOWN,
  VAT_RULES_MISSING,
  VAT_SERVICE_UNKNOWN,
  VAT_SUPERSEDES_REFUSED,
  VAT_VALIDITY_REFUSED,
];

export const vatDeterminationsRoutes =
  (service: VatDeterminationsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/vat-determinations',
      {
        config: { access: 'vat-determinations:read' },
        schema: {
          tags,
          operationId: 'listVatDeterminations',
          summary: 'Determinations, newest first; members see those that came into force for them',
          querystring: VatDeterminationQuery,
          response: { 200: VatDeterminationPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/vat-determinations',
      {
        config: {
          access: 'vat-determinations:manage',
          idempotent: true,
          refuses: DETERMINING_REFUSALS,
        },
        schema: {
          tags,
          operationId: 'createVatDetermination',
          summary: 'Determine the VAT of a service for members and days from asserted facts',
          body: CreateVatDetermination,
          response: { 201: VatDeterminationView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
    );
    app.get(
      '/vat-determinations/:id',
      {
        config: { access: 'vat-determinations:read' },
        schema: {
          tags,
          operationId: 'getVatDetermination',
          summary: 'One determination with facts, evidence and derivation',
          params: IdParams,
          response: { 200: VatDeterminationView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
    );
    registerActions(app, service);
  };

/** One route for each step, since each has its body. */
function registerActions(app: TypedApp, service: VatDeterminationsService): void {
  const schema = {
    tags,
    params: IdParams,
    headers: IfMatchHeaders,
    response: { 200: VatDeterminationView },
  };
  const approve = { access: 'vat-determinations:approve' };
  app.post(
    '/vat-determinations/:id/actions/submit',
    {
      config: { access: 'vat-determinations:manage', refuses: [VAT_DETERMINATION_STATE_REFUSED] },
      preValidation: allowNoBody,
      schema: {
        ...schema,
        operationId: 'submitVatDetermination',
        summary: 'Hand a draft to a second person',
        body: closed({}),
      },
    },
    async (request, reply) => {
      const version = expectedVersion(request);
      const { ctx, params } = request;
      return sendVersioned(reply, await service.act(ctx, params.id, version, { action: 'submit' }));
    },
  );
  app.post(
    '/vat-determinations/:id/actions/approve',
    {
      config: {
        ...approve,
        refuses: [
          VAT_DETERMINATION_STATE_REFUSED,
          FOUR_EYES_REQUIRED,
          VAT_APPROVAL_MISMATCH,
          VAT_DETERMINATION_OVERLAPS,
        ],
      },
      schema: {
        ...schema,
        operationId: 'approveVatDetermination',
        summary: 'Sign what somebody else determined; it is in force then, and what it supersedes is cut',
        body: ApproveVatDetermination,
      },
    },
    async (request, reply) => {
      const version = expectedVersion(request);
      const { ctx, params, body } = request;
      return sendVersioned(reply, await service.act(ctx, params.id, version, { action: 'approve', ...body }));
    },
  );
  app.post(
    '/vat-determinations/:id/actions/reject',
    {
      config: { ...approve, refuses: [VAT_DETERMINATION_STATE_REFUSED, FOUR_EYES_REQUIRED] },
      schema: {
        ...schema,
        operationId: 'rejectVatDetermination',
        summary: 'End what is not in force, saying why; an open question takes a second person',
        body: RejectVatDetermination,
      },
    },
    async (request, reply) => {
      const version = expectedVersion(request);
      const { ctx, params, body } = request;
      return sendVersioned(reply, await service.act(ctx, params.id, version, { action: 'reject', ...body }));
    },
  );
}
