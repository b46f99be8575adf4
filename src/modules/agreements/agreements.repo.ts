import type postgres from 'postgres';
import type { Day } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { AgreementVersionView, AgreementView } from './agreements.schemas.ts';
import type { ClauseParty } from './cost-clause.rules.ts';

type Fragment = postgres.PendingQuery<postgres.Row[]>;
type Mutable = string[];

const termsColumns = (sql: postgres.TransactionSql) => sql`
  v.valid_from as "validFrom", v.valid_to as "validTo", v.organisation_ids as "organisationIds", v.service_ids as services,
  v.cost_clause as "costClause", v.price_clause as "priceClause", v.data_protection_role as "dataProtectionRole"`;

/** A version that was terminated says so of its agreement only where nothing in force comes after it. */
const shownStatus = (sql: postgres.TransactionSql) => sql`
  case when v.status = 'terminated' and exists (
    select from agreement_versions f where f.agreement_id = v.agreement_id and f.status = 'in_force'
      and f.valid_from >= v.valid_to and f.valid_to is distinct from f.valid_from)
  then 'in_force' else v.status end`;

/** Agreements, each with one version: the one that holds on `day`, else the next, else the last, else the draft. */
function selectAgreements(
  { sql }: HatTx,
  day: Day,
  where: Fragment,
  limit: number,
): Promise<AgreementView[]> {
  return sql<AgreementView[]>`
    select a.id, a.centre_id as "centreId", a.title, a.mode, ${shownStatus(sql)} as status, v.id as "versionId", v.number as "versionNumber",
      d.number as "draftVersion", ${termsColumns(sql)}, a.version
    from agreements a
    join lateral (
      select * from agreement_versions w where w.agreement_id = a.id
      order by w.status = 'draft', (w.valid_from <= ${day} and (w.valid_to is null or w.valid_to > ${day})) desc,
        case when w.valid_from > ${day} and w.valid_to is distinct from w.valid_from then w.valid_from end,
        w.valid_to is not distinct from w.valid_from, w.valid_to desc, w.number desc
      limit 1) v on true
    left join agreement_versions d on d.agreement_id = a.id and d.status = 'draft'
    where ${where} order by a.id limit ${limit}`;
}

export async function findAgreement(tx: HatTx, id: string, day: Day): Promise<AgreementView | undefined> {
  const [row] = await selectAgreements(tx, day, tx.sql`a.id = ${id}`, 1);
  return row;
}

export interface AgreementFilter {
  readonly centreId?: string;
  readonly organisationId?: string;
  readonly status?: string;
}

/** Up to `limit` agreements in the order they were made, after the given id. */
export async function listAgreements(
  tx: HatTx,
  { centreId, organisationId, status }: AgreementFilter,
  day: Day,
  after: string | undefined,
  limit: number,
): Promise<AgreementView[]> {
  const { sql } = tx;
  const where = sql`true
    ${centreId === undefined ? sql`` : sql`and a.centre_id = ${centreId}`}
    ${organisationId === undefined ? sql`` : sql`and ${organisationId}::uuid = any(v.organisation_ids)`}
    ${status === undefined ? sql`` : sql`and ${shownStatus(sql)} = ${status}`}
    ${after === undefined ? sql`` : sql`and a.id > ${after}`}`;
  return selectAgreements(tx, day, where, limit);
}

function selectVersions({ sql }: HatTx, rest: Fragment): Promise<AgreementVersionView[]> {
  return sql<AgreementVersionView[]>`
    select v.id, v.number, v.status, ${termsColumns(sql)}, v.created_at as "createdAt", v.in_force_at as "inForceAt"
    from agreement_versions v where ${rest}`;
}

/** Up to `limit` versions of an agreement, newest first, below the given number. */
export async function listVersions(
  tx: HatTx,
  agreementId: string,
  below: number | undefined,
  limit: number,
): Promise<AgreementVersionView[]> {
  const { sql } = tx;
  return selectVersions(
    tx,
    sql`v.agreement_id = ${agreementId} ${below === undefined ? sql`` : sql`and v.number < ${below}`}
      order by v.number desc limit ${limit}`,
  );
}

export async function findDraft(tx: HatTx, agreementId: string): Promise<AgreementVersionView | undefined> {
  const [row] = await selectVersions(tx, tx.sql`v.agreement_id = ${agreementId} and v.status = 'draft'`);
  return row;
}

