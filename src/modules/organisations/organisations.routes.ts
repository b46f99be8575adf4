import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { expectedTag, sendTagged } from '../../platform/http/content-tags.ts';
import { expectedVersion, sendVersioned } from '../../platform/http/etags.ts';
import { IdParams, IfMatchHeaders } from '../../platform/http/schemas.ts';
import {
  AGS_TAKEN,
  ALREADY_MEMBER,
  CENTRE_CODE_TAKEN,
  LEAVING_REFUSED,
  ORGANISATION_UNKNOWN,
} from './organisations.errors.ts';
import {
  AddMember,
  CentrePage,
  CentreQuery,
  CentreView,
  ChangeCentre,
  ChangeMember,
  ChangeOrganisation,
  CreateCentre,
  CreateOrganisation,
  MemberPage,
  MemberParams,
  MemberView,
  OrganisationPage,
  OrganisationQuery,
  OrganisationView,
} from './organisations.schemas.ts';
import type { OrganisationsService } from './organisations.service.ts';

const tags = ['Organisations'];

export const organisationsRoutes =
  (service: OrganisationsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/organisations',
      {
        config: { access: 'signed-in' },
        schema: {
          tags,
          operationId: 'listOrganisations',
          summary: 'Organisations by name',
          querystring: OrganisationQuery,
          response: { 200: OrganisationPage },
        },
      },
      (request) => service.listOrganisations(request.ctx, request.query),
    );
    app.post(
      '/organisations',
      {
        config: { access: 'organisations:manage', idempotent: true, refuses: [AGS_TAKEN] },
        schema: {
          tags,
          operationId: 'createOrganisation',
          summary: 'Register an organisation',
          body: CreateOrganisation,
          response: { 201: OrganisationView },
        },
      },
      async (request, reply) =>
        sendVersioned(reply, await service.createOrganisation(request.ctx, request.body), 201),
    );
    app.get(
      '/organisations/:id',
      {
        config: { access: 'signed-in' },
        schema: {
          tags,
          operationId: 'getOrganisation',
          summary: 'One organisation',
          params: IdParams,
          response: { 200: OrganisationView },
        },
      },
      async (request, reply) =>
        sendVersioned(reply, await service.getOrganisation(request.ctx, request.params.id)),
    );
    app.patch(
      '/organisations/:id',
      {
        config: { access: 'organisations:manage' },
        schema: {
          tags,
          operationId: 'changeOrganisation',
          summary: 'Rename, or add population figures',
          params: IdParams,
          headers: IfMatchHeaders,
          body: ChangeOrganisation,
          response: { 200: OrganisationView },
        },
      },
      async (request, reply) =>
        sendVersioned(
          reply,
          await service.changeOrganisation(
            request.ctx,
            request.params.id,
            expectedVersion(request),
            request.body,
          ),
        ),
    );
    app.get(
      '/centres',
      {
        config: { access: 'signed-in' },
        schema: {
          tags,
          operationId: 'listCentres',
          summary: 'Shared-service centres',
          querystring: CentreQuery,
          response: { 200: CentrePage },
        },
      },
      (request) => service.listCentres(request.ctx, request.query),
    );
    app.post(
      '/centres',
      {
        config: {
          access: 'centres:manage',
          idempotent: true,
          refuses: [CENTRE_CODE_TAKEN, ORGANISATION_UNKNOWN],
        },
        schema: {
          tags,
          operationId: 'createCentre',
          summary: 'Set up a centre',
          body: CreateCentre,
          response: { 201: CentreView },
        },
      },
      async (request, reply) =>
        sendVersioned(reply, await service.createCentre(request.ctx, request.body), 201),
    );
    app.get(
      '/centres/:id',
      {
        config: { access: 'signed-in' },
        schema: {
          tags,
          operationId: 'getCentre',
          summary: 'One centre',
          params: IdParams,
          response: { 200: CentreView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.getCentre(request.ctx, request.params.id)),
    );
    app.patch(
      '/centres/:id',
      {
        config: { access: 'centres:manage' },
        schema: {
          tags,
          operationId: 'changeCentre',
          summary: 'Rename a centre',
          params: IdParams,
          headers: IfMatchHeaders,
          body: ChangeCentre,
          response: { 200: CentreView },
        },
      },
      async (request, reply) =>
        sendVersioned(
          reply,
          await service.changeCentre(request.ctx, request.params.id, expectedVersion(request), request.body),
        ),
    );
    app.get(
      '/centres/:id/members',
      {
        config: { access: 'signed-in' },
        schema: {
          tags,
          operationId: 'listMembers',
          summary: 'Members of a centre; a member sees itself only',
          params: IdParams,
          querystring: CentreQuery,
          response: { 200: MemberPage },
        },
      },
      (request) => service.listMembers(request.ctx, request.params.id, request.query),
    );
    app.post(
      '/centres/:id/members',
      {
        config: {
          access: 'members:manage',
          idempotent: true,
          refuses: [ALREADY_MEMBER, ORGANISATION_UNKNOWN],
        },
        schema: {
          tags,
          operationId: 'addMember',
          summary: 'Add a member',
          params: IdParams,
          body: AddMember,
          response: { 201: MemberView },
        },
      },
      async (request, reply) =>
        sendTagged(reply, await service.addMember(request.ctx, request.params.id, request.body), 201),
    );
    await app.register(membershipRoutes(service));
  };

const membershipRoutes =
  (service: OrganisationsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/centres/:id/members/:organisationId',
      {
        config: { access: 'signed-in' },
        schema: {
          tags,
          operationId: 'getMember',
          summary: 'One member of a centre; a member sees itself only',
          params: MemberParams,
          response: { 200: MemberView },
        },
      },
      async (request, reply) => sendTagged(reply, await service.getMember(request.ctx, request.params)),
    );
    app.patch(
      '/centres/:id/members/:organisationId',
      {
        config: { access: 'members:end', refuses: [LEAVING_REFUSED, ...service.departureProblems] },
        schema: {
          tags,
          operationId: 'changeMember',
          summary: 'Let a member leave on a day, or take that back',
          params: MemberParams,
          headers: IfMatchHeaders,
          body: ChangeMember,
          response: { 200: MemberView },
        },
      },
      async (request, reply) => {
        const { ctx, params, body } = request;
        return sendTagged(reply, await service.changeMember(ctx, params, expectedTag(request), body));
      },
    );
  };
