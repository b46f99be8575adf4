import type postgres from 'postgres';
import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, readUnderHat, writeUnderHat } from '../../platform/db/hat.ts';
import { answerRow } from '../../platform/db/idempotency.ts';
import { preconditionFailed } from '../../platform/http/etags.ts';
import type { outboxRow } from '../../platform/jobs/outbox.ts';
import { auditRow } from '../audit/index.ts';
import { type EventFacts, eventRow, type Parties } from './events.repo.ts';
import type { RequestRow, SummaryRow } from './requests.rows.ts';
import type { RequestQuery } from './requests.schemas.ts';
import { OPEN_STATUSES } from './transitions.rules.ts';

/** As the partial indexes have it. */
const OPEN: readonly string[] = OPEN_STATUSES;

type Sql = postgres.Sql | postgres.TransactionSql;
export type OutboxRow = ReturnType<typeof outboxRow>;

const summaryColumns = (
  sql: Sql,
) => sql`r.id, r.number, r.status, r.hold_reason as "holdReason", r.priority, r.subject, r.centre_id as "centreId",
  r.organisation_id as "organisationId", r.service_id as "serviceId", r.service_title as "serviceTitle", r.service_version_number as "serviceVersion",
  r.external_reference as "externalReference", r.team_id as "teamId", r.assignee_id as "assigneeId", r.created_at as "createdAt",
  r.updated_at as "updatedAt", r.submitted_at as "submittedAt", r.closes_at as "closesAt", r.version`;

const requestColumns = (
  sql: Sql,
) => sql`${summaryColumns(sql)}, r.description, r.form_data as "formData", r.requester_id as "requesterId",
  r.requester_name as "requesterName", r.service_version_id as "serviceVersionId", r.agreement_version_id as "agreementVersionId",
  r.follows_id as "followsId", r.result_code as "resultCode", r.result_text as "resultText", r.rejection_code as "rejectionCode",
  r.receipt_at as "receiptAt", r.accepted_at as "acceptedAt", r.started_at as "startedAt", r.resolved_at as "resolvedAt", r.closed_at as "closedAt"`;

/** Everything a new row needs but its number, which the database draws. */
export type NewRequest = Omit<RequestRow, 'number' | 'version'>;

export interface Series {
  /** Name of the number series, one per centre and year. */
  readonly name: string;
  /** What stands before the number, `SOE-2026-`. */
  readonly prefix: string;
}

/**
 * Writes a request with its first event, audit row, job and, under an idempotency key, the answer to be given again: one statement
 * that is a transaction of its own. Returns the number it drew, which it also puts into `answer`.
 */
export async function insertRequest(
  db: Database,
  ctx: HatContext,
  row: NewRequest,
  { series, answer, ...record }: Filing,
): Promise<string> {
  const [written] = await writeUnderHat<{ number: string }>(
    db,
    ctx,
    (sql, hat) => sql`with ${hat},
    drawn as (select app.next_number(${series.name})::text as n from hat where ${isNew(sql, ctx)}),
    r as (
      insert into service_requests (number, id, centre_id, organisation_id, service_id, service_version_id, service_version_number, service_title,
        agreement_version_id, status, priority, subject, description, form_data, external_reference, requester_id, requester_name, follows_id,
        created_at, updated_at, submitted_at)
      select ${series.prefix}::text || lpad(n, greatest(6, length(n)), '0'),
        ${row.id}, ${row.centreId}, ${row.organisationId}, ${row.serviceId}, ${row.serviceVersionId}, ${row.serviceVersion}, ${row.serviceTitle},
        ${row.agreementVersionId}, ${row.status}, ${row.priority}, ${row.subject}, ${row.description}, ${JSON.stringify(row.formData)},
        ${row.externalReference}, ${row.requesterId}, ${row.requesterName}, ${row.followsId}, ${row.createdAt}, ${row.updatedAt}, ${row.submittedAt}
      from drawn
      returning number
    ), ${history(sql, ctx, row, record)} ${keptAnswer(sql, ctx, answer)}
    select number from r`,
  );
  if (written === undefined) throw new Error('nothing was written: the key has its answer');
  return written.number;
}

/** What is written with a new row, and the answer to be kept. */
export interface Filing extends Record {
  readonly series: Series;
  readonly answer: object;
}

/** What is written beside the row itself whenever a request changes. */
export interface Record {
  readonly fact: EventFacts;
  readonly audit: { readonly action: string; readonly details: { readonly [name: string]: unknown } };
  readonly jobs: readonly OutboxRow[];
}

