import type postgres from 'postgres';
import type { Day } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';

/** Lets one change of what is covered in a centre happen at a time, so that no two agreements come to cover the same. */
export async function lockCoverage({ sql }: HatTx, centreId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('agreement_coverage', hashtext(${centreId})))`;
}

/** Days of `[validFrom, validTo)`; null: without an end. */
export interface HeldDays {
  readonly validFrom: Day;
  readonly validTo: Day | null;
}

/** The version in force that holds on the day before `end` and on later ones: cut there, it would lose these. */
export async function findReachingBeyond(
  { sql }: HatTx,
  agreementId: string,
  end: Day,
): Promise<(HeldDays & { readonly number: number }) | undefined> {
  const [row] = await sql<(HeldDays & { number: number })[]>`
    select number, valid_from as "validFrom", valid_to as "validTo" from agreement_versions
    where agreement_id = ${agreementId} and status <> 'draft' and valid_from < ${end} and (valid_to is null or valid_to > ${end})`;
  return row;
}

/**
 * Ends what the agreement has in force on some of the days: at the first of them, and what would begin on one of them never begins.
 * None may reach beyond the last. Says the numbers of the versions that were cut.
 */
export async function cutVersions(
  { sql }: HatTx,
  agreementId: string,
  { validFrom: day, validTo }: HeldDays,
  status?: 'terminated',
): Promise<number[]> {
  const cut = await sql<{ id: string; number: number }[]>`
    update agreement_versions set valid_to = greatest(valid_from, ${day}), status = coalesce(${status ?? null}, status)
    where agreement_id = ${agreementId} and status <> 'draft' and (valid_to is null or valid_to > ${day})
      and (${validTo}::date is null or valid_from < ${validTo}) and valid_to is distinct from valid_from
    returning id, number`;
  const ids = cut.map(({ id }) => id);
  await sql`delete from agreement_coverage where agreement_version_id = any(${ids}::uuid[]) and valid_from >= ${day}`;
  await sql`update agreement_coverage set valid_to = ${day} where agreement_version_id = any(${ids}::uuid[])`;
  return cut.map(({ number }) => number).sort((a, b) => a - b);
}

/** The last day-after-the-end of what is in force: null when open-ended, undefined when nothing is in force. */
export async function findLatestEnd({ sql }: HatTx, agreementId: string): Promise<Day | null | undefined> {
  const [row] = await sql<{ validTo: Day | null }[]>`select valid_to as "validTo" from agreement_versions
    where agreement_id = ${agreementId} and status <> 'draft' and valid_to is distinct from valid_from
    order by valid_to desc nulls first limit 1`;
  return row?.validTo;
}

/** Makes a draft the wording in force and writes its coverage: every party × every service. */
export async function putIntoForce({ sql }: HatTx, versionId: string, now: string): Promise<void> {
  await sql`update agreement_versions set status = 'in_force', in_force_at = ${now} where id = ${versionId} and status = 'draft'`;
  await sql`insert into agreement_coverage (centre_id, agreement_version_id, organisation_id, service_id, valid_from, valid_to)
    select v.centre_id, v.id, party, service, v.valid_from, v.valid_to
    from agreement_versions v, unnest(v.organisation_ids) party, unnest(v.service_ids) service where v.id = ${versionId}`;
}

/** Titles of agreements, other than that of the version, that cover something of the version on one of its days. */
export async function findOverlaps({ sql }: HatTx, versionId: string): Promise<string[]> {
  const rows = await sql<{ title: string }[]>`
    select distinct a.title from agreement_versions v
    join agreement_coverage c on c.centre_id = v.centre_id and c.organisation_id = any(v.organisation_ids) and c.service_id = any(v.service_ids)
      and (v.valid_to is null or c.valid_from < v.valid_to) and (c.valid_to is null or c.valid_to > v.valid_from)
    join agreement_versions w on w.id = c.agreement_version_id and w.agreement_id <> v.agreement_id
    join agreements a on a.id = w.agreement_id
    where v.id = ${versionId} order by a.title limit 5`;
  return rows.map(({ title }) => title);
}

/** Titles of agreements with a version in force that has the organisation as a party on `leftOn` or later. */
export async function findBindingBeyond(
  { sql }: HatTx,
  { centreId, organisationId, leftOn }: { centreId: string; organisationId: string; leftOn: Day },
): Promise<string[]> {
  const rows = await sql<{ title: string }[]>`
    select distinct a.title from agreement_parties p
    join agreement_versions v on v.id = p.agreement_version_id and v.status <> 'draft' and v.valid_to is distinct from v.valid_from
      and (v.valid_to is null or v.valid_to > ${leftOn})
    join agreements a on a.id = v.agreement_id
    where p.centre_id = ${centreId} and p.organisation_id = ${organisationId} order by a.title limit 5`;
  return rows.map(({ title }) => title);
}

/** The agreement version that covers service × organisation on a day, or undefined. */
export async function findCoverage(
  { sql }: HatTx,
  where: { centreId: string; organisationId: string; serviceId: string; day: Day },
): Promise<{ agreementVersionId: string } | undefined> {
  const [row] = await sql<{ agreementVersionId: string }[]>`
    select agreement_version_id as "agreementVersionId" from agreement_coverage
    where centre_id = ${where.centreId} and organisation_id = ${where.organisationId} and service_id = ${where.serviceId}
      and valid_from <= ${where.day} and (valid_to is null or valid_to > ${where.day})`;
  return row;
}

/**
 * Joins the facts about coverage on a day to a query whose services are aliased `s`: `c."agreementVersionId"`,
 * `c."startsLater"`, `c."hasEnded"`. For lists and hot paths, where a query per service would be too many.
 */
export function joinCoverage(
  sql: postgres.TransactionSql,
  organisationId: string,
  day: Day,
): postgres.PendingQuery<postgres.Row[]> {
  return sql`left join lateral (
    select (array_agg(k.agreement_version_id) filter (where k.valid_from <= ${day} and (k.valid_to is null or k.valid_to > ${day})))[1] as "agreementVersionId",
      coalesce(bool_or(k.valid_from > ${day}), false) as "startsLater", coalesce(bool_or(k.valid_to <= ${day}), false) as "hasEnded"
    from agreement_coverage k
    where k.centre_id = s.centre_id and k.organisation_id = ${organisationId} and k.service_id = s.id) c on true`;
}
