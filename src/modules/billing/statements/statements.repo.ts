import type { Day } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { DocumentTotals, StatementDocument } from '../documents/document.types.ts';
import type { NewStatement, StatementLineRow, StatementRow } from './statements.types.ts';

const select = ({ sql }: HatTx) => sql`
  select s.id, s.centre_id as "centreId", s.organisation_id as "organisationId", o.name as "memberName", s.batch_id as "batchId", s.kind,
    s.vat_group as "vatGroup", s.status, s.number, s.run_id as "runId", s.period_id as "periodId", s.period_code as "periodCode",
    s.starts_on as "startsOn", s.ends_on as "endsOn", s.billing_period_id as "billingPeriodId",
    s.billing_period_code as "billingPeriodCode", s.corrects_id as "correctsId", s.superseded_by as "supersededBy",
    s.agreement_reference as "agreementReference", s.notes, s.preceding, s.net_cents as "netCents", s.vat_cents as "vatCents",
    s.gross_cents as "grossCents", s.prepaid_cents as "prepaidCents", s.payable_cents as "payableCents",
    s.content_hash as "contentHash", s.signed_hash as "signedHash",
    case when s.status = 'draft' then (select seller->'bank' from billing_profiles p where p.centre_id = s.centre_id) end as account, s.due_on as "dueOn", s.issued_on as "issuedOn", s.issued_at as "issuedAt",
    s.issued_by as "issuedBy", s.issued_by_name as "issuedByName", s.document, s.rendered_at as "renderedAt",
    s.created_by as "createdBy", s.created_by_name as "createdByName", s.created_at as "createdAt", s.version
  from statements s join organisations o on o.id = s.organisation_id`;

export async function findStatement(tx: HatTx, id: string): Promise<StatementRow | undefined> {
  const [row] = await tx.sql<StatementRow[]>`${select(tx)} where s.id = ${id}`;
  return row;
}

/** Who wants to change the same statement waits, and then finds it changed. */
export async function lockStatement({ sql }: HatTx, id: string): Promise<void> {
  await sql`select from statements where id = ${id} for update`;
}

