import type postgres from 'postgres';
import type { Day } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { containsPattern } from '../../platform/db/like.ts';
import type { ServiceItem, ServiceView } from './catalogue.schemas.ts';

type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** For whom it is said whether a service can be ordered: an organisation on a day. */
export interface Orderer {
  readonly organisationId: string;
  readonly day: Day;
  /** Joins what agreements know about services aliased `s`, as `c`. */
  readonly joinCoverage: (sql: postgres.TransactionSql, organisationId: string, day: Day) => Fragment;
}

/** What is known about a service for an orderer; whether that is enough is not for SQL to say. */
export interface Facts {
  readonly isMember: boolean;
  readonly isPublished: boolean;
  readonly agreementVersionId: string | null;
  readonly startsLater: boolean;
  readonly hasEnded: boolean;
}

type WithFacts<T> = Omit<T, 'orderable' | 'reason'> & { facts?: Facts };
export type ServiceItemRow = WithFacts<ServiceItem>;
export type ServiceRow = WithFacts<ServiceView>;

/** Column with the facts and the joins they need; services are aliased `s`. Nothing without an orderer. */
function factsFor(sql: postgres.TransactionSql, orderer: Orderer | undefined): [Fragment, Fragment] {
  if (orderer === undefined) return [sql``, sql``];
  const { organisationId, day, joinCoverage } = orderer;
  return [
    sql`, json_build_object('isMember', m.organisation_id is not null, 'isPublished', s.published_version is not null,
      'agreementVersionId', c."agreementVersionId", 'startsLater', c."startsLater", 'hasEnded', c."hasEnded") as facts`,
    sql`${joinMembership(sql, organisationId, day)} ${joinCoverage(sql, organisationId, day)}`,
  ];
}

/** Whether the organisation is a member of the service's centre on the day: `m.organisation_id` is not null. */
function joinMembership(sql: postgres.TransactionSql, organisationId: string, day: Day): Fragment {
  return sql`left join centre_members m on m.centre_id = s.centre_id and m.organisation_id = ${organisationId}
    and m.joined_on <= ${day} and (m.left_on is null or m.left_on > ${day})`;
}

export interface ServiceFilter {
  readonly centreId?: string;
  readonly q?: string;
  readonly category?: string;
}

/** Up to `limit` services by title and id, after the given ones; the facts of all in the same statement. */
export async function listServices(
  { sql }: HatTx,
  { centreId, q, category }: ServiceFilter,
  orderer: Orderer | undefined,
  after: readonly [string, string] | undefined,
  limit: number,
): Promise<ServiceItemRow[]> {
  const [facts, joins] = factsFor(sql, orderer);
  const like = q === undefined ? '' : containsPattern(q);
  return sql<ServiceItemRow[]>`
    select s.id, s.centre_id as "centreId", s.code, s.category, s.service_key as "serviceKey", s.title,
      s.published_version as "publishedVersion", s.version ${facts}
    from services s ${joins}
    where true
      ${centreId === undefined ? sql`` : sql`and s.centre_id = ${centreId}`}
      ${q === undefined ? sql`` : sql`and (s.title ilike ${like} or s.code ilike ${like})`}
      ${category === undefined ? sql`` : sql`and s.category = ${category}`}
      ${after === undefined ? sql`` : sql`and (s.title, s.id) > (${after[0]}, ${after[1]}::uuid)`}
    order by s.title, s.id limit ${limit}`;
}

/** A service with the content of its published version, else of its newest. */
export async function findService(
  { sql }: HatTx,
  id: string,
  orderer: Orderer | undefined,
): Promise<ServiceRow | undefined> {
  const [facts, joins] = factsFor(sql, orderer);
  const [row] = await sql<ServiceRow[]>`
    select s.id, s.centre_id as "centreId", s.code, s.category, s.service_key as "serviceKey",
      s.published_version as "publishedVersion", d.number as "draftVersion", v.status, v.id as "versionId", v.number as "versionNumber",
      v.title, v.description, v.form_schema as "formSchema", v.usage_rule as "usageRule", v.processing_rule as "processingRule",
      v.checklist, v.approval_rule as "approvalRule", v.sla_policy_id as "slaPolicyId", s.version ${facts}
    from services s
    join lateral (select * from service_versions w where w.service_id = s.id
      order by w.status = 'published' desc, w.number desc limit 1) v on true
    left join service_versions d on d.service_id = s.id and d.status = 'draft' ${joins}
    where s.id = ${id}`;
  return row;
}