export async function insertAgreement(
  { sql }: HatTx,
  row: { id: string; centreId: string; title: string; mode: string },
): Promise<void> {
  await sql`insert into agreements (id, centre_id, title, mode) values (${row.id}, ${row.centreId}, ${row.title}, ${row.mode})`;
}

export interface NewVersion {
  readonly id: string;
  readonly centreId: string;
  readonly agreementId: string;
  readonly validFrom: Day;
  readonly validTo: Day | null;
  readonly organisationIds: readonly string[];
  readonly serviceIds: readonly string[];
  readonly costClause: object | null;
  readonly priceClause: object | null;
  readonly dataProtectionRole: string;
}

/** Writes the next version as a draft and says its number. The agreement must be locked, or new. */
export async function insertDraft({ sql }: HatTx, draft: NewVersion): Promise<number> {
  const { id, centreId, agreementId, organisationIds, serviceIds } = draft;
  const [row] = await sql<{ number: number }[]>`
    insert into agreement_versions (id, centre_id, agreement_id, number, status, valid_from, valid_to, organisation_ids, service_ids, cost_clause, price_clause, data_protection_role)
    select ${id}, ${centreId}, ${agreementId}, coalesce(max(number), 0) + 1, 'draft', ${draft.validFrom}, ${draft.validTo},
      ${organisationIds as Mutable}::uuid[], ${serviceIds as Mutable}::uuid[], ${jsonText(draft.costClause)}::jsonb,
      ${jsonText(draft.priceClause)}::jsonb, ${draft.dataProtectionRole}
    from agreement_versions where agreement_id = ${agreementId}
    returning number`;
  await insertParties(sql, centreId, agreementId, id, organisationIds);
  if (row === undefined) throw new Error('the draft just written has no number');
  return row.number;
}

/** Rewrites a draft and who its parties are. */
export async function updateDraft({ sql }: HatTx, draft: NewVersion): Promise<void> {
  const { id, centreId, agreementId, organisationIds, serviceIds } = draft;
  await sql`update agreement_versions set valid_from = ${draft.validFrom}, valid_to = ${draft.validTo},
      organisation_ids = ${organisationIds as Mutable}::uuid[], service_ids = ${serviceIds as Mutable}::uuid[],
      cost_clause = ${jsonText(draft.costClause)}::jsonb, price_clause = ${jsonText(draft.priceClause)}::jsonb, data_protection_role = ${draft.dataProtectionRole}
    where id = ${id} and status = 'draft'`;
  await sql`delete from agreement_parties where agreement_version_id = ${id}`;
  await insertParties(sql, centreId, agreementId, id, organisationIds);
}

async function insertParties(
  sql: postgres.TransactionSql,
  centreId: string,
  agreementId: string,
  versionId: string,
  organisationIds: readonly string[],
): Promise<void> {
  await sql`insert into agreement_parties (centre_id, agreement_id, agreement_version_id, organisation_id)
    select ${centreId}, ${agreementId}, ${versionId}, party from unnest(${organisationIds as Mutable}::uuid[]) as party`;
}

function jsonText(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Holds the agreement until the end of the transaction and says its version; undefined when the hat cannot see it. */
export async function lockAgreement({ sql }: HatTx, id: string): Promise<number | undefined> {
  const [row] = await sql<
    { version: number }[]
  >`select version from agreements where id = ${id} for no key update`;
  return row?.version;
}

export async function touchAgreement({ sql }: HatTx, id: string): Promise<void> {
  await sql`update agreements set version = version + 1 where id = ${id}`;
}

/** Those of the organisations that are members of the centre until `validTo` at least, though they may join later than today. */
export async function findMembers(
  { sql }: HatTx,
  centreId: string,
  organisationIds: readonly string[],
  validTo: Day | null,
): Promise<ClauseParty[]> {
  return sql<
    ClauseParty[]
  >`select o.id, o.ags from centre_members m join organisations o on o.id = m.organisation_id
    where m.centre_id = ${centreId} and m.organisation_id = any(${organisationIds as Mutable}::uuid[])
      and (m.left_on is null or m.left_on >= ${validTo})`;
}

/** Those of the ids that are services of the centre. */
export async function findServiceIds(
  { sql }: HatTx,
  centreId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`select id from services
    where centre_id = ${centreId} and id = any(${ids as Mutable}::uuid[])`;
  return new Set(rows.map(({ id }) => id));
}