/** Lets the documents of a centre be issued, or its periods be settled, one after the other. */
export async function lockIssuing({ sql }: HatTx, centreId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('statements', hashtext(${centreId})))`;
}

export type ValidDocument = Pick<
  StatementRow,
  'id' | 'number' | 'kind' | 'organisationId' | 'periodId' | 'vatGroup'
>;

/** Instalments and invoices of periods that are valid now. */
export async function validDocuments(
  { sql }: HatTx,
  centreId: string,
  periodIds: readonly string[],
): Promise<ValidDocument[]> {
  if (periodIds.length === 0) return [];
  return sql<ValidDocument[]>`
    select id, number, kind, organisation_id as "organisationId", period_id as "periodId", vat_group as "vatGroup" from statements
    where centre_id = ${centreId} and period_id = any(${periodIds as string[]}::uuid[]) and status = 'issued' and kind in (326, 380, 384)
      and superseded_by is null`;
}

/** Valid invoices that set off what the drafts take back, with the ids of all that each sets off. */
export async function listSettingOff(
  { sql }: HatTx,
  centreId: string,
  credits: readonly Pick<StatementRow, 'correctsId' | 'periodId'>[],
): Promise<{ id: string; number: string; setOffIds: string[] }[]> {
  const ids = credits.flatMap(({ correctsId }) => correctsId ?? []);
  const periodIds = [...new Set(credits.flatMap(({ periodId }) => periodId ?? []))];
  if (ids.length === 0) return [];
  return sql<{ id: string; number: string; setOffIds: string[] }[]>`
    select s.id, s.number, array_agg(p.before->>'statementId') as "setOffIds"
    from statements s cross join lateral jsonb_array_elements(s.preceding) p (before)
    where s.centre_id = ${centreId} and s.period_id = any(${periodIds}::uuid[]) and s.status = 'issued' and s.kind in (380, 384)
      and s.superseded_by is null and p.before->>'statementId' = any(${ids})
    group by s.id, s.number order by s.number`;
}

export interface StatementFilter {
  readonly batchId?: string | undefined;
  readonly organisationId?: string | undefined;
  readonly periodId?: string | undefined;
  readonly status?: string | undefined;
  readonly kind?: number | undefined;
  readonly validation?: 'rejected' | undefined;
}

/** Up to `limit` statements of the hat, the newest first, before the given id. Verdicts are the centre's own: members find none by them. */
export async function listStatements(
  tx: HatTx,
  { hat }: HatContext,
  { batchId, organisationId, periodId, status, kind, validation }: StatementFilter,
  before: string | undefined,
  limit: number,
): Promise<StatementRow[]> {
  const { sql } = tx;
  const own =
    hat.kind === 'centre'
      ? sql`s.centre_id = ${hat.id}`
      : sql`s.organisation_id = ${hat.id} and s.status = 'issued'`;
  return sql<StatementRow[]>`${select(tx)} where ${own}
    ${batchId === undefined ? sql`` : sql`and s.batch_id = ${batchId}`}
    ${organisationId === undefined ? sql`` : sql`and s.organisation_id = ${organisationId}`}
    ${periodId === undefined ? sql`` : sql`and s.period_id = ${periodId}`}
    ${status === undefined ? sql`` : sql`and s.status = ${status}`}
    ${kind === undefined ? sql`` : sql`and s.kind = ${kind}`}
    ${
      validation === undefined
        ? sql``
        : sql`and s.id in (select statement_id from statement_validations where centre_id = ${hat.id} and not accepted)`
    }
    ${before === undefined ? sql`` : sql`and s.id < ${before}`}
    order by s.id desc limit ${limit}`;
}

/** What members were sent for a period and is still valid: invoices, corrected invoices and instalments. */
export async function listCurrent(tx: HatTx, centreId: string, periodId: string): Promise<StatementRow[]> {
  return tx.sql<
    StatementRow[]
  >`${select(tx)} where s.centre_id = ${centreId} and s.period_id = ${periodId} and s.status = 'issued'
    and s.kind in (326, 380, 384) and s.superseded_by is null order by s.issued_on, s.number`;
}

/** Drafts among the ids, in the order in which they get their numbers: by member, so that a batch is numbered like its list. */
export async function lockDrafts(tx: HatTx, ids: readonly string[]): Promise<StatementRow[]> {
  return tx.sql<
    StatementRow[]
  >`${select(tx)} where s.id = any(${ids as string[]}::uuid[]) and s.status = 'draft'
    order by coalesce(o.ags, o.id::text) collate "C", s.vat_group, s.id for update of s`;
}

/** Documents among the ids that are no longer valid; the others stay valid until the end of the transaction. */
export async function supersededAmong({ sql }: HatTx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await sql<{ id: string; supersededBy: string | null }[]>`
    select id, superseded_by as "supersededBy" from statements where id = any(${ids as string[]}::uuid[]) order by id for update`;
  return new Set(rows.filter(({ supersededBy }) => supersededBy !== null).map(({ id }) => id));
}

const lines = ({ sql }: HatTx) => sql`
  select statement_id as "statementId", position, service_id as "serviceId", organisation_id as "organisationId",
    vat_determination_id as "vatDeterminationId", run_id as "runId", run_position as "runPosition", usage_links as "usageLinks", line
  from statement_lines`;

export async function listLines(tx: HatTx, statementIds: readonly string[]): Promise<StatementLineRow[]> {
  return tx.sql<StatementLineRow[]>`${lines(tx)}
    where statement_id = any(${statementIds as string[]}::uuid[]) order by statement_id, position`;
}

/** Up to `limit` lines of a statement behind the position. */
export async function listLinesOf(
  tx: HatTx,
  statementId: string,
  after: number,
  limit: number,
): Promise<StatementLineRow[]> {
  return tx.sql<StatementLineRow[]>`${lines(tx)}
    where statement_id = ${statementId} and position > ${after} order by position limit ${limit}`;
}

/** A draft with its id, sums and hash. */
export interface StatementToKeep extends NewStatement {
  readonly id: string;
  readonly totals: DocumentTotals;
  readonly contentHash: string;
}

/** Lines go in by portions, so that no parameter grows without bound. */
const PORTION = 2000;

export async function insertStatements(
  { sql }: HatTx,
  { actor, now }: HatContext,
  centreId: string,
  statements: readonly StatementToKeep[],
): Promise<void> {
  const rows = statements.map(({ totals, period, billingPeriod, lines: _lines, ...rest }) => {
    const { id: periodId, ...days } = period;
    const billedIn = { billingPeriodId: billingPeriod?.id, billingPeriodCode: billingPeriod?.code };
    return { ...rest, ...days, ...billedIn, ...totals, periodId };
  });
  await sql`insert into statements (id, centre_id, organisation_id, batch_id, kind, vat_group, status, run_id, period_id, period_code, starts_on,
      ends_on, billing_period_id, billing_period_code, corrects_id, agreement_reference, notes, preceding, net_cents, vat_cents, gross_cents, prepaid_cents, payable_cents, content_hash,
      due_on, created_by, created_by_name, created_at)
    select r.id, ${centreId}, r."organisationId", r."batchId", r.kind, r."vatGroup", 'draft', r."runId", r."periodId", r.code, r."startsOn",
      r."endsOn", r."billingPeriodId", r."billingPeriodCode", r."correctsId", r."agreementReference", r.notes, r.preceding, r."netCents", r."vatCents", r."grossCents", r."prepaidCents",
      r."payableCents", r."contentHash", r."dueOn", ${actor.id}, ${actor.name}, ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r (id uuid, "organisationId" uuid, "batchId" uuid, kind int, "vatGroup" text,
      "runId" uuid, "periodId" uuid, code text, "startsOn" date, "endsOn" date, "billingPeriodId" uuid,
      "billingPeriodCode" text, "correctsId" uuid, "agreementReference" text, notes text[],
      preceding jsonb, "netCents" bigint, "vatCents" bigint, "grossCents" bigint, "prepaidCents" bigint, "payableCents" bigint,
      "contentHash" text, "dueOn" date)`;
  const ordered = statements.flatMap(({ id, lines: own }) =>
    own.map((line, position) => ({ ...line, statementId: id, position, netCents: line.line.netCents })),
  );
  for (let start = 0; start < ordered.length; start += PORTION) {
    await sql`insert into statement_lines (statement_id, position, centre_id, organisation_id, service_id, vat_determination_id, net_cents, run_id,
        run_position, usage_links, line)
      select r."statementId", r.position, ${centreId}, r."organisationId", r."serviceId", r."vatDeterminationId", r."netCents", r."runId",
        r."runPosition", r."usageLinks", r.line
      from jsonb_to_recordset(${JSON.stringify(ordered.slice(start, start + PORTION))}::text::jsonb) as r ("statementId" uuid, position int,
        "organisationId" uuid, "serviceId" uuid, "vatDeterminationId" uuid, "netCents" bigint, "runId" uuid, "runPosition" int,
        "usageLinks" text[], line jsonb)`;
  }
}

/** The first of `count` numbers that nobody else gets; who comes later waits until this transaction ends. */
export async function takeNumbers(
  { sql }: HatTx,
  centreId: string,
  year: number,
  count: number,
): Promise<{ code: string; first: number }> {
  const [row] = await sql<{ code: string; first: number }[]>`
    with taken as (
      insert into statement_numbers (centre_id, year, last) values (${centreId}, ${year}, ${count})
      on conflict (centre_id, year) do update set last = statement_numbers.last + ${count}
      returning last
    ) select c.code, (taken.last - ${count} + 1)::int as first from taken, centres c where c.id = ${centreId}`;
  if (row === undefined) throw new Error(`no centre ${centreId}`);
  return row;
}

export interface IssuedStatement {
  readonly id: string;
  readonly number: string;
  readonly dueOn: Day;
  readonly signedHash: string;
  readonly document: StatementDocument;
}

export async function markIssued(
  { sql }: HatTx,
  { actor, now }: HatContext,
  issuedOn: Day,
  issued: readonly IssuedStatement[],
): Promise<void> {
  // The text of each document is kept as it is written here.
  const rows = issued.map(({ document, ...row }) => ({ ...row, document: JSON.stringify(document) }));
  await sql`update statements s set status = 'issued', number = r.number, due_on = r."dueOn", issued_on = ${issuedOn}, issued_at = ${now},
      issued_by = ${actor.id}, issued_by_name = ${actor.name}, document = r.document::json, signed_hash = r."signedHash", version = s.version + 1
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r (id uuid, number text, "dueOn" date, "signedHash" text, document text)
    where s.id = r.id and s.status = 'draft'`;
}

/** What is replaced or taken back counts no more; before its successor counts. */
export async function markSuperseded(
  { sql }: HatTx,
  pairs: readonly { readonly id: string; readonly supersededBy: string }[],
): Promise<number> {
  const { count } =
    await sql`update statements s set superseded_by = r."supersededBy", version = s.version + 1
    from jsonb_to_recordset(${JSON.stringify(pairs)}::text::jsonb) as r (id uuid, "supersededBy" uuid)
    where s.id = r.id and s.status = 'issued' and s.superseded_by is null`;
  return count;
}

type PeriodDraft = Pick<StatementRow, 'id' | 'memberName' | 'batchId' | 'kind'>;

/** Drafts of the period, of batches and by hand, by member. */
export async function listPeriodDrafts(
  { sql }: HatTx,
  centreId: string,
  periodId: string,
): Promise<PeriodDraft[]> {
  return sql<PeriodDraft[]>`
    select s.id, o.name as "memberName", s.batch_id as "batchId", s.kind
    from statements s join organisations o on o.id = s.organisation_id
    where s.centre_id = ${centreId} and s.period_id = ${periodId} and s.status = 'draft'
    order by coalesce(o.ags, o.id::text) collate "C", s.id`;
}

/** Drafts of earlier batches that something stood against: a new batch makes them anew. */
export async function discardLeftDrafts({ sql }: HatTx, centreId: string, periodId: string): Promise<void> {
  await sql`update statements set status = 'discarded', version = version + 1
    where centre_id = ${centreId} and period_id = ${periodId} and status = 'draft' and batch_id is not null`;
}

/** Returns how many were still drafts. */
export async function discardDrafts({ sql }: HatTx, ids: readonly string[]): Promise<number> {
  const { count } = await sql`update statements set status = 'discarded', version = version + 1
    where id = any(${ids as string[]}::uuid[]) and status = 'draft'`;
  return count;
}
