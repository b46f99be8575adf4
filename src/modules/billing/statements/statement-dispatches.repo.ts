import type { Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { newId } from '../../../platform/ids.ts';
import type { StatementDocument } from '../documents/document.types.ts';
import type {
  DispatchRow,
  DispatchSubject,
  FileReference,
  NewDispatch,
  StoredFile,
} from './statement-sending.types.ts';
import type { DocumentFormat } from './statements.types.ts';

/** False when it goes out by itself already. */
export async function insertDispatch(
  { sql }: HatTx,
  { actor, now }: HatContext,
  { entityType, id: subjectId, centreId, organisationId }: DispatchSubject,
  { id, trigger, reason, recipient, files }: NewDispatch,
): Promise<boolean> {
  const [statementId, noticeId] = entityType === 'statement' ? [subjectId, null] : [null, subjectId];
  const { count } =
    await sql`insert into statement_dispatches (id, statement_id, notice_id, centre_id, organisation_id, trigger, reason, recipient, files,
      requested_by, requested_by_name, requested_at)
    values (${id}, ${statementId}, ${noticeId}, ${centreId}, ${organisationId}, ${trigger}, ${reason}, ${recipient}, ${JSON.stringify(files)}::text::jsonb,
      ${actor.id}, ${actor.name}, ${now})
    on conflict do nothing`;
  return count === 1;
}

const select = ({ sql }: HatTx) => sql`
  select d.id, d.statement_id as "statementId", d.notice_id as "noticeId", d.centre_id as "centreId", d.organisation_id as "organisationId", d.trigger, d.reason, d.recipient,
    d.files, d.requested_by as "requestedBy", d.requested_by_name as "requestedByName", d.requested_at as "requestedAt",
    coalesce((select jsonb_agg(jsonb_build_object('status', a.status, 'answer', a.answer,
        'at', to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by a.id)
      from statement_dispatch_attempts a where a.dispatch_id = d.id), '[]') as attempts
  from statement_dispatches d`;

export async function findDispatch(tx: HatTx, id: string): Promise<DispatchRow | undefined> {
  const [row] = await tx.sql<DispatchRow[]>`${select(tx)} where d.id = ${id}`;
  return row;
}

/** Up to `limit` dispatches of a statement, the newest first, before the given id. */
export async function listDispatches(
  tx: HatTx,
  statementId: string,
  before: string | undefined,
  limit: number,
): Promise<DispatchRow[]> {
  const { sql } = tx;
  return sql<DispatchRow[]>`${select(tx)} where d.statement_id = ${statementId}
    ${before === undefined ? sql`` : sql`and d.id < ${before}`} order by d.id desc limit ${limit}`;
}

/** As `statusOf` says of the attempts. */
export const dispatchStatus = ({ sql }: HatTx) => sql`
  coalesce((select a.status from statement_dispatch_attempts a where a.dispatch_id = d.id
    order by (a.status <> 'failed') desc limit 1), 'waiting')`;

export interface DispatchFilter {
  readonly status?: string | undefined;
  readonly batchId?: string | undefined;
  readonly noticeId?: string | undefined;
}

/** Up to `limit` dispatches of the centre, the newest first, before the given id. */
export async function listDispatchesOf(
  tx: HatTx,
  centreId: string,
  { status, batchId, noticeId }: DispatchFilter,
  before: string | undefined,
  limit: number,
): Promise<DispatchRow[]> {
  const { sql } = tx;
  return sql<DispatchRow[]>`${select(tx)} where d.centre_id = ${centreId}
    ${status === undefined ? sql`` : sql`and ${dispatchStatus(tx)} = ${status}`}
    ${noticeId === undefined ? sql`` : sql`and d.notice_id = ${noticeId}`}
    ${batchId === undefined ? sql`` : sql`and d.statement_id in (select id from statements where batch_id = ${batchId})`}
    ${before === undefined ? sql`` : sql`and d.id < ${before}`} order by d.id desc limit ${limit}`;
}

/** The newest dispatch of a statement. */
export async function lastDispatch(tx: HatTx, statementId: string): Promise<DispatchRow | undefined> {
  const [row] = await listDispatches(tx, statementId, undefined, 1);
  return row;
}

/** False when another run of the job said how it ended. */
export async function insertAttempt(
  { sql }: HatTx,
  { id: dispatchId, statementId, centreId, organisationId }: DispatchRow,
  { status, answer, at }: { readonly status: string; readonly answer: string; readonly at: Moment },
): Promise<boolean> {
  const { count } =
    await sql`insert into statement_dispatch_attempts (id, dispatch_id, statement_id, centre_id, organisation_id, status, answer, at)
    values (${newId()}, ${dispatchId}, ${statementId}, ${centreId}, ${organisationId}, ${status}, ${answer}, ${at})
    on conflict (dispatch_id) where status in ('sent', 'refused') do nothing`;
  return count === 1;
}

export async function findDocument(
  { sql }: HatTx,
  statementId: string,
): Promise<StatementDocument | undefined> {
  const [row] = await sql<
    { document: StatementDocument | null }[]
  >`select document from statements where id = ${statementId}`;
  return row?.document ?? undefined;
}

/** What there is of the formats, in the order asked for. */
export async function fileReferences(
  { sql }: HatTx,
  statementId: string,
  formats: readonly DocumentFormat[],
): Promise<FileReference[]> {
  return sql<FileReference[]>`select format, sha256 from statement_documents
    where statement_id = ${statementId} and format = any(${formats as string[]}) order by array_position(${formats as string[]}, format)`;
}

export async function readFiles(
  { sql }: HatTx,
  statementId: string,
  formats: readonly DocumentFormat[],
): Promise<StoredFile[]> {
  return sql<StoredFile[]>`select format, sha256, bytes from statement_documents
    where statement_id = ${statementId} and format = any(${formats as string[]}) order by array_position(${formats as string[]}, format)`;
}
