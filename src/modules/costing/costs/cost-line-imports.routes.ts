import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CSV, fileOf, takeFiles, XLSX } from '../../../platform/http/file-bodies.ts';
import { AMOUNT_OUT_OF_RANGE } from '../../../platform/money/index.ts';
import { COST_LINE_IMPORT_BROKEN, COST_LINE_IMPORT_REPEATED } from '../costing.errors.ts';
import { COST_LINE_MAPPING_UNKNOWN } from './cost-centres.errors.ts';
import { ImportListQuery, ImportPage, ImportPreview, ImportQuery, ImportView } from './cost-lines.schemas.ts';
import type { CostLinesService } from './cost-lines.service.ts';

const tags = ['Cost allocation'];
const FILE_LIMIT_BYTES = 8 * 1024 * 1024;

/** A plugin of its own, for these routes take files and nothing else. */
export const costLineImportsRoutes =
  (service: CostLinesService): FastifyPluginAsyncTypebox =>
  async (app) => {
    takeFiles(app, [CSV, XLSX]);
    app.get(
      '/cost-line-imports',
      {
        config: { access: 'costs:read' },
        schema: {
          tags,
          operationId: 'listCostLineImports',
          summary: 'Imported files, newest first',
          querystring: ImportListQuery,
          response: { 200: ImportPage },
        },
      },
      (request) => service.listImports(request.ctx, request.query),
    );
    app.route({
      method: 'POST',
      url: '/cost-line-imports',
      config: {
        access: 'costs:write',
        idempotent: true,
        refuses: [
          COST_LINE_IMPORT_BROKEN,
          COST_LINE_IMPORT_REPEATED,
          COST_LINE_MAPPING_UNKNOWN,
          AMOUNT_OUT_OF_RANGE,
        ],
      },
      bodyLimit: FILE_LIMIT_BYTES,
      schema: {
        tags,
        operationId: 'importCostLines',
        summary: 'Import cost lines from a CSV or XLSX file: all rows or none',
        description:
          'Without `mappingId` a header row with Datum, Leistung or Kostenstelle, Kostenart, Betrag, and if wanted Text, Beleg, Förderung, Wertart (Ist, Plan), Buchungsart (Kosten, Förderung, Ertrag), or the same in English; days as 2026-01-31 or 31.01.2026, amounts as 1.234,56 or 1234.56. With it the file is read as the mapping says, and columns that it does not name are passed over. CSV in UTF-8 with semicolons or commas; of XLSX files the first sheet.',
        querystring: ImportQuery,
        body: {
          content: {
            [CSV]: { schema: { type: 'string', description: 'Up to 8 MB and 20,000 rows' } },
            [XLSX]: {
              schema: { type: 'string', format: 'binary', description: 'Up to 8 MB and 20,000 rows' },
            },
          },
        },
        response: { 200: ImportPreview, 201: ImportView },
      },
      // The body is bytes, not the text its description says; the import reads and checks it.
      validatorCompiler: (part) =>
        part.httpPart === 'body' ? () => true : (app.validatorCompiler?.(part as never) as never),
      handler: async (request, reply) => {
        const file = fileOf(request.body);
        if (request.query.dryRun) return service.previewImport(request.ctx, file, request.query);
        reply.code(201);
        return service.importFile(request.ctx, file, request.query);
      },
    });
  };
