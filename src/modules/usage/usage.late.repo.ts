import type { Day, Moment } from '../../platform/clock.ts';
import { type HatTx, planByValues } from '../../platform/db/hat.ts';

export interface LateUsageFilter {
  readonly centreId: string;
  /** First day. */
  readonly from: Day;
  /** Day after the last day. */
  readonly to: Day;
  /** Late is what was recorded after this moment. */
  readonly recordedAfter: Moment;
  /** Leaves out what was recorded after this moment. */
  readonly recordedUntil?: Moment;
}

/** How many events of the days came late. Each month of them is asked by the moment of recording, however many events it has. */
export async function countLateUsage(
  tx: HatTx,
  { centreId, from, to, recordedAfter, recordedUntil }: LateUsageFilter,
): Promise<number> {
  const { sql } = tx;
  await planByValues(tx);
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from usage_events
    where centre_id = ${centreId} and occurred_on >= ${from} and occurred_on < ${to} and recorded_at > ${recordedAfter}
      ${recordedUntil === undefined ? sql`` : sql`and recorded_at <= ${recordedUntil}`}`;
  return row?.count ?? 0;
}
