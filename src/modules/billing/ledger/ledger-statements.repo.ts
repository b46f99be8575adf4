import type { HatTx } from '../../../platform/db/hat.ts';
import type { LedgerEntry, LedgerStatement, LedgerVoucher } from './ledger.types.ts';

const select = ({ sql }: HatTx) => sql`
  select s.id, s.number, s.kind, s.organisation_id as "organisationId", o.name as "memberName", o.ags as "memberKey",
    s.issued_on as "issuedOn", s.due_on as "dueOn", s.period_code as "periodCode", s.starts_on as "startsOn", s.ends_on as "endsOn",
    s.agreement_reference as "agreementReference", s.corrects_id as "correctsId", c.number as "correctsNumber",
    s.preceding, s.payable_cents as "payableCents", s.document -> 'vat' as vat,
    (select jsonb_agg(jsonb_build_object('serviceId', l.service_id, 'serviceCode', l.line -> 'service' ->> 'code',
        'serviceTitle', l.line -> 'service' ->> 'title', 'vatCategory', l.line -> 'vat' ->> 'category',
        'ratePercent', l.line -> 'vat' ->> 'ratePercent', 'netCents', l.net_cents) order by l.position)
      from statement_lines l where l.statement_id = s.id) as lines
  from statements s join organisations o on o.id = s.organisation_id left join statements c on c.id = s.corrects_id`;

export interface Selection {
  readonly periodId: string | null;
  readonly startsOn: string | null;
  readonly endsOn: string | null;
}

/** Issued documents of a selection that no export has taken yet. */
export async function listUnexported(
  tx: HatTx,
  centreId: string,
  { periodId, startsOn, endsOn }: Selection,
): Promise<LedgerStatement[]> {
  const { sql } = tx;
  return sql<LedgerStatement[]>`${select(tx)} where s.centre_id = ${centreId} and s.status = 'issued'
    ${periodId === null ? sql`` : sql`and s.period_id = ${periodId}`}
    ${startsOn === null ? sql`` : sql`and s.issued_on >= ${startsOn}::date`}
    ${endsOn === null ? sql`` : sql`and s.issued_on < ${endsOn}::date`}
    and not exists (select from ledger_export_statements e where e.statement_id = s.id)
    order by s.issued_on, s.number`;
}

/** What an export booked, as it was booked. */
export async function vouchersOf(tx: HatTx, exportId: string): Promise<LedgerVoucher[]> {
  const statements = await tx.sql<LedgerStatement[]>`${select(tx)}
    where s.id in (select e.statement_id from ledger_export_statements e where e.export_id = ${exportId})
    order by s.issued_on, s.number`;
  const booked = await tx.sql<(Omit<LedgerVoucher, 'statement'> & { statementId: string })[]>`
    select statement_id as "statementId", plan_id as "planId", debtor_account as "debtorAccount", entries
    from ledger_export_statements where export_id = ${exportId}`;
  const byId = new Map(booked.map(({ statementId, ...voucher }) => [statementId, voucher]));
  return statements.flatMap((statement) => {
    const voucher = byId.get(statement.id);
    return voucher === undefined ? [] : [{ statement, ...voucher }];
  });
}

/** What documents were booked as in earlier exports. */
export async function entriesOf(
  { sql }: HatTx,
  statementIds: readonly string[],
): Promise<Map<string, readonly LedgerEntry[]>> {
  const rows = await sql<{ id: string; entries: LedgerEntry[] }[]>`
    select statement_id as id, entries from ledger_export_statements where statement_id = any(${statementIds as string[]}::uuid[])`;
  return new Map(rows.map(({ id, entries }) => [id, entries]));
}

export async function keepVouchers(
  { sql }: HatTx,
  centreId: string,
  exportId: string,
  vouchers: readonly LedgerVoucher[],
): Promise<void> {
  const rows = vouchers.map(({ statement, planId, debtorAccount, entries }) => ({
    statementId: statement.id,
    planId,
    debtorAccount,
    entries,
  }));
  await sql`insert into ledger_export_statements (statement_id, centre_id, export_id, plan_id, debtor_account, entries)
    select r."statementId", ${centreId}, ${exportId}, r."planId", r."debtorAccount", r.entries
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r ("statementId" uuid, "planId" uuid, "debtorAccount" text, entries jsonb)`;
}
