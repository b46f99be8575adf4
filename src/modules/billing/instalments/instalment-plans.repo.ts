import type { Day, Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { InvoicedService, PlannedInstalment, PlanShare } from './plan-shares.rules.ts';
import type { PlanStatus } from './plan-states.rules.ts';
import { insertRows } from './rows.repo.ts';

export interface PlanRow {
  readonly id: string;
  readonly centreId: string;
  readonly number: string;
  readonly status: PlanStatus;
  readonly periodId: string;
  readonly periodCode: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly basis: 'budget' | 'stated';
  readonly resultHash: string | null;
  readonly usagePeriodId: string | null;
  readonly dueOn: readonly Day[];
  readonly issueDaysBefore: number;
  readonly replacesId: string | null;
  readonly invoicedCents: number;
  readonly amountCents: number;
  readonly contentHash: string;
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: Moment;
  readonly submittedBy: string | null;
  readonly submittedByName: string | null;
  readonly submittedAt: Moment | null;
  readonly approvedBy: string | null;
  readonly approvedByName: string | null;
  readonly approvedAt: Moment | null;
  readonly approvedContentHash: string | null;
  readonly endedFrom: Day | null;
  readonly endedBy: string | null;
  readonly endedByName: string | null;
  readonly endedAt: Moment | null;
  readonly endReason: string | null;
  readonly version: number;
}

const select = ({ sql }: HatTx) => sql`
  select p.id, p.centre_id as "centreId", p.number, p.status, p.period_id as "periodId", p.period_code as "periodCode",
    p.starts_on as "startsOn", p.ends_on as "endsOn", p.basis, p.result_hash as "resultHash",
    p.usage_period_id as "usagePeriodId", p.due_on as "dueOn",
    p.issue_days_before as "issueDaysBefore", p.replaces_id as "replacesId", p.invoiced_cents as "invoicedCents",
    p.amount_cents as "amountCents", p.content_hash as "contentHash", p.created_by as "createdBy", p.created_by_name as "createdByName",
    p.created_at as "createdAt", p.submitted_by as "submittedBy", p.submitted_by_name as "submittedByName",
    p.submitted_at as "submittedAt", p.approved_by as "approvedBy", p.approved_by_name as "approvedByName",
    p.approved_at as "approvedAt", p.approved_content_hash as "approvedContentHash", p.ended_from as "endedFrom",
    p.ended_by as "endedBy", p.ended_by_name as "endedByName", p.ended_at as "endedAt", p.end_reason as "endReason", p.version
  from instalment_plans p`;

export async function findPlan(tx: HatTx, id: string): Promise<PlanRow | undefined> {
  const [row] = await tx.sql<PlanRow[]>`${select(tx)} where p.id = ${id}`;
  return row;
}

/** The plan in force of a period, which stays in force until the end of the transaction unless it is ended within it. */
export async function lockPlanInForce(
  tx: HatTx,
  centreId: string,
  periodId: string,
): Promise<PlanRow | undefined> {
  const [row] = await tx.sql<PlanRow[]>`${select(tx)}
    where p.centre_id = ${centreId} and p.period_id = ${periodId} and p.status = 'in_force' for update`;
  return row;
}

/** Lets one plan at a time of a centre be made, approved, ended or issued from. */
export async function lockPlans({ sql }: HatTx, centreId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('instalment_plans', hashtext(${centreId})))`;
}

/** Up to `limit` plans of the centre, or that the member pays by, the newest first, before the given id. */
export async function listPlans(
  tx: HatTx,
  { hat }: HatContext,
  { periodId, status }: { readonly periodId?: string; readonly status?: string },
  before: string | undefined,
  limit: number,
): Promise<PlanRow[]> {
  const { sql } = tx;
  const own =
    hat.kind === 'centre' ? sql`p.centre_id = ${hat.id}` : sql`p.member_ids @> array[${hat.id}]::uuid[]`;
  return sql<PlanRow[]>`${select(tx)} where ${own}
    ${periodId === undefined ? sql`` : sql`and p.period_id = ${periodId}`}
    ${status === undefined ? sql`` : sql`and p.status = ${status}`}
    ${before === undefined ? sql`` : sql`and p.id < ${before}`}
    order by p.id desc limit ${limit}`;
}

export interface PlanProgress {
  readonly count: number;
  readonly issued: number;
  readonly blocked: number;
  readonly pending: number;
  readonly amountCents: number;
  readonly issuedCents: number;
}

/** How far the plans are, by id. */
export async function progressOf(
  { sql }: HatTx,
  planIds: readonly string[],
): Promise<ReadonlyMap<string, PlanProgress>> {
  const rows = await sql<(PlanProgress & { planId: string })[]>`
    select plan_id as "planId", count(*)::int as count, (count(*) filter (where status = 'issued'))::int as issued,
      (count(*) filter (where status = 'blocked'))::int as blocked, (count(*) filter (where status = 'pending'))::int as pending,
      sum(amount_cents)::bigint as "amountCents",
      coalesce(sum(amount_cents) filter (where status = 'issued'), 0)::bigint as "issuedCents"
    from instalments where plan_id = any(${planIds as string[]}::uuid[]) group by plan_id`;
  return new Map(rows.map(({ planId, ...progress }) => [planId, progress]));
}

export async function nextNumber({ sql }: HatTx, centreId: string, year: number): Promise<string> {
  const [row] = await sql<{ prefix: string; count: number }[]>`
    select c.code || ${`-A-${year}-`} as prefix, (select count(*)::int from instalment_plans p
      where p.centre_id = c.id and starts_with(p.number, c.code || ${`-A-${year}-`})) as count
    from centres c where c.id = ${centreId}`;
  return `${row?.prefix}${String((row?.count ?? 0) + 1).padStart(3, '0')}`;
}

/** What valid instalment documents of a period ask for, net, by member and service. What was taken back does not count. */
export async function invoicedInPeriod(
  { sql }: HatTx,
  centreId: string,
  periodId: string,
): Promise<InvoicedService[]> {
  return sql<InvoicedService[]>`
    select l.organisation_id as "organisationId", l.service_id as "serviceId", sum(l.net_cents)::bigint as "netCents"
    from statements s join statement_lines l on l.statement_id = s.id
    where s.centre_id = ${centreId} and s.period_id = ${periodId} and s.status = 'issued' and s.superseded_by is null and s.kind = 326
    group by 1, 2 order by 1, 2`;
}

/** Whether final documents of the period are issued, and not taken back. */
export async function isBilledFinally({ sql }: HatTx, centreId: string, periodId: string): Promise<boolean> {
  const rows = await sql`select from statements where centre_id = ${centreId} and period_id = ${periodId}
    and status = 'issued' and superseded_by is null and kind in (380, 384) limit 1`;
  return rows.length > 0;
}

export interface NewPlan
  extends Pick<
    PlanRow,
    | 'id'
    | 'centreId'
    | 'number'
    | 'periodId'
    | 'periodCode'
    | 'startsOn'
    | 'endsOn'
    | 'basis'
    | 'resultHash'
    | 'usagePeriodId'
    | 'dueOn'
    | 'issueDaysBefore'
    | 'replacesId'
    | 'invoicedCents'
    | 'amountCents'
    | 'contentHash'
  > {
  readonly shares: readonly PlanShare[];
  readonly instalments: readonly (PlannedInstalment & { readonly id: string })[];
}

export async function insertPlan(tx: HatTx, { actor, now }: HatContext, plan: NewPlan): Promise<void> {
  const { id, centreId } = plan;
  await tx.sql`insert into instalment_plans (id, centre_id, number, status, period_id, period_code, starts_on, ends_on, basis, result_hash,
      usage_period_id, due_on, issue_days_before, replaces_id, invoiced_cents, amount_cents, content_hash, created_by, created_by_name, created_at)
    values (${id}, ${centreId}, ${plan.number}, 'draft', ${plan.periodId}, ${plan.periodCode}, ${plan.startsOn}, ${plan.endsOn},
      ${plan.basis}, ${plan.resultHash}, ${plan.usagePeriodId}, ${plan.dueOn as string[]}, ${plan.issueDaysBefore}, ${plan.replacesId},
      ${plan.invoicedCents}, ${plan.amountCents}, ${plan.contentHash}, ${actor.id}, ${actor.name}, ${now})`;
  const shares = plan.shares.map((share, position) => ({ ...share, position }));
  await insertRows(
    shares,
    (
      rows,
    ) => tx.sql`insert into instalment_plan_shares (plan_id, position, centre_id, organisation_id, service_id, service_code,
        service_title, text, agreement_reference, vat_group, amount_cents, derivation)
      select ${id}, r.position, ${centreId}, r."organisationId", r."serviceId", r."serviceCode", r."serviceTitle", r.text,
        r."agreementReference", r."vatGroup", r."amountCents", nullif(r.derivation, 'null'::jsonb)
      from jsonb_to_recordset(${rows}::text::jsonb) as r (position int, "organisationId" uuid, "serviceId" uuid, "serviceCode" text,
        "serviceTitle" text, text text, "agreementReference" text, "vatGroup" text, "amountCents" bigint, derivation jsonb)`,
  );
  await insertRows(
    plan.instalments,
    (
      rows,
    ) => tx.sql`insert into instalments (id, plan_id, centre_id, organisation_id, vat_group, due_on, number, issue_on, amount_cents, status)
      select r.id, ${id}, ${centreId}, r."organisationId", r."vatGroup", r."dueOn", r.number, r."issueOn", r."amountCents",
        case when r."isDue" then 'pending' else 'nothing_due' end
      from jsonb_to_recordset(${rows}::text::jsonb) as r (id uuid, "organisationId" uuid, "vatGroup" text, "dueOn" date, number int,
        "issueOn" date, "amountCents" bigint, "isDue" boolean)`,
  );
}

export type PlanStep = Readonly<Record<string, string | null>>;

/** Returns false when the row is no longer at this version. */
export async function updatePlan(
  { sql }: HatTx,
  id: string,
  version: number,
  status: PlanStatus,
  step: PlanStep,
): Promise<boolean> {
  const { count } =
    await sql`update instalment_plans set ${sql({ ...step, status } as Record<string, string | null>)}, version = version + 1
    where id = ${id} and version = ${version}`;
  return count === 1;
}

/** What was not issued yet and is due on the day or later; returns how many. */
export async function cancelInstalments({ sql }: HatTx, planId: string, from: Day): Promise<number> {
  const { count } = await sql`update instalments set status = 'cancelled'
    where plan_id = ${planId} and due_on >= ${from} and status in ('pending', 'blocked')`;
  return count;
}

export interface ShareRow extends PlanShare {
  readonly position: number;
  readonly memberName: string;
}

/** The lines of a plan in their order, after the given position; all of them without a limit. */
export async function listShares(
  { sql }: HatTx,
  planId: string,
  { organisationIds }: { readonly organisationIds?: readonly string[] },
  after = -1,
  limit: number | null = null,
): Promise<ShareRow[]> {
  return sql<ShareRow[]>`
    select s.position, s.organisation_id as "organisationId", o.name as "memberName", s.service_id as "serviceId",
      s.service_code as "serviceCode", s.service_title as "serviceTitle", s.text, s.agreement_reference as "agreementReference",
      s.vat_group as "vatGroup", s.amount_cents as "amountCents", s.derivation
    from instalment_plan_shares s join organisations o on o.id = s.organisation_id
    where s.plan_id = ${planId} and s.position > ${after}
      ${organisationIds === undefined ? sql`` : sql`and s.organisation_id = any(${organisationIds as string[]}::uuid[])`}
    order by s.position limit ${limit}`;
}

export interface InstalmentRow {
  readonly id: string;
  readonly organisationId: string;
  readonly memberName: string;
  readonly vatGroup: string;
  readonly number: number;
  readonly dueOn: Day;
  readonly issueOn: Day;
  readonly amountCents: number;
  readonly status: 'pending' | 'blocked' | 'issued' | 'cancelled' | 'nothing_due';
  readonly statementId: string | null;
  readonly statementNumber: string | null;
  readonly problems: { code: string; detail: string }[];
  readonly checkedAt: Moment | null;
}

/** Instalments of a plan by due day, after the given day and id. */
export async function listInstalments(
  { sql }: HatTx,
  planId: string,
  { statuses, organisationId }: { readonly statuses?: readonly string[]; readonly organisationId?: string },
  after: readonly [string, string] | undefined,
  limit: number,
): Promise<InstalmentRow[]> {
  return sql<InstalmentRow[]>`
    select i.id, i.organisation_id as "organisationId", o.name as "memberName", i.vat_group as "vatGroup", i.number, i.due_on as "dueOn",
      i.issue_on as "issueOn", i.amount_cents as "amountCents", i.status, i.statement_id as "statementId", s.number as "statementNumber",
      i.problems, i.checked_at as "checkedAt"
    from instalments i join organisations o on o.id = i.organisation_id left join statements s on s.id = i.statement_id
    where i.plan_id = ${planId}
      ${statuses === undefined ? sql`` : sql`and i.status = any(${statuses as string[]})`}
      ${organisationId === undefined ? sql`` : sql`and i.organisation_id = ${organisationId}`}
      ${after === undefined ? sql`` : sql`and (i.due_on, i.id) > (${after[0]}::date, ${after[1]}::uuid)`}
    order by i.due_on, i.id limit ${limit}`;
}

/** What other plans of a period have not issued yet, whatever became of them. */
export async function cancelOtherInstalments(
  { sql }: HatTx,
  { id, centreId, periodId }: PlanRow,
): Promise<number> {
  const { count } = await sql`update instalments i set status = 'cancelled' from instalment_plans p
    where p.id = i.plan_id and p.centre_id = ${centreId} and p.period_id = ${periodId} and p.id <> ${id} and p.status in ('in_force', 'ended')
      and i.status in ('pending', 'blocked')`;
  return count;
}
