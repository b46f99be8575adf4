import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CSV, fileOf, takeFiles } from '../../../platform/http/file-bodies.ts';
import { KEY_IMPORT_BROKEN } from '../costing.errors.ts';
import { AllocationKeyView, KeyImportPreview, KeyImportQuery } from './allocation-lists.schemas.ts';
import type { AllocationListsService } from './allocation-lists.service.ts';

const FILE_LIMIT_BYTES = 256 * 1024;

/** A plugin of its own, for this route takes a file and nothing else. */
export const allocationListImportsRoutes =
  (service: AllocationListsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    takeFiles(app, [CSV]);
    app.route({
      method: 'POST',
      url: '/allocation-key-imports',
      config: { access: 'allocation-keys:manage', idempotent: true, refuses: [KEY_IMPORT_BROKEN] },
      bodyLimit: FILE_LIMIT_BYTES,
      schema: {
        tags: ['Cost allocation'],
        operationId: 'importAllocationKey',
        summary: 'Record a value list, or the next version of one, from a CSV file: all rows or none',
        description: 'UTF-8, semicolons or commas, a header row with Mitglied (AGS or id) and Wert.',
        querystring: KeyImportQuery,
        body: { content: { [CSV]: { schema: { type: 'string', description: 'Up to 256 KB' } } } },
        response: { 200: KeyImportPreview, 201: AllocationKeyView },
      },
      // The body is bytes, not the text its description says; the import reads and checks it.
      validatorCompiler: (part) =>
        part.httpPart === 'body' ? () => true : (app.validatorCompiler?.(part as never) as never),
      handler: async (request, reply) => {
        const { bytes } = fileOf(request.body);
        if (request.query.dryRun) return service.previewImport(request.ctx, bytes, request.query);
        reply.code(201);
        return service.importFile(request.ctx, bytes, request.query);
      },
    });
  };
