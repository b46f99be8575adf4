import { createHash } from 'node:crypto';
import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { AMOUNT_OUT_OF_RANGE } from '../../platform/money/index.ts';
import { ImportListQuery, ImportPage, ImportPreview, ImportQuery, ImportView } from './cost-lines.schemas.ts';
import type { CostLinesService } from './cost-lines.service.ts';
import { COST_LINE_IMPORT_BROKEN, COST_LINE_IMPORT_REPEATED } from './costing.errors.ts';

const tags = ['Cost allocation'];
const CSV = 'text/csv';
const CSV_LIMIT_BYTES = 8 * 1024 * 1024;

/** A plugin of its own, for these routes take CSV and nothing else. */
export const costLineImportsRoutes =
  (service: CostLinesService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser<Buffer>(CSV, { parseAs: 'buffer' }, (_request, bytes, done) =>
      done(null, new CsvBody(bytes)),
    );
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
        refuses: [COST_LINE_IMPORT_BROKEN, COST_LINE_IMPORT_REPEATED, AMOUNT_OUT_OF_RANGE],
      },
      bodyLimit: CSV_LIMIT_BYTES,
      schema: {
        tags,
        operationId: 'importCostLines',
        summary: 'Import cost lines from a CSV file: all rows or none',
        description:
          'UTF-8, semicolons or commas, a header row with Datum, Leistung, Kostenart, Betrag, Text, Beleg (or day, service, cost type, amount, description, voucher; the last two may be missing). Days as 2026-01-31 or 31.01.2026, amounts as 1.234,56 or 1234.56.',
        querystring: ImportQuery,
        body: { content: { [CSV]: { schema: { type: 'string', description: 'Up to 8 MB' } } } },
        response: { 200: ImportPreview, 201: ImportView },
      },
      // The body is bytes, not the text its description says; the import reads and checks it.
      validatorCompiler: (part) =>
        part.httpPart === 'body' ? () => true : (app.validatorCompiler?.(part as never) as never),
      handler: async (request, reply) => {
        const { dryRun, repeat } = request.query;
        const bytes = request.body instanceof CsvBody ? request.body.bytes : Buffer.alloc(0);
        if (dryRun) return service.previewImport(request.ctx, bytes);
        reply.code(201);
        return service.importFile(request.ctx, bytes, repeat);
      },
    });
  };

/** A file; for idempotency keys it counts as its hash. */
class CsvBody {
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
  toJSON(): string {
    return createHash('sha256').update(this.bytes).digest('hex');
  }
}