/** A repeated request draws no number, and then writes nothing. Put as a case, for the keys are seen only once the hat is open. */
function isNew(sql: Sql, { hat, idempotency }: HatContext) {
  if (idempotency === null) return sql`is_open`;
  return sql`case when is_open then not exists (select from idempotency_keys
    where hat_kind = ${hat.kind} and hat_id = ${hat.id} and route = ${idempotency.route} and key = ${idempotency.key}) end`;
}

/** The answer under its key, with the number that only the database knows. */
function keptAnswer(sql: Sql, ctx: HatContext, answer: object) {
  if (ctx.idempotency === null) return sql``;
  const { answer: text, ...row } = answerRow(ctx, ctx.idempotency, answer);
  return sql`, k as (insert into idempotency_keys (${sql(Object.keys(row))}, answer)
    select ${sql(row)}, ${text}::jsonb || jsonb_build_object('number', number) from r)`;
}

/** A further part of a statement whose part `r` is the change: the row is written exactly when there was one. */
function besides(sql: Sql, part: string, table: string, row: object) {
  return sql`${sql(part)} as (insert into ${sql(table)} (${sql(Object.keys(row))}) select ${sql(row as never)} from r)`;
}

/** The same statement writes history, audit trail and jobs: a round trip saved, and none of them can be forgotten. */
function history(sql: Sql, ctx: HatContext, row: Parties, { fact, audit, jobs }: Record) {
  const { centreId, organisationId } = row;
  const entry = auditRow(ctx, {
    ...audit,
    entityType: 'service_request',
    entityId: row.id,
    centreId,
    ...(fact.visibility !== 'centre' && { organisationId }),
  });
  return sql`${besides(sql, 'e', 'service_request_events', eventRow(ctx, row, fact))},
    ${besides(sql, 'a', 'audit_entries', entry)}
    ${jobs.length === 0 ? sql`` : jobs.map((job, index) => sql`, ${besides(sql, `o${index}`, 'outbox_jobs', job)}`)}`;
}

/** One request, or undefined when there is none under this hat. */
export async function findRequest(tx: HatTx, id: string): Promise<RequestRow | undefined> {
  const [row] = await tx.sql<
    RequestRow[]
  >`select ${requestColumns(tx.sql)} from service_requests r where r.id = ${id}`;
  return row;
}

/** The same, unchanged by others until the transaction ends: for work that nobody told which version to expect. */
export async function lockRequest(tx: HatTx, id: string): Promise<RequestRow | undefined> {
  const [row] = await tx.sql<
    RequestRow[]
  >`select ${requestColumns(tx.sql)} from service_requests r where r.id = ${id} for no key update`;
  return row;
}

/** The same in one round trip, for reading alone. */
export async function readRequest(
  db: Database,
  ctx: HatContext,
  id: string,
): Promise<RequestRow | undefined> {
  const [row] = await readUnderHat<RequestRow>(
    db,
    ctx,
    (sql) => sql`select ${requestColumns(sql)} from service_requests r where r.id = ${id}`,
  );
  return row;
}

/** Columns a transition or an edit may set. Snake case: they go into the statement as they are. */
export interface Patch {
  readonly status?: string;
  readonly hold_reason?: string | null;
  readonly priority?: number;
  readonly subject?: string;
  readonly description?: string | null;
  readonly form_data?: string;
  readonly external_reference?: string | null;
  readonly team_id?: string;
  readonly assignee_id?: string | null;
  readonly result_code?: string | null;
  readonly result_text?: string | null;
  readonly rejection_code?: string;
  readonly agreement_version_id?: string;
  readonly submitted_at?: string;
  readonly receipt_at?: string;
  readonly accepted_at?: string;
  readonly started_at?: string;
  readonly resolved_at?: string | null;
  readonly closes_at?: string | null;
  readonly closed_at?: string;
}

/**
 * Changes a request that is still at the version it was read at, with its history in the same statement.
 * Throws `PRECONDITION_FAILED` when it is not.
 */
export async function changeRequest(
  tx: HatTx,
  ctx: HatContext,
  row: RequestRow,
  patch: Patch,
  record: Record,
): Promise<void> {
  const { sql } = tx;
  const set = { ...patch, updated_at: ctx.now, version: row.version + 1 };
  const fact = { expectedVersion: row.version, ...record.fact };
  const [written] = await sql<{ count: number }[]>`
    with r as (update service_requests set ${sql(set)} where id = ${row.id} and version = ${row.version} returning id),
    ${history(sql, ctx, row, { ...record, fact })}
    select count(*)::int as count from r`;
  if (written?.count !== 1) throw preconditionFailed();
}

