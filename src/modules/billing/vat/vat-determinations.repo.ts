import type { Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { VatDetermination } from './vat.types.ts';
import type { VatDeterminationQuery, VatDeterminationView } from './vat-determinations.schemas.ts';
import type { VatStatus } from './vat-states.rules.ts';
import type { Validity, VatFacts } from './vat-validity.rules.ts';

type Evidence = VatDeterminationView['evidence'];

export interface DeterminationRow extends Validity {
  readonly id: string;
  readonly centreId: string;
  readonly number: string;
  readonly status: VatStatus;
  readonly serviceId: string;
  readonly serviceCode: string;
  readonly serviceTitle: string;
  readonly memberIds: readonly string[];
  readonly result: VatDetermination['result'];
  readonly rule: string;
  readonly category: VatDetermination['category'];
  readonly ratePercent: number | null;
  readonly vatexCode: string | null;
  readonly law: string;
  readonly ruleSet: string;
  readonly trace: readonly string[];
  readonly grounds: string;
  readonly evidence: Evidence;
  readonly supersedes: readonly string[];
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
  readonly endedBy: string | null;
  readonly endedByName: string | null;
  readonly endedAt: Moment | null;
  readonly endReason: string | null;
  readonly version: number;
  /** Null where the hat may not see them. */
  readonly facts: VatDeterminationView['facts'];
  readonly coverage: VatDeterminationView['coverage'];
}

const select = ({ sql }: HatTx) => sql`
  select d.id, d.centre_id as "centreId", d.number, d.status, d.service_id as "serviceId", d.service_code as "serviceCode",
    d.service_title as "serviceTitle", d.member_ids as "memberIds", d.valid_from as "validFrom", d.valid_to as "validTo",
    d.result, d.rule, d.category, d.rate_percent as "ratePercent", d.vatex_code as "vatexCode", d.law, d.rule_set as "ruleSet", d.trace,
    d.grounds, d.evidence, d.supersedes, d.content_hash as "contentHash",
    d.created_by as "createdBy", d.created_by_name as "createdByName", d.created_at as "createdAt",
    d.submitted_by as "submittedBy", d.submitted_by_name as "submittedByName", d.submitted_at as "submittedAt",
    d.approved_by as "approvedBy", d.approved_by_name as "approvedByName", d.approved_at as "approvedAt",
    d.approved_content_hash as "approvedContentHash",
    d.ended_by as "endedBy", d.ended_by_name as "endedByName", d.ended_at as "endedAt", d.end_reason as "endReason", d.version, f.facts,
    coalesce((select jsonb_agg(jsonb_build_object('organisationId', c.organisation_id, 'name', o.name, 'holdsTo', c.holds_to,
        'supersededBy', c.superseded_by) order by o.name, o.id)
      from vat_coverage c join organisations o on o.id = c.organisation_id where c.determination_id = d.id), '[]') as coverage
  from vat_determinations d left join vat_determination_facts f on f.determination_id = d.id`;

export async function findDetermination(tx: HatTx, id: string): Promise<DeterminationRow | undefined> {
  const [row] = await tx.sql<DeterminationRow[]>`${select(tx)} where d.id = ${id}`;
  return row;
}

/** Up to `limit` determinations of the hat, the newest first, before the given id. */
export async function listDeterminations(
  tx: HatTx,
  { hat }: HatContext,
  { status, serviceId, organisationId, on }: Omit<VatDeterminationQuery, 'limit' | 'cursor'>,
  before: string | undefined,
  limit: number,
): Promise<DeterminationRow[]> {
  const { sql } = tx;
  // Members must not learn by asking for another one that it is covered as well.
  if (hat.kind === 'organisation' && organisationId !== undefined && organisationId.toLowerCase() !== hat.id)
    return [];
  const own =
    hat.kind === 'centre' ? sql`d.centre_id = ${hat.id}` : sql`d.member_ids @> array[${hat.id}]::uuid[]`;
  return sql<DeterminationRow[]>`${select(tx)} where ${own}
    ${status === undefined ? sql`` : sql`and d.status = ${status}`}
    ${serviceId === undefined ? sql`` : sql`and d.service_id = ${serviceId}`}
    ${organisationId === undefined ? sql`` : sql`and d.member_ids @> array[${organisationId}]::uuid[]`}
    ${on === undefined ? sql`` : sql`and daterange(d.valid_from, d.valid_to) @> ${on}::date`}
    ${before === undefined ? sql`` : sql`and d.id < ${before}`}
    order by d.id desc limit ${limit}`;
}

/** Lets one thing about the determinations of a centre happen at a time: their numbers follow one another, and no two cover one day. */
export async function lockDeterminations({ sql }: HatTx, centreId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('vat_coverage', hashtext(${centreId})))`;
}

/** The next number of the year; call it under `lockDeterminations`. */
export async function nextNumber({ sql }: HatTx, centreId: string, year: number): Promise<string> {
  const [row] = await sql<{ prefix: string; count: number }[]>`
    select c.code || ${`-V-${year}-`} as prefix, (select count(*)::int from vat_determinations d
      where d.centre_id = c.id and starts_with(d.number, c.code || ${`-V-${year}-`})) as count
    from centres c where c.id = ${centreId}`;
  return `${row?.prefix}${String((row?.count ?? 0) + 1).padStart(3, '0')}`;
}

export interface ServiceName {
  readonly code: string;
  readonly title: string;
}

export async function findService(
  { sql }: HatTx,
  centreId: string,
  id: string,
): Promise<ServiceName | undefined> {
  const [row] = await sql<
    ServiceName[]
  >`select code, title from services where centre_id = ${centreId} and id = ${id}`;
  return row;
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

export interface NewDetermination extends Validity, ServiceName {
  readonly id: string;
  readonly centreId: string;
  readonly number: string;
  readonly status: VatStatus;
  readonly serviceId: string;
  readonly memberIds: readonly string[];
  readonly outcome: VatDetermination;
  readonly facts: VatFacts;
  readonly grounds: string;
  readonly evidence: Evidence;
  readonly supersedes: readonly string[];
  readonly contentHash: string;
}

export async function insertDetermination(
  { sql }: HatTx,
  { actor, now }: HatContext,
  made: NewDetermination,
): Promise<void> {
  const { outcome } = made;
  await sql`insert into vat_determinations ${sql({
    id: made.id,
    centre_id: made.centreId,
    number: made.number,
    status: made.status,
    service_id: made.serviceId,
    service_code: made.code,
    service_title: made.title,
    member_ids: made.memberIds as string[],
    valid_from: made.validFrom,
    valid_to: made.validTo,
    result: outcome.result,
    rule: outcome.rule,
    category: outcome.category,
    rate_percent: outcome.ratePercent,
    vatex_code: outcome.vatexCode,
    law: outcome.law,
    rule_set: outcome.ruleSet,
    trace: outcome.trace as string[],
    grounds: made.grounds,
    evidence: JSON.stringify(made.evidence),
    supersedes: made.supersedes as string[],
    content_hash: made.contentHash,
    created_by: actor.id,
    created_by_name: actor.name,
    created_at: now,
  })}`;
  await sql`insert into vat_determination_facts (determination_id, centre_id, facts)
    values (${made.id}, ${made.centreId}, ${JSON.stringify(made.facts)}::text::jsonb)`;
}

/** Columns that a step sets. */
export type DeterminationStep = Partial<
  Record<
    | `${'submitted' | 'approved' | 'ended'}_${'by' | 'by_name' | 'at'}`
    | 'approved_content_hash'
    | 'end_reason',
    string
  >
>;

/** Returns false when the determination is no longer at this version. */
export async function updateDetermination(
  { sql }: HatTx,
  id: string,
  version: number,
  status: VatStatus,
  step: DeterminationStep,
): Promise<boolean> {
  const { count } = await sql`update vat_determinations set ${sql({ ...step, status, version: version + 1 })}
    where id = ${id} and version = ${version}`;
  return count === 1;
}

export interface NamedDetermination extends Validity {
  readonly id: string;
  readonly number: string;
  readonly status: VatStatus;
  readonly version: number;
  readonly serviceId: string;
  readonly memberIds: readonly string[];
}

/** Determinations of the centre by id, in the order they were made; they stay as they are until the end of the transaction. */
export async function holdDeterminations(
  { sql }: HatTx,
  centreId: string,
  ids: readonly string[],
): Promise<NamedDetermination[]> {
  return sql<NamedDetermination[]>`
    select id, number, status, version, service_id as "serviceId", member_ids as "memberIds", valid_from as "validFrom", valid_to as "validTo"
    from vat_determinations where centre_id = ${centreId} and id = any(${ids as string[]}::uuid[]) order by id for update`;
}
