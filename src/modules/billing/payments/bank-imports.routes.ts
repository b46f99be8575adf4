import { createHash } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams } from '../../../platform/http/schemas.ts';
import { BILLING_PROFILE_MISSING, PAYEE_ACCOUNT_UNCONFIRMED } from '../statements/statements.errors.ts';
import {
  BankImportListQuery,
  BankImportPage,
  BankImportPreview,
  BankImportQuery,
  BankImportResult,
  BankImportView,
} from './bank-imports.schemas.ts';
import type { BankImportsService } from './bank-imports.service.ts';
import { BANK_ACCOUNT_FOREIGN, BANK_FILE_BROKEN, BANK_STATEMENT_REPEATED } from './payments.errors.ts';

const tags = ['Payments'];
const XML = 'application/xml';
const FILE_LIMIT_BYTES = 16 * 1024 * 1024;

/** A file as a request body; for idempotency keys it counts as its hash. */
class XmlBody {
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
  toJSON(): string {
    return createHash('sha256').update(this.bytes).digest('hex');
  }
}

/** A plugin of its own, for these routes take files and nothing else. */
export const bankImportsRoutes =
  (service: BankImportsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser<Buffer>(XML, { parseAs: 'buffer' }, (_request, bytes, done) =>
      done(null, new XmlBody(bytes)),
    );
    app.get(
      '/bank-statement-imports',
      {
        config: { access: 'bank-statements:read' },
        schema: {
          tags,
          operationId: 'listBankStatementImports',
          summary: 'Imported bank files, newest first',
          querystring: BankImportListQuery,
          response: { 200: BankImportPage },
        },
      },
      (request) => service.list(request.ctx, request.query),
    );
    app.get(
      '/bank-statement-imports/:id',
      {
        config: { access: 'bank-statements:read' },
        schema: {
          tags,
          operationId: 'getBankStatementImport',
          summary: 'One imported bank file; GET /payments?importId= lists what was in it',
          params: IdParams,
          response: { 200: BankImportView },
        },
      },
      (request) => service.get(request.ctx, request.params.id),
    );
    app.route({
      method: 'POST',
      url: '/bank-statement-imports',
      config: {
        access: 'bank-statements:import',
        idempotent: true,
        refuses: [
          BANK_FILE_BROKEN,
          BANK_ACCOUNT_FOREIGN,
          BANK_STATEMENT_REPEATED,
          BILLING_PROFILE_MISSING,
          PAYEE_ACCOUNT_UNCONFIRMED,
        ],
      },
      bodyLimit: FILE_LIMIT_BYTES,
      schema: {
        tags,
        operationId: 'importBankStatement',
        summary: 'Import a bank file (camt.053.001.02 or .08) and match its entries: all of it or nothing',
        description:
          'Statements of the account in the billing profile, in EUR, whose balances and entries add up; each statement and entry once. An entry is matched by the numbers of documents in its text, or by a known account and the exact amount of the one claim; everything else waits in `GET /payments?status=unclear`. A dry run only says so, which is the default.',
        querystring: BankImportQuery,
        body: { content: { [XML]: { schema: { type: 'string', description: 'UTF-8, up to 16 MB' } } } },
        response: { 200: BankImportPreview, 201: BankImportResult },
      },
      // The body is bytes, not the text its description says; the reader checks it.
      validatorCompiler: (part) =>
        part.httpPart === 'body' ? () => true : (app.validatorCompiler?.(part as never) as never),
      handler: async (request, reply) => {
        const bytes = request.body instanceof XmlBody ? request.body.bytes : Buffer.alloc(0);
        if (request.query.dryRun) return service.preview(request.ctx, bytes);
        reply.code(201);
        return service.importFile(request.ctx, bytes);
      },
    });
  };
