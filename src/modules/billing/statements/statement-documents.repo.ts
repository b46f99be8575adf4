import type { Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { DocumentFormat } from './statements.types.ts';

export interface KeptDocument {
  readonly format: DocumentFormat;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly createdAt: Moment;
}

export async function listDocuments({ sql }: HatTx, statementId: string): Promise<KeptDocument[]> {
  return sql<KeptDocument[]>`select format, size_bytes as "sizeBytes", sha256, created_at as "createdAt"
    from statement_documents where statement_id = ${statementId} order by format`;
}

export async function findBytes(
  { sql }: HatTx,
  statementId: string,
  format: DocumentFormat,
): Promise<Buffer | undefined> {
  const [row] = await sql<{ bytes: Buffer }[]>`
    select bytes from statement_documents where statement_id = ${statementId} and format = ${format}`;
  return row?.bytes;
}

export interface NewDocument {
  readonly format: DocumentFormat;
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** Keeps files once: who renders a statement again changes nothing. */
export async function insertDocuments(
  { sql }: HatTx,
  { now }: HatContext,
  statement: { readonly id: string; readonly centreId: string; readonly organisationId: string },
  documents: readonly NewDocument[],
): Promise<void> {
  const rows = documents.map(({ format, bytes, sha256 }) => ({
    statement_id: statement.id,
    format,
    centre_id: statement.centreId,
    organisation_id: statement.organisationId,
    bytes,
    size_bytes: bytes.length,
    sha256,
    created_at: now,
  }));
  await sql`insert into statement_documents ${sql(rows)} on conflict do nothing`;
}

/** False where somebody else was quicker. */
export async function markRendered(
  { sql }: HatTx,
  { now }: HatContext,
  statementId: string,
): Promise<boolean> {
  const { count } = await sql`update statements set rendered_at = ${now}, version = version + 1
    where id = ${statementId} and status = 'issued' and rendered_at is null`;
  return count === 1;
}