/** Up to `limit` requests, newest or oldest first, after the given id (UUIDv7: the order of filing). */
export async function listRequests(
  db: Database,
  ctx: HatContext,
  query: RequestQuery,
  after: string | undefined,
  limit: number,
): Promise<SummaryRow[]> {
  return readUnderHat<SummaryRow>(db, ctx, (sql) => {
    const isNewestFirst = query.sort === 'newest';
    const beyond = isNewestFirst ? sql`<` : sql`>`;
    const hat =
      ctx.hat.kind === 'centre' ? sql`r.centre_id = ${ctx.hat.id}` : sql`r.organisation_id = ${ctx.hat.id}`;
    return sql`select ${summaryColumns(sql)} from service_requests r where ${hat} ${filters(sql, query)} ${assignee(sql, ctx, query)}
      ${after === undefined ? sql`` : sql`and r.id ${beyond} ${after}`}
      order by r.id ${isNewestFirst ? sql`desc` : sql`asc`} limit ${limit}`;
  });
}

/** Written out one by one, so that each combination is a prepared statement of its own with a plan of its own. */
function filters(sql: Sql, query: RequestQuery) {
  const { centreId, organisationId, serviceId, teamId, status, open, externalReference, q } = query;
  return sql`
    ${centreId === undefined ? sql`` : sql`and r.centre_id = ${centreId}`}
    ${organisationId === undefined ? sql`` : sql`and r.organisation_id = ${organisationId}`}
    ${serviceId === undefined ? sql`` : sql`and r.service_id = ${serviceId}`}
    ${teamId === undefined ? sql`` : sql`and r.team_id = ${teamId}`}
    ${status === undefined ? sql`` : inStatus(sql, status)}
    ${open === true || status?.every((one) => OPEN.includes(one)) ? sql`and r.status in ('submitted', 'awaiting_approval', 'accepted', 'in_progress', 'on_hold')` : sql``}
    ${open === false ? sql`and r.status not in ('submitted', 'awaiting_approval', 'accepted', 'in_progress', 'on_hold')` : sql``}
    ${externalReference === undefined ? sql`` : sql`and r.external_reference = ${externalReference}`}
    ${q === undefined ? sql`` : sql`and (r.search @@ websearch_to_tsquery('german', ${q}) or r.number = ${q})`}`;
}

/** One status as one: its index then gives the rows in their order. */
function inStatus(sql: Sql, [first, ...others]: readonly string[]) {
  if (others.length === 0) return sql`and r.status = ${first ?? null}`;
  return sql`and r.status = any(${[first, ...others] as string[]})`;
}

/** Members are not told who does the work, so they cannot ask for it either. */
function assignee(sql: Sql, { hat }: HatContext, { assigneeId }: RequestQuery) {
  if (assigneeId === undefined) return sql``;
  return hat.kind === 'centre' ? sql`and r.assignee_id = ${assigneeId}` : sql`and false`;
}

/**
 * Locks the next request of a caseworker's teams: the most urgent and oldest of those that nobody else is just claiming, whichever
 * team it is. Looks at the first `depth` of each team, in the order of its index; with all of them held by others, at none.
 */
export async function lockNext(tx: HatTx, userId: string, depth: number): Promise<RequestRow | undefined> {
  const [row] = await tx.sql<RequestRow[]>`
    with first as materialized (
      select next.id from team_members m
      cross join lateral (
        select r.id from service_requests r
        where r.team_id = m.team_id and r.status = 'accepted' and r.assignee_id is null
        order by r.priority, r.submitted_at, r.id limit ${depth}) next
      where m.user_id = ${userId})
    select ${requestColumns(tx.sql)} from service_requests r
    where r.id in (select id from first) and r.status = 'accepted' and r.assignee_id is null
    order by r.priority, r.submitted_at, r.id limit 1 for update of r skip locked`;
  return row;
}

/** True for a user who works requests in this centre. */
export async function isCaseworker(tx: HatTx, centreId: string, userId: string): Promise<boolean> {
  const rows =
    await tx.sql`select from role_assignments where user_id = ${userId} and hat_kind = 'centre' and hat_id = ${centreId} and role in ('caseworker', 'team-lead') limit 1`;
  return rows.length === 1;
}

/** True when the request is one of the caller's with this centre, and finished. */
export async function isFinished(
  db: Database,
  ctx: HatContext,
  centreId: string,
  id: string,
): Promise<boolean> {
  const rows = await readUnderHat(
    db,
    ctx,
    (sql) =>
      sql`select id from service_requests where id = ${id} and centre_id = ${centreId} and status in ('closed', 'rejected', 'cancelled')`,
  );
  return rows.length === 1;
}
