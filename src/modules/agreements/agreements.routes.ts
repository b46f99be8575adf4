import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowNoBody } from '../../platform/http/bodies.ts';
import { expectedVersion, sendVersioned } from '../../platform/http/etags.ts';
import { IdParams, IfMatchHeaders } from '../../platform/http/schemas.ts';
import {
  AGREEMENT_DRAFT_EXISTS,
  AGREEMENT_DRAFT_MISSING,
  AGREEMENT_TERMS_REFUSED,
  COVERAGE_OVERLAPS,
  LATER_DAYS_LOST,
  TERMINATION_REFUSED,
} from './agreements.errors.ts';
import {
  AgreementInForce,
  AgreementPage,
  AgreementQuery,
  AgreementVersionPage,
  AgreementVersionParams,
  AgreementVersionQuery,
  AgreementVersionView,
  AgreementView,
  BringIntoForce,
  CreateAgreement,
  CreateAgreementVersion,
  Terminate,
} from './agreements.schemas.ts';
import type { AgreementsService } from './agreements.service.ts';

type Routes = (service: AgreementsService) => FastifyPluginAsyncTypebox;

const tags = ['Agreements'];

export const agreementsRoutes: Routes = (service) => async (app) => {
  await app.register(readRoutes(service));
  await app.register(draftRoutes(service));
  await app.register(actionRoutes(service));
};

const readRoutes: Routes = (service) => async (app) => {
  app.get(
    '/agreements',
    {
      config: { access: 'signed-in' },
      schema: {
        tags,
        operationId: 'listAgreements',
        summary: 'Agreements in the order they were made; members see those they are a party of',
        querystring: AgreementQuery,
        response: { 200: AgreementPage },
      },
    },
    (request) => service.list(request.ctx, request.query),
  );
  app.get(
    '/agreements/:id',
    {
      config: { access: 'signed-in' },
      schema: {
        tags,
        operationId: 'getAgreement',
        summary: 'One agreement with the version that holds today',
        params: IdParams,
        response: { 200: AgreementView },
      },
    },
    async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
  );
  app.get(
    '/agreements/:id/versions',
    {
      config: { access: 'signed-in' },
      schema: {
        tags,
        operationId: 'listAgreementVersions',
        summary: 'Versions of an agreement, newest first',
        params: IdParams,
        querystring: AgreementVersionQuery,
        response: { 200: AgreementVersionPage },
      },
    },
    (request) => service.listVersions(request.ctx, request.params.id, request.query),
  );
};

const draftRoutes: Routes = (service) => async (app) => {
  app.post(
    '/agreements',
    {
      config: { access: 'agreements:manage', idempotent: true, refuses: [AGREEMENT_TERMS_REFUSED] },
      schema: {
        tags,
        operationId: 'createAgreement',
        summary: 'Write an agreement and its first version as a draft',
        body: CreateAgreement,
        response: { 201: AgreementView },
      },
    },
    async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
  );
  app.post(
    '/agreements/:id/versions',
    {
      config: {
        access: 'agreements:manage',
        idempotent: true,
        refuses: [AGREEMENT_DRAFT_EXISTS, AGREEMENT_TERMS_REFUSED],
      },
      schema: {
        tags,
        operationId: 'createAgreementVersion',
        summary: 'Write the next version as a draft',
        params: IdParams,
        body: CreateAgreementVersion,
        response: { 201: AgreementVersionView },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await service.createVersion(request.ctx, request.params.id, request.body)),
  );
  app.put(
    '/agreements/:id/versions/:number',
    {
      config: { access: 'agreements:manage', refuses: [AGREEMENT_DRAFT_MISSING, AGREEMENT_TERMS_REFUSED] },
      schema: {
        tags,
        operationId: 'changeAgreementDraft',
        summary: 'Rewrite the draft; If-Match takes the ETag of the agreement',
        params: AgreementVersionParams,
        headers: IfMatchHeaders,
        body: CreateAgreementVersion,
        response: { 200: AgreementView },
      },
    },
    async (request, reply) => {
      const { id, number } = request.params;
      const version = expectedVersion(request);
      return sendVersioned(
        reply,
        await service.changeDraft(request.ctx, { id, number, version }, request.body),
      );
    },
  );
};

const actionRoutes: Routes = (service) => async (app) => {
  app.post(
    '/agreements/:id/actions/bring-into-force',
    {
      config: {
        access: 'agreements:manage',
        refuses: [AGREEMENT_DRAFT_MISSING, AGREEMENT_TERMS_REFUSED, COVERAGE_OVERLAPS, LATER_DAYS_LOST],
      },
      preValidation: allowNoBody,
      schema: {
        tags,
        operationId: 'bringAgreementIntoForce',
        summary: 'Bring the draft into force; what was in force on its days ends on the first',
        params: IdParams,
        headers: IfMatchHeaders,
        body: BringIntoForce,
        response: { 200: AgreementInForce },
      },
    },
    async (request, reply) => {
      const { ctx, params, body } = request;
      return sendVersioned(
        reply,
        await service.bringIntoForce(ctx, params.id, expectedVersion(request), body),
      );
    },
  );
  app.post(
    '/agreements/:id/actions/terminate',
    {
      config: { access: 'agreements:manage', refuses: [TERMINATION_REFUSED] },
      schema: {
        tags,
        operationId: 'terminateAgreement',
        summary: 'Let the agreement end earlier',
        params: IdParams,
        headers: IfMatchHeaders,
        body: Terminate,
        response: { 200: AgreementView },
      },
    },
    async (request, reply) => {
      const { ctx, params, body } = request;
      return sendVersioned(reply, await service.terminate(ctx, params.id, expectedVersion(request), body));
    },
  );
};
