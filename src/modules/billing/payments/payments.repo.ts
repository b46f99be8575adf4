import type { Day, Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { insertRows } from '../instalments/rows.repo.ts';
import type { UnclearReason } from './matching.rules.ts';

export interface PaymentRow {
  readonly id: string;
  readonly centreId: string;
  readonly organisationId: string | null;
  readonly kind: 'by_hand' | 'bank' | 'offset' | 'reversal';
  readonly amountCents: number;
  readonly matchedCents: number;
  readonly bookedOn: Day;
  readonly text: string;
  readonly counterpartyName: string | null;
  readonly counterpartyIban: string | null;
  readonly bankReference: string | null;
  readonly importId: string | null;
  readonly reversesId: string | null;
  readonly reversedById: string | null;
  readonly unclearReason: UnclearReason | null;
  readonly candidates: readonly string[];
  readonly clearedAt: Moment | null;
  readonly recordedBy: string;
  readonly recordedByName: string;
  readonly recordedAt: Moment;
  readonly version: number;
}

const select = ({ sql }: HatTx) => sql`
  select p.id, p.centre_id as "centreId", p.organisation_id as "organisationId", p.kind, p.amount_cents as "amountCents",
    matched.cents as "matchedCents", p.booked_on as "bookedOn", p.text, p.counterparty_name as "counterpartyName",
    p.counterparty_iban as "counterpartyIban", p.bank_reference as "bankReference", p.import_id as "importId",
    p.reverses_id as "reversesId", r.id as "reversedById", p.unclear_reason as "unclearReason", p.candidates, p.cleared_at as "clearedAt",
    p.recorded_by as "recordedBy", p.recorded_by_name as "recordedByName", p.recorded_at as "recordedAt", p.version
  from payments p left join payments r on r.reverses_id = p.id
  cross join lateral (
    select coalesce(sum(m.amount_cents), 0)::bigint as cents from payment_matches m where m.payment_id = p.id) matched`;

/** Lets one change of what is paid happen in a centre at a time, so that nothing is matched twice. */
export async function lockPayments({ sql }: HatTx, centreId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('payments', hashtext(${centreId})))`;
}

export async function findPayment(tx: HatTx, id: string): Promise<PaymentRow | undefined> {
  const [row] = await tx.sql<PaymentRow[]>`${select(tx)} where p.id = ${id}`;
  return row;
}

export interface PaymentFilter {
  readonly status?: string | undefined;
  readonly organisationId?: string | undefined;
  readonly importId?: string | undefined;
}

/** Up to `limit` payments of the hat, the newest first, before the given id. */
export async function listPayments(
  tx: HatTx,
  { hat }: HatContext,
  { status, organisationId, importId }: PaymentFilter,
  before: string | undefined,
  limit: number,
): Promise<PaymentRow[]> {
  const { sql } = tx;
  const own = hat.kind === 'centre' ? sql`p.centre_id = ${hat.id}` : sql`p.organisation_id = ${hat.id}`;
  const byStatus = {
    unclear: sql`and p.unclear_reason is not null and p.cleared_at is null`,
    credit: sql`and p.organisation_id is not null and matched.cents <> p.amount_cents and p.reverses_id is null and r.id is null`,
    matched: sql`and matched.cents = p.amount_cents`,
  }[status ?? ''];
  return sql<PaymentRow[]>`${select(tx)} where ${own} ${byStatus ?? sql``}
    ${organisationId === undefined ? sql`` : sql`and p.organisation_id = ${organisationId}`}
    ${importId === undefined ? sql`` : sql`and p.import_id = ${importId}`}
    ${before === undefined ? sql`` : sql`and p.id < ${before}`}
    order by p.id desc limit ${limit}`;
}

/** What is left of the payments of members, where something is; below zero where more was paid out than matched. */
export async function unmatchedByMember(
  { sql }: HatTx,
  centreId: string,
  organisationIds: readonly string[],
): Promise<[string, number][]> {
  const rows = await sql<{ organisationId: string; cents: number }[]>`
    select p.organisation_id as "organisationId", sum(p.amount_cents - matched.cents)::bigint as cents from payments p
    cross join lateral (
      select coalesce(sum(m.amount_cents), 0)::bigint as cents from payment_matches m where m.payment_id = p.id) matched
    where p.centre_id = ${centreId} and p.organisation_id = any(${organisationIds as string[]}::uuid[]) and p.reverses_id is null
      and not exists (select from payments r where r.reverses_id = p.id)
    group by 1 having sum(p.amount_cents - matched.cents) <> 0`;
  return rows.map(({ organisationId, cents }) => [organisationId, cents]);
}

export interface NewPayment {
  readonly id: string;
  readonly organisationId: string | null;
  readonly kind: PaymentRow['kind'];
  readonly amountCents: number;
  readonly bookedOn: Day;
  readonly text: string;
  readonly counterpartyName?: string | null;
  readonly counterpartyIban?: string | null;
  readonly bankReference?: string | null;
  readonly importId?: string;
  readonly position?: number;
  readonly entryKey?: string;
  readonly reversesId?: string;
  readonly unclearReason?: UnclearReason;
  readonly candidates?: readonly string[];
}

export async function insertPayments(
  { sql }: HatTx,
  { actor, now }: HatContext,
  centreId: string,
  payments: readonly NewPayment[],
): Promise<void> {
  await insertRows(
    payments.map((payment) => ({ candidates: [], ...payment })),
    (
      rows,
    ) => sql`insert into payments (id, centre_id, organisation_id, kind, amount_cents, booked_on, text, counterparty_name,
        counterparty_iban, bank_reference, import_id, position, entry_key, reverses_id, unclear_reason, candidates, recorded_by,
        recorded_by_name, recorded_at)
      select r.id, ${centreId}, r."organisationId", r.kind, r."amountCents", r."bookedOn", r.text, r."counterpartyName",
        r."counterpartyIban", r."bankReference", r."importId", r.position, r."entryKey", r."reversesId", r."unclearReason", r.candidates,
        ${actor.id}, ${actor.name}, ${now}
      from jsonb_to_recordset(${rows}::text::jsonb) as r (id uuid, "organisationId" uuid, kind text, "amountCents" bigint, "bookedOn" date,
        text text, "counterpartyName" text, "counterpartyIban" text, "bankReference" text, "importId" uuid, position int, "entryKey" text,
        "reversesId" uuid, "unclearReason" text, candidates uuid[])`,
  );
}

/** Says whose a payment is, where nobody knew, and takes it out of the queue. */
export async function clearPayment(
  { sql }: HatTx,
  { actor, now }: HatContext,
  id: string,
  organisationId: string | null,
): Promise<void> {
  await sql`update payments set organisation_id = coalesce(organisation_id, ${organisationId}), version = version + 1,
      cleared_by = ${actor.id}, cleared_by_name = ${actor.name}, cleared_at = ${now}
    where id = ${id} and unclear_reason is not null and cleared_at is null`;
}

export interface NewMatchRow {
  readonly id: string;
  readonly organisationId: string;
  readonly paymentId: string;
  readonly statementId: string;
  readonly chainId: string;
  readonly amountCents: number;
  readonly basis: MatchRow['basis'];
  readonly releasesId?: string;
}

export async function insertMatches(
  { sql }: HatTx,
  { actor, now }: HatContext,
  centreId: string,
  matches: readonly NewMatchRow[],
): Promise<void> {
  await insertRows(
    matches,
    (
      rows,
    ) => sql`insert into payment_matches (id, centre_id, organisation_id, payment_id, statement_id, chain_id, amount_cents, basis,
        releases_id, matched_by, matched_by_name, matched_at)
      select r.id, ${centreId}, r."organisationId", r."paymentId", r."statementId", r."chainId", r."amountCents", r.basis, r."releasesId",
        ${actor.id}, ${actor.name}, ${now}
      from jsonb_to_recordset(${rows}::text::jsonb) as r (id uuid, "organisationId" uuid, "paymentId" uuid, "statementId" uuid,
        "chainId" uuid, "amountCents" bigint, basis text, "releasesId" uuid)`,
  );
}

export interface MatchRow {
  readonly id: string;
  readonly paymentId: string;
  readonly organisationId: string;
  readonly statementId: string;
  readonly statementNumber: string;
  readonly chainId: string;
  readonly amountCents: number;
  readonly basis: 'number' | 'numbers' | 'amount' | 'by_hand' | 'offset' | 'reversal';
  readonly releasesId: string | null;
  readonly matchedBy: string;
  readonly matchedByName: string;
  readonly matchedAt: Moment;
}

export async function listMatches({ sql }: HatTx, paymentId: string): Promise<MatchRow[]> {
  return sql<MatchRow[]>`
    select m.id, m.payment_id as "paymentId", m.organisation_id as "organisationId", m.statement_id as "statementId",
      s.number as "statementNumber", m.chain_id as "chainId", m.amount_cents as "amountCents", m.basis, m.releases_id as "releasesId",
      m.matched_by as "matchedBy", m.matched_by_name as "matchedByName", m.matched_at as "matchedAt"
    from payment_matches m join statements s on s.id = m.statement_id where m.payment_id = ${paymentId} order by m.id`;
}
