import type { Day, Moment } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { GrantSums } from './grant-money.rules.ts';
import { ruleJson } from './grant-programmes.repo.ts';
import type { GrantStatus } from './grant-states.rules.ts';
import type { GrantQuery, GrantView } from './grants.schemas.ts';

export interface GrantRow extends GrantSums {
  readonly id: string;
  readonly centreId: string;
  readonly number: string;
  readonly title: string;
  readonly status: GrantStatus;
  readonly programme: GrantView['programme'];
  readonly rule: GrantView['rule'];
  readonly appliedOn: Day;
  readonly serviceId: string | null;
  readonly costCentreId: string | null;
  readonly costType: string;
  readonly leadId: string;
  readonly parties: readonly Omit<GrantView['parties'][number], 'isLead'>[];
  readonly tags: readonly string[];
  readonly costBeforeCents: number;
  readonly costAfterCents: number;
  readonly savingsJustification: string | null;
  readonly plannedEligibleCents: number;
  readonly noticeNumber: string | null;
  readonly noticeOn: Day | null;
  readonly awardedCents: number | null;
  readonly approvedFrom: Day | null;
  readonly approvedTo: Day | null;
  readonly purposeEndsOn: Day | null;
  readonly proofDueOn: Day | null;
  readonly noticeBy: string | null;
  readonly noticeByName: string | null;
  readonly noticeAt: Moment | null;
  readonly contentHash: string | null;
  readonly awardedBy: string | null;
  readonly awardedByName: string | null;
  readonly awardedAt: Moment | null;
  readonly proofOn: Day | null;
  readonly proofReference: string | null;
  readonly proofEligibleCents: number | null;
  readonly proofGrantCents: number | null;
  readonly proofHash: string | null;
  readonly proofBy: string | null;
  readonly proofByName: string | null;
  readonly proofAt: Moment | null;
  readonly endedBy: string | null;
  readonly endedByName: string | null;
  readonly endedAt: Moment | null;
  readonly endReason: string | null;
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: Moment;
  /** Null where the hat may not see them. */
  readonly remindedAt: Moment | null;
  readonly version: number;
}

const facts = ({ sql }: HatTx) => sql`
  g.id, g.centre_id as "centreId", g.number, g.title, g.status, g.applied_on as "appliedOn", g.service_id as "serviceId",
  g.cost_centre_id as "costCentreId", g.cost_type as "costType", g.lead_id as "leadId", g.tags, g.cost_before_cents as "costBeforeCents",
  g.cost_after_cents as "costAfterCents", g.savings_justification as "savingsJustification", g.planned_eligible_cents as "plannedEligibleCents",
  g.notice_number as "noticeNumber", g.notice_on as "noticeOn", g.awarded_cents as "awardedCents", g.approved_from as "approvedFrom",
  g.approved_to as "approvedTo", g.purpose_ends_on as "purposeEndsOn", g.proof_due_on as "proofDueOn", g.notice_by as "noticeBy",
  g.notice_by_name as "noticeByName", g.notice_at as "noticeAt", g.content_hash as "contentHash", g.awarded_by as "awardedBy",
  g.awarded_by_name as "awardedByName", g.awarded_at as "awardedAt", g.proof_on as "proofOn", g.proof_reference as "proofReference",
  g.proof_eligible_cents as "proofEligibleCents", g.proof_grant_cents as "proofGrantCents", g.proof_hash as "proofHash", g.proof_by as "proofBy",
  g.proof_by_name as "proofByName", g.proof_at as "proofAt", g.ended_by as "endedBy", g.ended_by_name as "endedByName", g.ended_at as "endedAt",
  g.end_reason as "endReason", g.created_by as "createdBy", g.created_by_name as "createdByName", g.created_at as "createdAt", g.version`;

const select = (tx: HatTx) => tx.sql`
  select ${facts(tx)}, jsonb_build_object('id', p.id, 'name', p.name, 'authority', p.authority,
      'reference', jsonb_build_object('title', p.reference_title, 'date', p.reference_on)) as programme, ${ruleJson(tx)} as rule,
    parties.list as parties, (select max(m.reminded_at) from grant_reminders m where m.grant_id = g.id) as "remindedAt",
    drawn.drawn as "drawnCents", drawn.received as "receivedCents", clawed.clawed as "clawedBackCents", clawed.repaid as "repaidCents"
  from grants g join grant_programmes p on p.id = g.programme_id join grant_rule_versions r on r.id = g.rule_version_id
  join lateral (select coalesce(jsonb_agg(jsonb_build_object('organisationId', o.id, 'name', o.name, 'decision', case when y.decided_on is not null
      then jsonb_build_object('decidedOn', y.decided_on, 'reference', y.decision_reference) end) order by o.name, o.id), '[]') as list
    from grant_parties y join organisations o on o.id = y.organisation_id where y.grant_id = g.id) parties on true
  join lateral (select coalesce(sum(coalesce(d.received_cents, d.amount_cents)), 0)::bigint as drawn, coalesce(sum(d.received_cents), 0)::bigint as received
    from grant_drawdowns d where d.grant_id = g.id and d.status <> 'cancelled') drawn on true
  join lateral (select coalesce(sum(c.amount_cents), 0)::bigint as clawed, coalesce(sum(c.amount_cents) filter (where c.status = 'repaid'), 0)::bigint as repaid
    from grant_clawbacks c where c.grant_id = g.id and c.status <> 'cancelled') clawed on true`;

