import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { sendTagged } from '../../../platform/http/content-tags.ts';
import { IdParams } from '../../../platform/http/schemas.ts';
import {
  LEDGER_ACCOUNTS_MISSING,
  LEDGER_EXPORT_EMPTY,
  LEDGER_FILE_REFUSED,
  LEDGER_PERIOD_UNKNOWN,
  LEDGER_PROFILE_UNKNOWN,
  LEDGER_SELECTION_MISSING,
} from './ledger.errors.ts';
import {
  CreateLedgerExport,
  LedgerExportPage,
  LedgerExportPreview,
  LedgerExportQuery,
  LedgerExportView,
  RepeatLedgerExport,
} from './ledger-exports.schemas.ts';
import type { LedgerExportsService } from './ledger-exports.service.ts';

const tags = ['Ledger export'];
const read = { access: 'ledger:read' };
const manage = { access: 'ledger:manage', idempotent: true };

export const ledgerExportsRoutes =
  (service: LedgerExportsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/ledger-exports',
      {
        config: read,
        schema: {
          tags,
          operationId: 'listLedgerExports',
          summary: 'Exports with their repetitions, the newest first',
          querystring: LedgerExportQuery,
          response: { 200: LedgerExportPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.post(
      '/ledger-exports',
      {
        config: {
          ...manage,
          refuses: [
            LEDGER_SELECTION_MISSING,
            LEDGER_PROFILE_UNKNOWN,
            LEDGER_PERIOD_UNKNOWN,
            LEDGER_EXPORT_EMPTY,
            LEDGER_ACCOUNTS_MISSING,
            LEDGER_FILE_REFUSED,
          ],
        },
        schema: {
          tags,
          operationId: 'createLedgerExport',
          summary: 'Take issued documents to the books, each once; or look at the bookings first',
          body: CreateLedgerExport,
          response: { 200: LedgerExportPreview, 201: LedgerExportView },
        },
      },
      async (request, reply) => {
        const { ctx, body } = request;
        if (body.dryRun) return service.preview(ctx, body);
        return sendTagged(reply, await service.create(ctx, body), 201);
      },
    );
    app.get(
      '/ledger-exports/:id',
      {
        config: read,
        schema: {
          tags,
          operationId: 'getLedgerExport',
          summary: 'One export with its documents and repetitions',
          params: IdParams,
          response: { 200: LedgerExportView },
        },
      },
      async (request, reply) => sendTagged(reply, await service.get(request.ctx, request.params.id)),
    );
    app.get(
      '/ledger-exports/:id/file',
      {
        config: read,
        schema: {
          tags,
          operationId: 'getLedgerExportFile',
          summary: 'The file, byte for byte as it was made',
          params: IdParams,
          response: {
            200: {
              description: 'A file; charset and name as the profile says',
              content: { 'text/csv': { schema: { type: 'string', format: 'binary' } } },
            },
          },
        },
      },
      async (request, reply) => {
        const { fileName, mediaType, sha256, bytes } = await service.file(request.ctx, request.params.id);
        reply.header('content-type', mediaType).header('etag', `"${sha256}"`);
        reply.header('content-disposition', `attachment; filename="${fileName}"`);
        return reply.send(bytes as never) as never;
      },
    );
    app.post(
      '/ledger-exports/:id/re-exports',
      {
        config: { ...manage, refuses: [LEDGER_PROFILE_UNKNOWN, LEDGER_FILE_REFUSED] },
        schema: {
          tags,
          operationId: 'repeatLedgerExport',
          summary: 'Make the file of an export again, marked as a repetition',
          params: IdParams,
          body: RepeatLedgerExport,
          response: { 201: LedgerExportView },
        },
      },
      async (request, reply) => {
        const { ctx, params, body } = request;
        return sendTagged(reply, await service.repeat(ctx, params.id, body), 201);
      },
    );
  };
