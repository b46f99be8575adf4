import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CSV, fileOf, takeFiles, XLSX } from '../../platform/http/file-bodies.ts';
import { USAGE_IMPORT_UNREADABLE } from './usage.errors.ts';
import type { UsageService } from './usage.service.ts';
import { ImportResult, UsageImportQuery } from './usage-imports.schemas.ts';

const FILE_LIMIT_BYTES = 8 * 1024 * 1024;

/** A plugin of its own, for this route takes files and nothing else. */
export const usageImportsRoutes =
  (service: UsageService): FastifyPluginAsyncTypebox =>
  async (app) => {
    takeFiles(app, [CSV, XLSX]);
    app.route({
      method: 'POST',
      url: '/usage-imports',
      config: { access: 'usage:write', refuses: [USAGE_IMPORT_UNREADABLE] },
      bodyLimit: FILE_LIMIT_BYTES,
      schema: {
        tags: ['Usage'],
        operationId: 'importUsage',
        summary: 'Record the rows of a CSV or XLSX file, each on its own',
        description:
          'A header row with Mitglied, Leistung, Menge and Datum, and as wanted Zähler, Einheit, Schlüssel, Aktenzeichen; other columns are left alone. CSV in UTF-8 with semicolons or commas; of an XLSX file the first sheet. Days as 2026-01-31 or 31.01.2026, with or without a time in Germany. Up to 20,000 rows. After a break send the file again: what was recorded answers `existing`.',
        querystring: UsageImportQuery,
        body: {
          content: {
            [CSV]: { schema: { type: 'string', description: 'Up to 8 MB' } },
            [XLSX]: { schema: { type: 'string', description: 'Up to 8 MB' } },
          },
        },
        response: { 200: ImportResult },
      },
      // The body is bytes, not the text its description says; the import reads and checks it.
      validatorCompiler: (part) =>
        part.httpPart === 'body' ? () => true : (app.validatorCompiler?.(part as never) as never),
      handler: async ({ ctx, log, query, body }) =>
        service.importFile(ctx, fileOf(body), query, (err) => log.error({ err }, 'rows failed')),
    });
  };
