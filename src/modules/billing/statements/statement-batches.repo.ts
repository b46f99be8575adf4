import type { Day, Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { FieldError, ProblemDetails } from '../../../platform/errors.ts';
import { dispatchStatus } from './statement-dispatches.repo.ts';
import type { BatchStatus } from './statement-states.rules.ts';
import type { PayeeAccount } from './statements.types.ts';

/** A member that is left out, or a draft that was not issued, and why. */
export interface BlockedMember {
  readonly organisationId: string;
  readonly memberName: string;
  /** Null where there is not even a draft. */
  readonly statementId: string | null;
  readonly errors: readonly FieldError[];
}

export interface BatchRow {
  readonly id: string;
  readonly centreId: string;
  readonly periodId: string;
  readonly periodCode: string;
  readonly runId: string | null;
  readonly status: BatchStatus;
  readonly dueOn: Day | null;
  readonly notes: readonly string[];
  readonly contentHash: string | null;
  /** What somebody signed; null until then, and of what was signed before the account was part of it. */
  readonly signedHash: string | null;
  /** The account that the drafts would bear now; null where none was confirmed. */
  readonly account: PayeeAccount | null;
  readonly blocked: readonly BlockedMember[];
  readonly failure: Omit<ProblemDetails, 'type' | 'instance'> | null;
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: Moment;
  readonly issuedBy: string | null;
  readonly issuedByName: string | null;
  readonly issuedAt: Moment | null;
  readonly version: number;
  /** How far it has come: drafts made, issued, with all their files. */
  readonly statementCount: number;
  readonly issuedCount: number;
  readonly renderedCount: number;
  /** Statements by what became of their last dispatch, and those that a validator rejected. */
  readonly sentCount: number;
  readonly refusedCount: number;
  readonly failedCount: number;
  readonly rejectedCount: number;
  readonly payableCents: number;
}

const select = (tx: HatTx) => tx.sql`
  select b.id, b.centre_id as "centreId", b.period_id as "periodId", b.period_code as "periodCode", b.run_id as "runId", b.status,
    b.due_on as "dueOn", b.notes, b.content_hash as "contentHash", b.signed_hash as "signedHash",
    (select seller->'bank' from billing_profiles p where p.centre_id = b.centre_id) as account, b.blocked, b.failure, b.created_by as "createdBy",
    b.created_by_name as "createdByName", b.created_at as "createdAt", b.issued_by as "issuedBy", b.issued_by_name as "issuedByName",
    b.issued_at as "issuedAt", b.version, s.*, sending.*
  from statement_batches b cross join lateral (
    select count(*)::int as "statementCount", count(*) filter (where status = 'issued')::int as "issuedCount",
      count(rendered_at)::int as "renderedCount",
      coalesce(sum(case when kind = 381 then -payable_cents else payable_cents end), 0)::bigint as "payableCents"
    from statements where batch_id = b.id and status <> 'discarded') s
  cross join lateral (
    select count(*) filter (where last.status = 'sent')::int as "sentCount",
      count(*) filter (where last.status = 'refused')::int as "refusedCount",
      count(*) filter (where last.status = 'failed')::int as "failedCount",
      count(*) filter (where exists (
        select from statement_validations v where v.statement_id = i.id and not v.accepted))::int as "rejectedCount"
    from statements i left join lateral (
      select ${dispatchStatus(tx)} as status from statement_dispatches d where d.statement_id = i.id order by d.id desc limit 1) last on true
    where i.batch_id = b.id and i.status = 'issued') sending`;

export async function findBatch(tx: HatTx, id: string): Promise<BatchRow | undefined> {
  const [row] = await tx.sql<BatchRow[]>`${select(tx)} where b.id = ${id}`;
  return row;
}

/** Reads a batch in order to work on it: one job at a time. */
export async function lockBatch(tx: HatTx, id: string): Promise<BatchRow | undefined> {
  await tx.sql`select from statement_batches where id = ${id} for update`;
  return findBatch(tx, id);
}

/** Up to `limit` batches of the centre, the newest first, before the given id. */
export async function listBatches(
  tx: HatTx,
  centreId: string,
  { periodId, status }: { readonly periodId?: string | undefined; readonly status?: string | undefined },
  before: string | undefined,
  limit: number,
): Promise<BatchRow[]> {
  const { sql } = tx;
  return sql<BatchRow[]>`${select(tx)} where b.centre_id = ${centreId}
    ${periodId === undefined ? sql`` : sql`and b.period_id = ${periodId}`}
    ${status === undefined ? sql`` : sql`and b.status = ${status}`}
    ${before === undefined ? sql`` : sql`and b.id < ${before}`}
    order by b.id desc limit ${limit}`;
}

export interface NewBatch {
  readonly id: string;
  readonly centreId: string;
  readonly period: { readonly id: string; readonly code: string };
  readonly dueOn: Day | null;
  readonly notes: readonly string[];
}

export async function insertBatch(
  { sql }: HatTx,
  { actor, now }: HatContext,
  batch: NewBatch,
): Promise<void> {
  await sql`insert into statement_batches (id, centre_id, period_id, period_code, status, due_on, notes, created_by, created_by_name, created_at)
    values (${batch.id}, ${batch.centreId}, ${batch.period.id}, ${batch.period.code}, 'preparing', ${batch.dueOn},
      ${batch.notes as string[]}, ${actor.id}, ${actor.name}, ${now})`;
}

/** What a step sets. `blocked` and `failure` are JSON text. */
export interface BatchStep {
  readonly run_id?: string | null;
  readonly recorded_until?: Moment | null;
  readonly content_hash?: string;
  readonly signed_hash?: string;
  readonly blocked?: string;
  readonly failure?: string;
  readonly issued_by?: string;
  readonly issued_by_name?: string;
  readonly issued_at?: string;
}

/** Returns false when the batch is no longer at this version. */
export async function updateBatch(
  { sql }: HatTx,
  { id, version }: Pick<BatchRow, 'id' | 'version'>,
  status: BatchStatus,
  step: BatchStep = {},
): Promise<boolean> {
  const { count } = await sql`update statement_batches set ${sql({ ...step, status, version: version + 1 })}
    where id = ${id} and version = ${version}`;
  return count === 1;
}

/** Ids of the drafts of a batch, by member. */
export async function draftIdsOf(
  { sql }: HatTx,
  batchId: string,
  limit: number | null = null,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select s.id from statements s join organisations o on o.id = s.organisation_id
    where s.batch_id = ${batchId} and s.status = 'draft'
    order by coalesce(o.ags, o.id::text) collate "C", s.vat_group, s.id limit ${limit}`;
  return rows.map(({ id }) => id);
}

export async function memberNames(
  { sql }: HatTx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ id: string; name: string }[]>`
    select id, name from organisations where id = any(${ids as string[]}::uuid[])`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** What batches were prepared from. */
export interface BatchSource {
  /** Null where all services of the period are paid by price. */
  readonly runId: string | null;
  /** Until when usage counted. */
  readonly recordedUntil: Moment | null;
}

export async function batchSources(
  { sql }: HatTx,
  batchIds: readonly string[],
): Promise<ReadonlyMap<string, BatchSource>> {
  if (batchIds.length === 0) return new Map();
  const rows = await sql<(BatchSource & { id: string })[]>`
    select id, run_id as "runId", recorded_until as "recordedUntil" from statement_batches where id = any(${batchIds as string[]}::uuid[])`;
  return new Map(rows.map(({ id, ...source }) => [id, source]));
}