export interface NewService {
  readonly id: string;
  readonly centreId: string;
  readonly code: string;
  readonly title: string;
  readonly category: string;
  readonly serviceKey: string | null;
}

export async function insertService({ sql }: HatTx, service: NewService): Promise<void> {
  await sql`insert into services (id, centre_id, code, title, category, service_key)
    values (${service.id}, ${service.centreId}, ${service.code}, ${service.title}, ${service.category}, ${service.serviceKey})`;
}

/** Holds the service until the end of the transaction; false when the hat cannot see it. */
export async function lockService({ sql }: HatTx, id: string): Promise<boolean> {
  const rows = await sql`select from services where id = ${id} for no key update`;
  return rows.length === 1;
}

/** Counts a change, and keeps the title of a service that was never published that of its draft. */
export async function touchService({ sql }: HatTx, id: string, draftTitle: string | null): Promise<void> {
  await sql`update services set version = version + 1,
    title = case when first_published_at is null then coalesce(${draftTitle}, title) else title end where id = ${id}`;
}

export async function markPublished(
  { sql }: HatTx,
  id: string,
  number: number,
  title: string,
  now: string,
): Promise<void> {
  await sql`update services set version = version + 1, title = ${title}, published_version = ${number},
    first_published_at = coalesce(first_published_at, ${now}) where id = ${id}`;
}

export async function markRetired({ sql }: HatTx, id: string): Promise<void> {
  await sql`update services set version = version + 1, published_version = null where id = ${id}`;
}

/** Those of the ids that are teams of the centre. */
export async function findTeamIds(
  { sql }: HatTx,
  centreId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`select id from teams
    where centre_id = ${centreId} and id = any(${ids as string[]}::uuid[])`;
  return new Set(rows.map(({ id }) => id));
}

/** Who wants to order what, when. */
export interface OrderableQuery {
  readonly serviceId: string;
  readonly organisationId: string;
  readonly day: Day;
}

/** A service with its published version, for filing a request; the content of the version is read apart. */
export interface OrderableRow extends Omit<Facts, 'isPublished'> {
  readonly centreId: string;
  readonly centreCode: string;
  readonly code: string;
  readonly versionId: string | null;
}

/**
 * Says what `listServices` says about one service. The statement is spelled out, for it runs with every request that is filed and
 * putting it together anew each time costs as much as sending it.
 */
export function selectOrderable(
  sql: postgres.Sql | postgres.TransactionSql,
  { serviceId, organisationId, day }: OrderableQuery,
): postgres.PendingQuery<postgres.Row[]> {
  return sql`
    select s.centre_id as "centreId", z.code as "centreCode", s.code, v.id as "versionId",
      m.organisation_id is not null as "isMember", c."agreementVersionId", c."startsLater", c."hasEnded"
    from (select ${organisationId}::uuid as organisation_id, ${day}::date as day) o
    join services s on s.id = ${serviceId}
    join centres z on z.id = s.centre_id
    left join service_versions v on v.service_id = s.id and v.number = s.published_version
    left join centre_members m on m.centre_id = s.centre_id and m.organisation_id = o.organisation_id
      and m.joined_on <= o.day and (m.left_on is null or m.left_on > o.day)
    left join lateral (
      select (array_agg(k.agreement_version_id) filter (where k.valid_from <= o.day and (k.valid_to is null or k.valid_to > o.day)))[1] as "agreementVersionId",
        coalesce(bool_or(k.valid_from > o.day), false) as "startsLater", coalesce(bool_or(k.valid_to <= o.day), false) as "hasEnded"
      from agreement_coverage k
      where k.centre_id = s.centre_id and k.organisation_id = o.organisation_id and k.service_id = s.id) c on true`;
}
