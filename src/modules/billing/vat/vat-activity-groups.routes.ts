import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { VAT_GROUP_NAME_TAKEN, VAT_SERVICE_GROUPED, VAT_SERVICE_UNKNOWN } from './vat.errors.ts';
import {
  ChangeVatActivityGroup,
  CreateVatActivityGroup,
  RecordVatForecast,
  VatActivityGroupPage,
  VatActivityGroupQuery,
  VatActivityGroupView,
} from './vat-activity-groups.schemas.ts';
import type { VatActivityGroupsService } from './vat-activity-groups.service.ts';

const tags = ['VAT'];
const read = { access: 'vat-turnover:read' };
const manage = { access: 'vat-determinations:manage' };
const refuses = [VAT_GROUP_NAME_TAKEN, VAT_SERVICE_GROUPED, VAT_SERVICE_UNKNOWN];

export const vatActivityGroupsRoutes =
  (service: VatActivityGroupsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/vat-activity-groups',
      {
        config: read,
        schema: {
          tags,
          operationId: 'listVatActivityGroups',
          summary: 'Groups of like activities with their forecasts',
          querystring: VatActivityGroupQuery,
          response: { 200: VatActivityGroupPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/vat-activity-groups',
      {
        config: { ...manage, idempotent: true, refuses },
        schema: {
          tags,
          operationId: 'createVatActivityGroup',
          summary: 'Say which services are like activities (§ 2b Abs. 2 Nr. 1 UStG)',
          body: CreateVatActivityGroup,
          response: { 201: VatActivityGroupView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
    );
    app.get(
      '/vat-activity-groups/:id',
      {
        config: read,
        schema: {
          tags,
          operationId: 'getVatActivityGroup',
          summary: 'One group with its forecasts',
          params: IdParams,
          response: { 200: VatActivityGroupView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
    );
    app.put(
      '/vat-activity-groups/:id',
      {
        config: { ...manage, refuses },
        schema: {
          tags,
          operationId: 'changeVatActivityGroup',
          summary: 'Rename a group, or change its services; determinations stay as they are',
          params: IdParams,
          headers: IfMatchHeaders,
          body: ChangeVatActivityGroup,
          response: { 200: VatActivityGroupView },
        },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        const { ctx, params, body } = request;
        return sendVersioned(reply, await service.change(ctx, params.id, version, body));
      },
    );
    app.post(
      '/vat-activity-groups/:id/forecasts',
      {
        config: { ...manage, idempotent: true },
        schema: {
          tags,
          operationId: 'recordVatForecast',
          summary: 'Record what turnover a group is expected to have in a calendar year',
          params: IdParams,
          body: RecordVatForecast,
          response: { 201: VatActivityGroupView },
        },
      },
      async (request, reply) => {
        const { ctx, params, body } = request;
        return sendVersioned(reply, await service.recordForecast(ctx, params.id, body), 201);
      },
    );
  };
