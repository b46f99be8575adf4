import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowNoBody } from '../../../platform/http/bodies.ts';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { closed, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { FOUR_EYES_REQUIRED } from '../../costing/index.ts';
import {
  ProfileParams,
  ProfileView,
  PutProfile,
  PutRecipient,
  RecipientPage,
  RecipientParams,
  RecipientQuery,
  RecipientView,
} from './billing-parties.schemas.ts';
import type { BillingPartiesService } from './billing-parties.service.ts';
import { DOCUMENT_REFUSED, PAYEE_ACCOUNT_CONFIRMED } from './statements.errors.ts';

const tags = ['Statements'];
const manage = { access: 'billing-profile:manage', refuses: [DOCUMENT_REFUSED] };

export const billingPartiesRoutes =
  (service: BillingPartiesService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/billing-profiles/:centreId',
      {
        config: { access: 'billing-profile:read' },
        schema: {
          tags,
          operationId: 'getBillingProfile',
          summary: 'Who issues the documents of the centre',
          params: ProfileParams,
          response: { 200: ProfileView },
        },
      },
      async (request, reply) =>
        sendVersioned(reply, await service.profile(request.ctx, request.params.centreId)),
    );
    app.put(
      '/billing-profiles/:centreId',
      {
        config: manage,
        schema: {
          tags,
          operationId: 'putBillingProfile',
          summary:
            'Say who issues; the first time with If-Match: "0". Another account waits for a second person; the one in force takes it back',
          params: ProfileParams,
          headers: IfMatchHeaders,
          body: PutProfile,
          response: { 200: ProfileView },
        },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        const { ctx, params, body } = request;
        return sendVersioned(reply, await service.putProfile(ctx, params.centreId, version, body));
      },
    );
    registerConfirming(app, service);
    app.get(
      '/billing-recipients',
      {
        config: { access: 'statements:read' },
        schema: {
          tags,
          operationId: 'listBillingRecipients',
          summary: 'Where documents go; members see their own entry',
          querystring: RecipientQuery,
          response: { 200: RecipientPage },
        },
      },
      (request) => service.listRecipients(request.ctx, request.query),
    );
    app.get(
      '/billing-recipients/:organisationId',
      {
        config: { access: 'billing-profile:read' },
        schema: {
          tags,
          operationId: 'getBillingRecipient',
          summary: 'Where the documents of a member go',
          params: RecipientParams,
          response: { 200: RecipientView },
        },
      },
      async (request, reply) =>
        sendVersioned(reply, await service.recipient(request.ctx, request.params.organisationId)),
    );
    app.put(
      '/billing-recipients/:organisationId',
      {
        config: manage,
        schema: {
          tags,
          operationId: 'putBillingRecipient',
          summary: 'Say where the documents of a member go; the first time with If-Match: "0"',
          params: RecipientParams,
          headers: IfMatchHeaders,
          body: PutRecipient,
          response: { 200: RecipientView },
        },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        const { ctx, params, body } = request;
        return sendVersioned(reply, await service.putRecipient(ctx, params.organisationId, version, body));
      },
    );
  };

function registerConfirming(
  app: Parameters<FastifyPluginAsyncTypebox>[0],
  service: BillingPartiesService,
): void {
  app.post(
    '/billing-profiles/:centreId/actions/confirm-account',
    {
      config: { access: 'payee-account:confirm', refuses: [PAYEE_ACCOUNT_CONFIRMED, FOUR_EYES_REQUIRED] },
      preValidation: allowNoBody,
      schema: {
        tags,
        operationId: 'confirmPayeeAccount',
        summary: 'Say that the account somebody else recorded is the one to pay to; documents bear it then',
        params: ProfileParams,
        headers: IfMatchHeaders,
        body: closed({}),
        response: { 200: ProfileView },
      },
    },
    async (request, reply) => {
      const version = expectedVersion(request);
      const { ctx, params } = request;
      return sendVersioned(reply, await service.confirmAccount(ctx, params.centreId, version));
    },
  );
}
