import { createHash } from 'node:crypto';
import type { Moment } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { newId } from '../../../platform/ids.ts';
import type { SentStatement, StoredFile, ValidationRow, Verdict } from './statement-sending.types.ts';

const columns = ({ sql }: HatTx) =>
  sql`id, format, document_sha256 as "documentSha256", accepted, report_size_bytes as "reportSizeBytes",
    report_sha256 as "reportSha256", validator, at`;

/** The verdict that stands: another run of the job may have come first. */
export async function insertValidation(
  tx: HatTx,
  { id: statementId, centreId, organisationId }: SentStatement,
  { format, sha256 }: Pick<StoredFile, 'format' | 'sha256'>,
  { accepted, report, validator, at }: Verdict & { readonly validator: string; readonly at: Moment },
): Promise<ValidationRow | undefined> {
  const hash = createHash('sha256').update(report).digest('hex');
  const [row] = await tx.sql<
    ValidationRow[]
  >`insert into statement_validations (id, statement_id, centre_id, organisation_id, format,
      document_sha256, accepted, report, report_size_bytes, report_sha256, validator, at)
    values (${newId()}, ${statementId}, ${centreId}, ${organisationId}, ${format}, ${sha256}, ${accepted}, ${report}, ${report.length},
      ${hash}, ${validator}, ${at})
    on conflict (statement_id, format) do nothing returning ${columns(tx)}`;
  return row;
}

/** At most one for each format. */
export async function listValidations(tx: HatTx, statementId: string): Promise<ValidationRow[]> {
  return tx.sql<
    ValidationRow[]
  >`select ${columns(tx)} from statement_validations where statement_id = ${statementId} order by id`;
}

export async function findReport(
  { sql }: HatTx,
  statementId: string,
  id: string,
): Promise<{ report: Buffer; format: string } | undefined> {
  const [row] = await sql<
    { report: Buffer; format: string }[]
  >`select report, format from statement_validations
    where statement_id = ${statementId} and id = ${id}`;
  return row;
}
