import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { expectedVersion, sendVersioned } from '../../../platform/http/etags.ts';
import { IdParams, IfMatchHeaders } from '../../../platform/http/schemas.ts';
import { LEDGER_PROFILE_NAME_TAKEN, LEDGER_PROFILE_REFUSED } from './ledger.errors.ts';
import {
  LedgerProfileInput,
  LedgerProfilePage,
  LedgerProfileQuery,
  LedgerProfileView,
} from './ledger-profiles.schemas.ts';
import type { LedgerProfilesService } from './ledger-profiles.service.ts';

const tags = ['Ledger export'];
const read = { access: 'ledger:read' };
const manage = { access: 'ledger:manage' };

export const ledgerProfilesRoutes =
  (service: LedgerProfilesService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/ledger-export-profiles',
      {
        config: read,
        schema: {
          tags,
          operationId: 'listLedgerExportProfiles',
          summary: 'Export profiles by name',
          querystring: LedgerProfileQuery,
          response: { 200: LedgerProfilePage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/ledger-export-profiles',
      {
        config: { ...manage, idempotent: true, refuses: [LEDGER_PROFILE_NAME_TAKEN, LEDGER_PROFILE_REFUSED] },
        schema: {
          tags,
          operationId: 'createLedgerExportProfile',
          summary: 'Describe the files that a finance program reads',
          body: LedgerProfileInput,
          response: { 201: LedgerProfileView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.create(request.ctx, request.body), 201),
    );
    app.get(
      '/ledger-export-profiles/:id',
      {
        config: read,
        schema: {
          tags,
          operationId: 'getLedgerExportProfile',
          summary: 'One export profile',
          params: IdParams,
          response: { 200: LedgerProfileView },
        },
      },
      async (request, reply) => sendVersioned(reply, await service.get(request.ctx, request.params.id)),
    );
    app.put(
      '/ledger-export-profiles/:id',
      {
        config: { ...manage, refuses: [LEDGER_PROFILE_NAME_TAKEN, LEDGER_PROFILE_REFUSED] },
        schema: {
          tags,
          operationId: 'changeLedgerExportProfile',
          summary: 'Change an export profile; exports keep what they were made by',
          params: IdParams,
          headers: IfMatchHeaders,
          body: LedgerProfileInput,
          response: { 200: LedgerProfileView },
        },
      },
      async (request, reply) => {
        const version = expectedVersion(request);
        const { ctx, params, body } = request;
        return sendVersioned(reply, await service.change(ctx, params.id, version, body));
      },
    );
  };
