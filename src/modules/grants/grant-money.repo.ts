import type { Day, Moment } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { ClawbackDerivation, ClawbackReason } from './clawback.rules.ts';
import type { ClawbackStatus, DrawdownStatus } from './grant-states.rules.ts';

interface MoneyRow {
  readonly grantId: string;
  readonly number: number;
  readonly amountCents: number;
  readonly bookedOn: Day | null;
  readonly voucherNumber: string | null;
  readonly costLineId: string | null;
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: Moment;
  readonly endedBy: string | null;
  readonly endedByName: string | null;
  readonly endedAt: Moment | null;
  readonly endReason: string | null;
  readonly version: number;
}

export interface DrawdownRow extends MoneyRow {
  readonly status: DrawdownStatus;
  readonly requestedOn: Day;
  readonly costTo: Day;
  readonly eligibleCents: number;
  readonly entitledCents: number;
  readonly receivedCents: number | null;
  readonly receivedOn: Day | null;
}

export interface ClawbackRow extends MoneyRow {
  readonly status: ClawbackStatus;
  readonly reason: ClawbackReason;
  readonly grounds: string;
  readonly reference: string | null;
  readonly demandedOn: Day;
  readonly dueOn: Day;
  readonly derivation: ClawbackDerivation;
  readonly repaidOn: Day | null;
}

const common = ({
  sql,
}: HatTx) => sql`grant_id as "grantId", number, status, amount_cents as "amountCents", booked_on as "bookedOn",
  voucher_number as "voucherNumber", cost_line_id as "costLineId", created_by as "createdBy", created_by_name as "createdByName",
  created_at as "createdAt", ended_by as "endedBy", ended_by_name as "endedByName", ended_at as "endedAt", end_reason as "endReason", version`;

const drawdowns = (
  tx: HatTx,
) => tx.sql`select ${common(tx)}, requested_on as "requestedOn", cost_to as "costTo", eligible_cents as "eligibleCents",
  entitled_cents as "entitledCents", received_cents as "receivedCents", received_on as "receivedOn" from grant_drawdowns`;

const clawbacks = (
  tx: HatTx,
) => tx.sql`select ${common(tx)}, reason, grounds, reference, demanded_on as "demandedOn", due_on as "dueOn", derivation,
  repaid_on as "repaidOn" from grant_clawbacks`;

/** Up to `limit` drawdowns of a grant in their order, after the given number; all of them without a limit. */
export async function listDrawdowns(
  tx: HatTx,
  grantId: string,
  after = 0,
  limit: number | null = null,
): Promise<DrawdownRow[]> {
  return tx.sql<
    DrawdownRow[]
  >`${drawdowns(tx)} where grant_id = ${grantId} and number > ${after}::numeric order by number limit ${limit}`;
}

export async function findDrawdown(
  tx: HatTx,
  grantId: string,
  number: number,
): Promise<DrawdownRow | undefined> {
  const [row] = await tx.sql<
    DrawdownRow[]
  >`${drawdowns(tx)} where grant_id = ${grantId} and number = ${number}`;
  return row;
}

/** As `listDrawdowns`. */
export async function listClawbacks(
  tx: HatTx,
  grantId: string,
  after = 0,
  limit: number | null = null,
): Promise<ClawbackRow[]> {
  return tx.sql<
    ClawbackRow[]
  >`${clawbacks(tx)} where grant_id = ${grantId} and number > ${after}::numeric order by number limit ${limit}`;
}

export async function findClawback(
  tx: HatTx,
  grantId: string,
  number: number,
): Promise<ClawbackRow | undefined> {
  const [row] = await tx.sql<
    ClawbackRow[]
  >`${clawbacks(tx)} where grant_id = ${grantId} and number = ${number}`;
  return row;
}

interface NewMoney {
  readonly id: string;
  readonly centreId: string;
  readonly grantId: string;
  readonly amountCents: number;
}

const newRow = ({ actor, now }: HatContext, status: string, money: NewMoney) => ({
  id: money.id,
  centre_id: money.centreId,
  grant_id: money.grantId,
  status,
  amount_cents: money.amountCents,
  created_by: actor.id,
  created_by_name: actor.name,
  created_at: now,
});

/** Inserts the next one of the grant and says its number; call it under the lock of the grant. */
export async function insertDrawdown(
  { sql }: HatTx,
  ctx: HatContext,
  drawdown: NewMoney & Pick<DrawdownRow, 'requestedOn' | 'costTo' | 'eligibleCents' | 'entitledCents'>,
): Promise<number> {
  const row = {
    ...newRow(ctx, 'requested', drawdown),
    requested_on: drawdown.requestedOn,
    cost_to: drawdown.costTo,
    eligible_cents: drawdown.eligibleCents,
    entitled_cents: drawdown.entitledCents,
    number:
      sql`(select count(*)::int + 1 from grant_drawdowns where grant_id = ${drawdown.grantId})` as never,
  };
  const [made] = await sql<{ number: number }[]>`insert into grant_drawdowns ${sql(row)} returning number`;
  return made?.number ?? 0;
}

/** As `insertDrawdown`. */
export async function insertClawback(
  { sql }: HatTx,
  ctx: HatContext,
  clawback: NewMoney &
    Pick<ClawbackRow, 'reason' | 'grounds' | 'reference' | 'demandedOn' | 'dueOn' | 'derivation'>,
): Promise<number> {
  const row = {
    ...newRow(ctx, 'demanded', clawback),
    reason: clawback.reason,
    grounds: clawback.grounds,
    reference: clawback.reference,
    demanded_on: clawback.demandedOn,
    due_on: clawback.dueOn,
    derivation: JSON.stringify(clawback.derivation),
    number:
      sql`(select count(*)::int + 1 from grant_clawbacks where grant_id = ${clawback.grantId})` as never,
  };
  const [made] = await sql<{ number: number }[]>`insert into grant_clawbacks ${sql(row)} returning number`;
  return made?.number ?? 0;
}

/** What ends a drawdown or a clawback: the state it comes to, and the columns that go with it. */
export interface MoneyEnd {
  readonly table: 'grant_drawdowns' | 'grant_clawbacks';
  readonly status: DrawdownStatus | ClawbackStatus;
  readonly step: Readonly<Record<string, string | number | null>>;
}

/** Returns false when the row is no longer at this version. */
export async function endMoney(
  { sql }: HatTx,
  { actor, now }: HatContext,
  { grantId, number, version }: Pick<MoneyRow, 'grantId' | 'number' | 'version'>,
  { table, status, step }: MoneyEnd,
): Promise<boolean> {
  const ended = { ended_by: actor.id, ended_by_name: actor.name, ended_at: now };
  const { count } =
    await sql`update ${sql(table)} set ${sql({ ...step, ...ended, status, version: version + 1 })}
    where grant_id = ${grantId} and number = ${number} and version = ${version}`;
  return count === 1;
}