export async function findGrant(tx: HatTx, id: string): Promise<GrantRow | undefined> {
  const [row] = await tx.sql<GrantRow[]>`${select(tx)} where g.id = ${id}`;
  return row;
}

/** Lets one thing happen to a grant and its money at a time, until the end of the transaction. */
export async function lockGrant({ sql }: HatTx, id: string): Promise<void> {
  await sql`select from grants where id = ${id} for update`;
}

/** Up to `limit` grants of the hat, the newest first, before the given id. */
export async function listGrants(
  tx: HatTx,
  { hat }: HatContext,
  { status, programmeId }: Omit<GrantQuery, 'limit' | 'cursor'>,
  before: string | undefined,
  limit: number,
): Promise<GrantRow[]> {
  const { sql } = tx;
  const own =
    hat.kind === 'centre' ? sql`g.centre_id = ${hat.id}` : sql`g.party_ids @> array[${hat.id}]::uuid[]`;
  return sql<GrantRow[]>`${select(tx)} where ${own}
    ${status === undefined ? sql`` : sql`and g.status = ${status}`}
    ${programmeId === undefined ? sql`` : sql`and g.programme_id = ${programmeId}`}
    ${before === undefined ? sql`` : sql`and g.id < ${before}`}
    order by g.id desc limit ${limit}`;
}

/** Lets one thing about the grants of a centre happen at a time: their numbers follow one another, and no two claim one tag. */
export async function lockGrants({ sql }: HatTx, centreId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('grants', hashtext(${centreId})))`;
}

/** The next number of the year; call it under `lockGrants`. */
export async function nextNumber({ sql }: HatTx, centreId: string, year: number): Promise<string> {
  const [row] = await sql<{ prefix: string; count: number }[]>`
    select c.code || ${`-F-${year}-`} as prefix, (select count(*)::int from grants g
      where g.centre_id = c.id and starts_with(g.number, c.code || ${`-F-${year}-`})) as count
    from centres c where c.id = ${centreId}`;
  return `${row?.prefix}${String((row?.count ?? 0) + 1).padStart(3, '0')}`;
}

/** Those of the organisations that are, were or will be members of the centre. */
export async function memberIdsAmong(
  { sql }: HatTx,
  centreId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`select organisation_id as id from centre_members
    where centre_id = ${centreId} and organisation_id = any(${ids as string[]}::uuid[])`;
  return new Set(rows.map(({ id }) => id));
}

/** Grants with a notice that claim one of the tags on one of the days; call it under `lockGrants`. */
export async function findTagTakers(
  { sql }: HatTx,
  grant: Pick<GrantRow, 'id' | 'centreId' | 'tags'>,
  from: Day,
  to: Day,
): Promise<string[]> {
  const rows = await sql<{ number: string }[]>`select number from grants
    where centre_id = ${grant.centreId} and id <> ${grant.id} and status in ('noticed', 'awarded', 'proved', 'closed')
      and tags && ${grant.tags as string[]}::text[] and daterange(approved_from, approved_to) && daterange(${from}, ${to}) order by number`;
  return rows.map(({ number }) => number);
}

/** Tags by which other grants of the centre claim cost. */
export async function otherTags({ sql }: HatTx, centreId: string, id: string): Promise<string[]> {
  const rows = await sql<{ tag: string }[]>`select distinct unnest(tags) as tag from grants
    where centre_id = ${centreId} and id <> ${id} and status in ('awarded', 'proved', 'closed') order by tag`;
  return rows.map(({ tag }) => tag);
}

/** Names of the centre and of who runs it. */
export async function findCentreNames(
  { sql }: HatTx,
  centreId: string,
): Promise<{ centre: string; operator: string }> {
  const [row] = await sql<{ centre: string; operator: string }[]>`
    select c.name as centre, o.name as operator from centres c join organisations o on o.id = c.operator_id where c.id = ${centreId}`;
  return row ?? { centre: '', operator: '' };
}
