import type { Day, Moment } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { PeriodState } from './billing-periods.rules.ts';

export interface PeriodRow {
  readonly id: string;
  readonly centreId: string;
  readonly code: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly state: PeriodState;
  readonly frozenAt: Moment | null;
  /** Usage recorded later is late: it counts nowhere until it is admitted. Null while the period is not frozen. */
  readonly recordedUntil: Moment | null;
  /** Where the correction with late usage is billed. */
  readonly correctionBillingPeriodId: string | null;
  readonly correctionBillingPeriodCode: string | null;
  readonly correctionBillingPeriodState: PeriodState | null;
  readonly version: number;
}

const select = ({ sql }: HatTx) => sql`
  select p.id, p.centre_id as "centreId", p.code, p.starts_on as "startsOn", p.ends_on as "endsOn", p.state, p.frozen_at as "frozenAt",
    p.recorded_until as "recordedUntil", p.correction_billing_period_id as "correctionBillingPeriodId",
    c.code as "correctionBillingPeriodCode", c.state as "correctionBillingPeriodState", p.version
  from billing_periods p left join billing_periods c on c.id = p.correction_billing_period_id`;

export async function findPeriod(tx: HatTx, id: string): Promise<PeriodRow | undefined> {
  const [row] = await tx.sql<PeriodRow[]>`${select(tx)} where p.id = ${id}`;
  return row;
}

export async function findPeriods(tx: HatTx, ids: readonly string[]): Promise<PeriodRow[]> {
  if (ids.length === 0) return [];
  return tx.sql<PeriodRow[]>`${select(tx)} where p.id = any(${ids as string[]}::uuid[]) order by p.starts_on`;
}

/**
 * Reads the period in order to change it; whoever holds its state, or changes it too, comes before or after. Who only names it, as each
 * of its documents does, does not wait.
 */
export async function lockPeriod(tx: HatTx, id: string): Promise<PeriodRow | undefined> {
  await tx.sql`select from billing_periods where id = ${id} for no key update`;
  return findPeriod(tx, id);
}

/**
 * Waits for usage that is being recorded, and holds up what comes next: it is recorded after the moment of freezing, or of admitting
 * late usage, however long its request was under way.
 */
export async function lockFreezing({ sql }: HatTx, centreId: string): Promise<void> {
  await sql`select app.lock_freezing(${centreId})`;
}

/**
 * Reads the period and keeps its state, and that of the one in which its correction is billed, as they are until the end of the
 * transaction. The earlier of two is always held first.
 */
export async function holdPeriod(tx: HatTx, id: string): Promise<PeriodRow | undefined> {
  await tx.sql`select from billing_periods where id = ${id} for share`;
  const period = await findPeriod(tx, id);
  const billedIn = period?.correctionBillingPeriodId ?? null;
  if (billedIn === null) return period;
  await tx.sql`select from billing_periods where id = ${billedIn} for share`;
  return findPeriod(tx, id);
}

/** Reads periods and keeps their states as they are until the end of the transaction; the earlier is always held first. */
export async function holdPeriods(tx: HatTx, ids: readonly string[]): Promise<PeriodRow[]> {
  await tx.sql`select from billing_periods where id = any(${ids as string[]}::uuid[]) order by starts_on for share`;
  return findPeriods(tx, ids);
}

/** Periods of the centre that lie, in whole or in part, in the half-open days; they stay as they are until the end of the transaction. */
export async function holdPeriodsWithin(
  tx: HatTx,
  centreId: string,
  from: Day,
  to: Day,
): Promise<PeriodRow[]> {
  return tx.sql<PeriodRow[]>`
    ${select(tx)}
    where p.centre_id = ${centreId} and p.starts_on < ${to} and p.ends_on > ${from} order by p.starts_on for share of p`;
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
  return sql<PeriodRow[]>`${select(tx)} where p.centre_id = ${centreId}
    ${state === undefined ? sql`` : sql`and p.state = ${state}`}
    ${after === undefined ? sql`` : sql`and (p.starts_on, p.id) < (${after[0]}::date, ${after[1]}::uuid)`}
    order by p.starts_on desc, p.id desc limit ${limit}`;
}

/**
 * Returns false when the row is no longer at this version. With the state the database itself forgets where a correction was to be
 * billed, and with the freezing what is counted begins anew.
 */
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

/** What was recorded until the moment counts. Returns false when the row is no longer at this version. */
export async function updateRecordedUntil(
  { sql }: HatTx,
  id: string,
  version: number,
  recordedUntil: Moment,
  billingPeriodId: string | null,
): Promise<boolean> {
  const { count } = await sql`update billing_periods set recorded_until = ${recordedUntil},
      correction_billing_period_id = ${billingPeriodId}, version = version + 1
    where id = ${id} and version = ${version}`;
  return count === 1;
}

export async function hasPostedRun({ sql }: HatTx, periodId: string): Promise<boolean> {
  const rows = await sql`select from allocation_runs where period_id = ${periodId} and status = 'posted'`;
  return rows.length > 0;
}
