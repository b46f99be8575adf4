import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { TableFile, TableFormat } from '../table-files.ts';

export const CSV = 'text/csv';
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const FORMATS: Readonly<Record<string, TableFormat>> = { [CSV]: 'csv', [XLSX]: 'xlsx' };

/** A file as a request body; for idempotency keys it counts as its hash. */
export class FileBody implements TableFile {
  readonly bytes: Buffer;
  readonly format: TableFormat;
  constructor(bytes: Buffer, format: TableFormat) {
    this.bytes = bytes;
    this.format = format;
  }
  toJSON(): string {
    return createHash('sha256').update(this.bytes).digest('hex');
  }
}

/** Lets the routes of a plugin take files of these types and nothing else. */
export function takeFiles(
  app: Pick<FastifyInstance, 'removeAllContentTypeParsers' | 'addContentTypeParser'>,
  types: readonly string[],
): void {
  app.removeAllContentTypeParsers();
  for (const type of types) {
    app.addContentTypeParser<Buffer>(type, { parseAs: 'buffer' }, (_request, bytes, done) =>
      done(null, new FileBody(bytes, FORMATS[type] ?? 'csv')),
    );
  }
}

/** The file of a request; an empty one where there is no body. */
export function fileOf(body: unknown): FileBody {
  return body instanceof FileBody ? body : new FileBody(Buffer.alloc(0), 'csv');
}
