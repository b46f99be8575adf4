import type { Day, Moment } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import type { PeriodState } from './billing-periods.rules.ts';

export interface PeriodRow {
  readonly id: string;
  readonly centreId: string;
  readonly code: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly state: PeriodState;
  readonly frozenAt: Moment | null;
  readonly version: number;
}

const columns = ({ sql }: HatTx) =>
  sql`id, centre_id as "centreId", code, starts_on as "startsOn", ends_on as "endsOn", state, frozen_at as "frozenAt", version`;

export async function findPeriod(tx: HatTx, id: string): Promise<PeriodRow | undefined> {
  const [row] = await tx.sql<PeriodRow[]>`select ${columns(tx)} from billing_periods where id = ${id}`;
  return row;
}

/** Reads the period in order to change it; whoever holds its state, or changes it too, comes before or after. */
export async function lockPeriod(tx: HatTx, id: string): Promise<PeriodRow | undefined> {
  const [row] = await tx.sql<PeriodRow[]>`
    select ${columns(tx)} from billing_periods where id = ${id} for update`;
  return row;
}

/**
 * Waits for usage that is being recorded, and holds up what comes next: it is recorded after the moment of freezing, however long
 * its request was under way.
 */
export async function lockFreezing({ sql }: HatTx, centreId: string): Promise<void> {
  await sql`select app.lock_freezing(${centreId})`;
}

/** Reads the period and keeps its state as it is until the end of the transaction. */
export async function holdPeriod(tx: HatTx, id: string): Promise<PeriodRow | undefined> {
  const [row] = await tx.sql<PeriodRow[]>`
    select ${columns(tx)} from billing_periods where id = ${id} for share`;
  return row;
}

/** Periods of the centre that lie, in whole or in part, in the half-open days; they stay as they are until the end of the transaction. */
export async function holdPeriodsWithin(
  tx: HatTx,
  centreId: string,
  from: Day,
  to: Day,
): Promise<PeriodRow[]> {
  return tx.sql<PeriodRow[]>`
    select ${columns(tx)} from billing_periods
    where centre_id = ${centreId} and starts_on < ${to} and ends_on > ${from} order by starts_on for share`;
}

/** Lets one period at a time be made in a centre, so that no two come to overlap. */
export async function lockPeriods({ sql }: HatTx, centreId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('billing_periods', hashtext(${centreId})))`;
}

export async function insertPeriod(
  { sql }: HatTx,
  row: Pick<PeriodRow, 'id' | 'centreId' | 'code' | 'startsOn' | 'endsOn'>,
): Promise<void> {
  await sql`insert into billing_periods (id, centre_id, code, starts_on, ends_on, state)
    values (${row.id}, ${row.centreId}, ${row.code}, ${row.startsOn}, ${row.endsOn}, 'open')`;
}

/** Up to `limit` periods, the newest first, after the given first day and id. */
export async function listPeriods(
  tx: HatTx,
  centreId: string,
  state: string | undefined,
  after: readonly [string, string] | undefined,
  limit: number,
): Promise<PeriodRow[]> {
  const { sql } = tx;
  return sql<PeriodRow[]>`select ${columns(tx)} from billing_periods where centre_id = ${centreId}
    ${state === undefined ? sql`` : sql`and state = ${state}`}
    ${after === undefined ? sql`` : sql`and (starts_on, id) < (${after[0]}::date, ${after[1]}::uuid)`}
    order by starts_on desc, id desc limit ${limit}`;
}

/** Returns false when the row is no longer at this version. */
export async function updatePeriodState(
  { sql }: HatTx,
  id: string,
  version: number,
  state: PeriodState,
  frozenAt: Moment | null,
): Promise<boolean> {
  const { count } =
    await sql`update billing_periods set state = ${state}, frozen_at = ${frozenAt}, version = version + 1
      where id = ${id} and version = ${version}`;
  return count === 1;
}

export async function hasPostedRun({ sql }: HatTx, periodId: string): Promise<boolean> {
  const rows = await sql`select from allocation_runs where period_id = ${periodId} and status = 'posted'`;
  return rows.length > 0;
}
