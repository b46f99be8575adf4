import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowNoBody } from '../../platform/http/bodies.ts';
import { expectedVersion, sendVersioned } from '../../platform/http/etags.ts';
import { IdParams, IfMatchHeaders } from '../../platform/http/schemas.ts';
import {
  SERVICE_CODE_TAKEN,
  SERVICE_DRAFT_EXISTS,
  SERVICE_VERSION_REFUSED,
  SERVICE_VERSION_STATE,
} from './catalogue.errors.ts';
import {
  CreateService,
  NoFields,
  ServicePage,
  ServiceQuery,
  ServiceVersionBody,
  ServiceVersionPage,
  ServiceVersionParams,
  ServiceVersionQuery,
  ServiceVersionView,
  ServiceView,
} from './catalogue.schemas.ts';
import type { CatalogueService } from './catalogue.service.ts';

type Routes = (service: CatalogueService) => FastifyPluginAsyncTypebox;

const tags = ['Services'];

export const catalogueRoutes: Routes = (service) => async (app) => {
  await app.register(serviceRoutes(service));
  await app.register(versionReadRoutes(service));
  await app.register(draftRoutes(service));
  await app.register(actionRoutes(service));
};

const serviceRoutes: Routes = (service) => async (app) => {
  app.get(
    '/services',
    {
      config: { access: 'signed-in' },
      schema: {
        tags,
        operationId: 'listServices',
        summary: 'Services by title; to a member each says whether it can be ordered today',
        querystring: ServiceQuery,
        response: { 200: ServicePage },
      },
    },
    (request) => service.list(request.ctx, request.query),
  );
  app.post(
    '/services',
    {
      config: {
        access: 'services:manage',
        idempotent: true,
        refuses: [SERVICE_CODE_TAKEN, SERVICE_VERSION_REFUSED],
      },
      schema: {
        tags,
        operationId: 'createService',
        summary: 'Write a service and its first version as a draft',
        body: CreateService,
        response: { 201: ServiceView },
      },
    },
    async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
  );
  app.get(
    '/services/:id',
    {
      config: { access: 'signed-in' },
      schema: {
        tags,
        operationId: 'getService',
        summary: 'One service with the published version',
        params: IdParams,
        response: { 200: ServiceView },
      },
    },
    async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
  );
};

const versionReadRoutes: Routes = (service) => async (app) => {
  app.get(
    '/services/:id/versions',
    {
      config: { access: 'signed-in' },
      schema: {
        tags,
        operationId: 'listServiceVersions',
        summary: 'Versions of a service, newest first',
        params: IdParams,
        querystring: ServiceVersionQuery,
        response: { 200: ServiceVersionPage },
      },
    },
    (request) => service.listVersions(request.ctx, request.params.id, request.query),
  );
  app.get(
    '/services/:id/versions/:number',
    {
      config: { access: 'signed-in' },
      schema: {
        tags,
        operationId: 'getServiceVersion',
        summary: 'One version of a service',
        params: ServiceVersionParams,
        response: { 200: ServiceVersionView },
      },
    },
    async (request, reply) => {
      const { id, number } = request.params;
      return sendVersioned(reply, await service.getVersion(request.ctx, id, number));
    },
  );
};

const draftRoutes: Routes = (service) => async (app) => {
  app.post(
    '/services/:id/versions',
    {
      config: {
        access: 'services:manage',
        idempotent: true,
        refuses: [SERVICE_DRAFT_EXISTS, SERVICE_VERSION_REFUSED],
      },
      schema: {
        tags,
        operationId: 'createServiceVersion',
        summary: 'Write the next version as a draft',
        params: IdParams,
        body: ServiceVersionBody,
        response: { 201: ServiceVersionView },
      },
    },
    async (request, reply) =>
      sendVersioned(reply, await service.createVersion(request.ctx, request.params.id, request.body), 201),
  );
  app.put(
    '/services/:id/versions/:number',
    {
      config: { access: 'services:manage', refuses: [SERVICE_VERSION_STATE, SERVICE_VERSION_REFUSED] },
      schema: {
        tags,
        operationId: 'changeServiceDraft',
        summary: 'Rewrite a draft',
        params: ServiceVersionParams,
        headers: IfMatchHeaders,
        body: ServiceVersionBody,
        response: { 200: ServiceVersionView },
      },
    },
    async (request, reply) => {
      const { id, number } = request.params;
      const version = expectedVersion(request);
      return sendVersioned(reply, await service.changeDraft(request.ctx, id, number, version, request.body));
    },
  );
};

const actionRoutes: Routes = (service) => async (app) => {
  const schema = {
    tags,
    params: ServiceVersionParams,
    headers: IfMatchHeaders,
    body: NoFields,
    response: { 200: ServiceVersionView },
  };
  app.post(
    '/services/:id/versions/:number/actions/publish',
    {
      config: { access: 'services:manage', refuses: [SERVICE_VERSION_STATE, SERVICE_VERSION_REFUSED] },
      preValidation: allowNoBody,
      schema: {
        ...schema,
        operationId: 'publishServiceVersion',
        summary: 'Publish a draft in place of the published version',
      },
    },
    async (request, reply) => {
      const { id, number } = request.params;
      return sendVersioned(reply, await service.publish(request.ctx, id, number, expectedVersion(request)));
    },
  );
  app.post(
    '/services/:id/versions/:number/actions/retire',
    {
      config: { access: 'services:manage', refuses: [SERVICE_VERSION_STATE] },
      preValidation: allowNoBody,
      schema: {
        ...schema,
        operationId: 'retireServiceVersion',
        summary: 'Take the published version out of use',
      },
    },
    async (request, reply) => {
      const { id, number } = request.params;
      return sendVersioned(reply, await service.retire(request.ctx, id, number, expectedVersion(request)));
    },
  );
};
