import type { Day, Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { lockPayments } from '../payments/payments.repo.ts';
import { lockIssuing } from '../statements/statements.repo.ts';
import type { PayoutAccounts } from './settlement-payouts.ts';
import type { SettledMember } from './settlements.schemas.ts';

export interface SettlementRow {
  readonly id: string;
  readonly centreId: string;
  readonly periodId: string;
  readonly periodCode: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly members: SettledMember[];
  /** Null for members, like who settled. */
  readonly contentHash: string | null;
  readonly settledBy: string | null;
  readonly settledByName: string | null;
  readonly settledAt: Moment;
}

/** Settlements as the hat has them: whole for the centre; a member finds itself, and neither hash nor who settled. */
function select({ sql }: HatTx, { hat }: HatContext) {
  const own =
    hat.kind === 'centre'
      ? sql`select *, id as settlement_id from settlements where centre_id = ${hat.id}`
      : sql`select *, jsonb_build_array(figures) as members, null as content_hash, null as settled_by, null as settled_by_name
          from settlement_members where organisation_id = ${hat.id}`;
  return sql`select settlement_id as id, centre_id as "centreId", period_id as "periodId", period_code as "periodCode",
      starts_on as "startsOn", ends_on as "endsOn", members, content_hash as "contentHash", settled_by as "settledBy",
      settled_by_name as "settledByName", settled_at as "settledAt"
    from (${own}) s`;
}

/** Nothing is issued, paid or set off in the centre until the end of the transaction. */
export async function lockSettling(tx: HatTx, centreId: string): Promise<void> {
  await lockIssuing(tx, centreId);
  await lockPayments(tx, centreId);
}

export async function findSettlement(
  tx: HatTx,
  ctx: HatContext,
  id: string,
): Promise<SettlementRow | undefined> {
  const [row] = await tx.sql<SettlementRow[]>`${select(tx, ctx)} where settlement_id = ${id}`;
  return row;
}

export async function findSettlementOf(
  { sql }: HatTx,
  centreId: string,
  periodId: string,
): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select id from settlements where centre_id = ${centreId} and period_id = ${periodId}`;
  return row?.id;
}

/** Up to `limit` settlements of the hat, the newest first, before the given id. */
export async function listSettlements(
  tx: HatTx,
  ctx: HatContext,
  periodId: string | undefined,
  before: string | undefined,
  limit: number,
): Promise<SettlementRow[]> {
  const { sql } = tx;
  return sql<SettlementRow[]>`${select(tx, ctx)} where true
    ${periodId === undefined ? sql`` : sql`and period_id = ${periodId}`}
    ${before === undefined ? sql`` : sql`and settlement_id < ${before}`} order by settlement_id desc limit ${limit}`;
}

export async function insertSettlement(
  { sql }: HatTx,
  { actor, now }: HatContext,
  row: Omit<SettlementRow, 'settledBy' | 'settledByName' | 'settledAt'>,
): Promise<void> {
  await sql`insert into settlements (id, centre_id, period_id, period_code, starts_on, ends_on, members, content_hash, settled_by,
      settled_by_name, settled_at)
    values (${row.id}, ${row.centreId}, ${row.periodId}, ${row.periodCode}, ${row.startsOn}, ${row.endsOn},
      ${JSON.stringify(row.members)}::text::jsonb, ${row.contentHash}, ${actor.id}, ${actor.name}, ${now})`;
}

/** What is known of the accounts of each member that are not retired. */
export async function payoutAccounts(
  { sql }: HatTx,
  centreId: string,
): Promise<ReadonlyMap<string, PayoutAccounts>> {
  const rows = await sql<(PayoutAccounts & { organisationId: string })[]>`
    select organisation_id as "organisationId", coalesce(array_agg(iban) filter (where confirmed_at is not null), '{}') as confirmed,
      count(*) filter (where confirmed_at is null) > 0 as "hasUnconfirmed"
    from payer_accounts where centre_id = ${centreId} and retired_at is null group by 1`;
  return new Map(rows.map(({ organisationId, ...accounts }) => [organisationId, accounts]));
}
