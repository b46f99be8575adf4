import type { HatTx } from '../../../platform/db/hat.ts';
import type { AccountPlan, AccountRule } from './ledger.types.ts';
import type { LedgerPlanInput, LedgerPlanView } from './ledger-plans.schemas.ts';

const select = ({ sql }: HatTx) => sql`
  select p.id, p.centre_id as "centreId", p.name, p.valid_from as "validFrom", p.collective_debtor as "collectiveDebtor", p.version,
    coalesce((select jsonb_agg(jsonb_build_object('serviceId', r.service_id, 'kind', r.kind, 'vatCategory', r.vat_category,
        'ratePercent', r.rate_percent, 'account', r.account, 'product', r.product, 'costObject', r.cost_object, 'vatAccount', r.vat_account,
        'taxKey', r.tax_key) order by r.position)
      from ledger_account_rules r where r.plan_id = p.id), '[]') as rules,
    coalesce((select jsonb_agg(jsonb_build_object('organisationId', d.organisation_id, 'account', d.account) order by d.organisation_id)
      from ledger_debtors d where d.plan_id = p.id), '[]') as debtors,
    exists (select from ledger_export_statements s where s.plan_id = p.id) as "isUsed"
  from ledger_account_plans p`;

export async function findPlan(tx: HatTx, id: string): Promise<LedgerPlanView | undefined> {
  const [row] = await tx.sql<LedgerPlanView[]>`${select(tx)} where p.id = ${id}`;
  return row;
}

/** Up to `limit` plans, the latest first, that begin before a day. */
export async function listPlans(
  tx: HatTx,
  centreId: string,
  before: string | undefined,
  limit: number,
): Promise<LedgerPlanView[]> {
  const { sql } = tx;
  return sql<LedgerPlanView[]>`${select(tx)} where p.centre_id = ${centreId}
    ${before === undefined ? sql`` : sql`and p.valid_from < ${before}::date`} order by p.valid_from desc limit ${limit}`;
}

/** All plans of a centre; nobody changes them until this transaction ends. */
export async function lockPlans(tx: HatTx, centreId: string): Promise<AccountPlan[]> {
  const rows = await tx.sql<(Omit<AccountPlan, 'debtors'> & Pick<LedgerPlanView, 'debtors'>)[]>`
    ${select(tx)} where p.centre_id = ${centreId} for share of p`;
  return rows.map(({ debtors, ...plan }) => ({
    ...plan,
    debtors: new Map(debtors.map(({ organisationId, account }) => [organisationId, account])),
  }));
}

export async function insertPlan(
  { sql }: HatTx,
  centreId: string,
  id: string,
  { name, validFrom, collectiveDebtor }: LedgerPlanInput,
): Promise<void> {
  await sql`insert into ledger_account_plans (id, centre_id, name, valid_from, collective_debtor)
    values (${id}, ${centreId}, ${name}, ${validFrom}, ${collectiveDebtor})`;
}

/** Returns false when the plan is no longer at this version. */
export async function updatePlan(
  { sql }: HatTx,
  id: string,
  version: number,
  { name, validFrom, collectiveDebtor }: LedgerPlanInput,
): Promise<boolean> {
  const { count } = await sql`update ledger_account_plans set name = ${name}, valid_from = ${validFrom},
      collective_debtor = ${collectiveDebtor}, version = version + 1
    where id = ${id} and version = ${version}`;
  return count === 1;
}

/** Waits for exports that are reading the plan, then says whether one went by it. */
export async function lockPlan({ sql }: HatTx, id: string): Promise<{ isUsed: boolean } | undefined> {
  const [row] = await sql`select id from ledger_account_plans where id = ${id} for update`;
  if (row === undefined) return undefined;
  const [used] = await sql<{ isUsed: boolean }[]>`
    select exists (select from ledger_export_statements where plan_id = ${id}) as "isUsed"`;
  return used;
}

/** Makes rules and personal accounts of a plan exactly these. */
export async function putAccounts(
  { sql }: HatTx,
  centreId: string,
  planId: string,
  rules: readonly AccountRule[],
  debtors: LedgerPlanInput['debtors'],
): Promise<void> {
  await sql`delete from ledger_account_rules where plan_id = ${planId}`;
  await sql`delete from ledger_debtors where plan_id = ${planId}`;
  const rows = rules.map((rule, position) => ({ ...rule, position }));
  await sql`insert into ledger_account_rules (plan_id, centre_id, position, service_id, kind, vat_category, rate_percent, account, product,
      cost_object, vat_account, tax_key)
    select ${planId}, ${centreId}, r.position, r."serviceId", r.kind, r."vatCategory", r."ratePercent", r.account, r.product, r."costObject",
      r."vatAccount", r."taxKey"
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r (position int, "serviceId" uuid, kind text, "vatCategory" text,
      "ratePercent" text, account text, product text, "costObject" text, "vatAccount" text, "taxKey" text)`;
  await sql`insert into ledger_debtors (plan_id, centre_id, organisation_id, account)
    select ${planId}, ${centreId}, d."organisationId", d.account
    from jsonb_to_recordset(${JSON.stringify(debtors)}::text::jsonb) as d ("organisationId" uuid, account text)`;
}

export async function knownServices(
  { sql }: HatTx,
  centreId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`
    select id from services where centre_id = ${centreId} and id = any(${ids as string[]}::uuid[])`;
  return new Set(rows.map(({ id }) => id));
}

export async function knownMembers(
  { sql }: HatTx,
  centreId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`select organisation_id as id from centre_members
    where centre_id = ${centreId} and organisation_id = any(${ids as string[]}::uuid[])`;
  return new Set(rows.map(({ id }) => id));
}
