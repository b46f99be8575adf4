import type { Day, Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { RunDetailView, RunQuery } from './allocation-runs.schemas.ts';
import type { RunStatus } from './run-states.rules.ts';

export interface RunRow {
  readonly id: string;
  readonly centreId: string;
  readonly periodId: string;
  readonly periodCode: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly number: string;
  readonly status: RunStatus;
  readonly amountCents: number;
  readonly algorithm: string;
  readonly inputHash: string;
  readonly resultHash: string;
  readonly clauseVersionId: string | null;
  readonly recordedUntil: Moment | null;
  readonly correctsRunId: string | null;
  readonly billingPeriodId: string | null;
  readonly billingPeriodCode: string | null;
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: Moment;
  readonly submittedBy: string | null;
  readonly submittedByName: string | null;
  readonly submittedAt: Moment | null;
  readonly approvedBy: string | null;
  readonly approvedByName: string | null;
  readonly approvedAt: Moment | null;
  readonly approvedResultHash: string | null;
  readonly postedBy: string | null;
  readonly postedByName: string | null;
  readonly postedAt: Moment | null;
  readonly endedBy: string | null;
  readonly endedByName: string | null;
  readonly endedAt: Moment | null;
  readonly endReason: string | null;
  readonly version: number;
}

/** The amount is the whole run's where the calculation may be seen, else that of the member's own lines. */
const select = ({ sql }: HatTx) => sql`
  select r.id, r.centre_id as "centreId", r.period_id as "periodId", r.period_code as "periodCode", r.starts_on as "startsOn",
    r.ends_on as "endsOn", r.number, r.status, r.algorithm, r.input_hash as "inputHash", r.result_hash as "resultHash",
    r.clause_version_id as "clauseVersionId", r.recorded_until as "recordedUntil", r.corrects_run_id as "correctsRunId",
    r.billing_period_id as "billingPeriodId", r.billing_period_code as "billingPeriodCode",
    r.created_by as "createdBy", r.created_by_name as "createdByName", r.created_at as "createdAt",
    r.submitted_by as "submittedBy", r.submitted_by_name as "submittedByName", r.submitted_at as "submittedAt",
    r.approved_by as "approvedBy", r.approved_by_name as "approvedByName", r.approved_at as "approvedAt", r.approved_result_hash as "approvedResultHash",
    r.posted_by as "postedBy", r.posted_by_name as "postedByName", r.posted_at as "postedAt",
    r.ended_by as "endedBy", r.ended_by_name as "endedByName", r.ended_at as "endedAt", r.end_reason as "endReason", r.version,
    coalesce(c.amount_cents, (select coalesce(sum(l.amount_cents), 0)::bigint from allocation_run_lines l
      where l.run_id = r.id and l.organisation_id = app.hat_id())) as "amountCents"
  from allocation_runs r left join allocation_run_calculations c on c.run_id = r.id`;

export async function findRun(tx: HatTx, id: string): Promise<RunRow | undefined> {
  const [row] = await tx.sql<RunRow[]>`${select(tx)} where r.id = ${id}`;
  return row;
}

/** Up to `limit` runs of the hat, the newest first, before the given id. Row-level security says so too, but finds no index. */
export async function listRuns(
  tx: HatTx,
  { hat }: HatContext,
  { periodId, status }: Omit<RunQuery, 'limit' | 'cursor'>,
  before: string | undefined,
  limit: number,
): Promise<RunRow[]> {
  const { sql } = tx;
  const own =
    hat.kind === 'centre' ? sql`r.centre_id = ${hat.id}` : sql`r.member_ids @> array[${hat.id}]::uuid[]`;
  return sql<RunRow[]>`${select(tx)} where ${own}
    ${periodId === undefined ? sql`` : sql`and r.period_id = ${periodId}`}
    ${status === undefined ? sql`` : sql`and r.status = ${status}`}
    ${before === undefined ? sql`` : sql`and r.id < ${before}`}
    order by r.id desc limit ${limit}`;
}

/** Sums by service and by member over the lines that may be seen: those of the `reader`, where one is named. */
export async function runTotals(
  { sql }: HatTx,
  runId: string,
  reader: string | undefined,
): Promise<Pick<RunDetailView, 'pools' | 'members'>> {
  const own = reader === undefined ? sql`` : sql`and organisation_id = ${reader}`;
  const pools = await sql<RunDetailView['pools']>`
    select service_id as "serviceId", service_code as "serviceCode", service_title as "serviceTitle", sum(amount_cents)::bigint as "amountCents"
    from allocation_run_lines where run_id = ${runId} ${own} group by 1, 2, 3 order by min(position)`;
  const members = await sql<RunDetailView['members']>`
    select organisation_id as "organisationId", member, member_name as "memberName", sum(amount_cents)::bigint as "amountCents"
    from allocation_run_lines where run_id = ${runId} ${own} group by 1, 2, 3 order by member collate "C"`;
  return { pools: [...pools], members: [...members] };
}

/** Cost of the run that is shared out to nobody; members read none of it. */
export async function unsharedCost(
  { sql }: HatTx,
  runId: string,
): Promise<RunDetailView['unsharedCost'][number][]> {
  return sql<RunDetailView['unsharedCost'][number][]>`
    select cost->'service'->>'id' as "serviceId", cost->'service'->>'code' as "serviceCode", cost->'service'->>'title' as "serviceTitle",
      (cost->>'amountCents')::bigint as "amountCents"
    from allocation_run_calculations c, json_array_elements(coalesce(c.input->'unshared', '[]')) cost where c.run_id = ${runId}`;
}

/** Lets one run at a time be made in a centre, so that numbers follow one another without a gap. */
export async function nextRunNumber(
  { sql }: HatTx,
  { id, code }: { id: string; code: string },
  year: string,
): Promise<string> {
  await sql`select pg_advisory_xact_lock(hashtextextended('allocation_runs', hashtext(${id})))`;
  const prefix = `${code}-U-${year}-`;
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from allocation_runs where centre_id = ${id} and starts_with(number, ${prefix})`;
  return `${prefix}${String((row?.count ?? 0) + 1).padStart(3, '0')}`;
}

export interface SupersededRun {
  readonly id: string;
  readonly number: string;
  readonly resultHash: string;
  readonly memberIds: readonly string[];
}

/** The run of the period that was superseded last: what the next one corrects. */
export async function findSuperseded({ sql }: HatTx, periodId: string): Promise<SupersededRun | undefined> {
  const [row] = await sql<SupersededRun[]>`
    select id, number, result_hash as "resultHash", member_ids as "memberIds" from allocation_runs
    where period_id = ${periodId} and status = 'superseded' order by ended_at desc, id desc limit 1`;
  return row;
}

export interface PostedRun {
  readonly id: string;
  readonly number: string;
  readonly resultHash: string;
  readonly corrects: string | null;
  readonly billingPeriod: { readonly id: string; readonly code: string } | null;
}

/** The run of the period that counts. */
export async function findPostedRun({ sql }: HatTx, periodId: string): Promise<PostedRun | undefined> {
  const [row] = await sql<PostedRun[]>`
    select r.id, r.number, r.result_hash as "resultHash", c.number as corrects,
      case when r.billing_period_id is not null then jsonb_build_object('id', r.billing_period_id, 'code', r.billing_period_code) end as "billingPeriod"
    from allocation_runs r left join allocation_runs c on c.id = r.corrects_run_id
    where r.period_id = ${periodId} and r.status = 'posted'`;
  return row;
}

export type RunProgress = 'posted' | 'on_its_way' | 'superseded';

/** The furthest that a run of the period came; undefined where there is none, or only what was rejected. */
export async function runProgress({ sql }: HatTx, periodId: string): Promise<RunProgress | undefined> {
  const [row] = await sql<{ progress: RunProgress | null }[]>`
    select case when bool_or(status = 'posted') then 'posted' when bool_or(status in ('draft', 'in_review', 'approved')) then 'on_its_way'
      when bool_or(status = 'superseded') then 'superseded' end as progress
    from allocation_runs where period_id = ${periodId}`;
  return row?.progress ?? undefined;
}

export async function wasSuperseded({ sql }: HatTx, periodId: string): Promise<boolean> {
  const rows = await sql`
    select from allocation_runs where period_id = ${periodId} and status = 'superseded' limit 1`;
  return rows.length > 0;
}

/** Services whose cost the posted run of the period shares out. */
export async function servicesSharedOut({ sql }: HatTx, periodId: string): Promise<ReadonlySet<string>> {
  const rows = await sql<{ serviceId: string }[]>`
    select distinct l.service_id as "serviceId" from allocation_runs r join allocation_run_lines l on l.run_id = r.id
    where r.period_id = ${periodId} and r.status = 'posted'`;
  return new Set(rows.map(({ serviceId }) => serviceId));
}

/** Ids of the posted runs by period; they stay posted until the end of the transaction. */
export async function holdPostedRuns(
  { sql }: HatTx,
  periodIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ id: string; periodId: string }[]>`
    select id, period_id as "periodId" from allocation_runs
    where period_id = any(${periodIds as string[]}::uuid[]) and status = 'posted' order by id for share`;
  return new Map(rows.map(({ id, periodId }) => [periodId, id]));
}

export interface NewRun {
  readonly id: string;
  readonly centreId: string;
  readonly period: {
    readonly id: string;
    readonly code: string;
    readonly startsOn: Day;
    readonly endsOn: Day;
    readonly recordedUntil: Moment | null;
  };
  readonly number: string;
  readonly algorithm: string;
  readonly inputHash: string;
  readonly resultHash: string;
  readonly clauseVersionId: string | null;
  readonly correctsRunId: string | null;
  readonly billingPeriod: { readonly id: string; readonly code: string } | undefined;
  readonly memberIds: readonly string[];
  readonly amountCents: number;
  readonly lineCount: number;
  /** JSON text of the snapshot. */
  readonly input: string;
}

export async function insertRun({ sql }: HatTx, { actor, now }: HatContext, run: NewRun): Promise<void> {
  const { id, centreId, period, billingPeriod } = run;
  await sql`insert into allocation_runs (id, centre_id, period_id, period_code, starts_on, ends_on, number, status, algorithm, input_hash,
      result_hash, clause_version_id, recorded_until, corrects_run_id, billing_period_id, billing_period_code, member_ids, created_by, created_by_name, created_at)
    values (${id}, ${centreId}, ${period.id}, ${period.code}, ${period.startsOn}, ${period.endsOn}, ${run.number}, 'draft', ${run.algorithm},
      ${run.inputHash}, ${run.resultHash}, ${run.clauseVersionId}, ${period.recordedUntil}, ${run.correctsRunId},
      ${billingPeriod?.id ?? null}, ${billingPeriod?.code ?? null}, ${run.memberIds as string[]}::uuid[],
      ${actor.id}, ${actor.name}, ${now})`;
  await sql`insert into allocation_run_calculations (run_id, centre_id, amount_cents, line_count, input)
    values (${id}, ${centreId}, ${run.amountCents}, ${run.lineCount}, ${run.input}::text::json)`;
}

/** The stored snapshot as text, exactly as written; undefined where it may not be seen. */
export async function findCalculation({ sql }: HatTx, runId: string): Promise<string | undefined> {
  const [row] = await sql<
    { input: string }[]
  >`select input::text as input from allocation_run_calculations where run_id = ${runId}`;
  return row?.input;
}

/** Columns that a step of a run sets. */
export type RunStep = Partial<
  Record<
    | `${'submitted' | 'approved' | 'posted' | 'ended'}_${'by' | 'by_name' | 'at'}`
    | 'approved_result_hash'
    | 'end_reason'
    | 'recorded_until',
    string
  >
>;

/** Returns false when the run is no longer at this version. */
export async function updateRun(
  { sql }: HatTx,
  id: string,
  version: number,
  status: RunStatus,
  step: RunStep,
): Promise<boolean> {
  const { count } =
    await sql`update allocation_runs set ${sql({ ...step, status, version: version + 1 })} where id = ${id} and version = ${version}`;
  return count === 1;
}
