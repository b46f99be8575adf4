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

const late = ({ sql }: HatTx, { centreId, from, to, recordedAfter, recordedUntil }: LateUsageFilter) => sql`
  from usage_events
  where centre_id = ${centreId} and occurred_on >= ${from} and occurred_on < ${to} and recorded_at > ${recordedAfter}
    ${recordedUntil === undefined ? sql`` : sql`and recorded_at <= ${recordedUntil}`}`;

/** How many events of the days came late. Each month of them is asked by the moment of recording, however many events it has. */
export async function countLateUsage(tx: HatTx, filter: LateUsageFilter): Promise<number> {
  await planByValues(tx);
  const [row] = await tx.sql<{ count: number }[]>`select count(*)::int as count ${late(tx, filter)}`;
  return row?.count ?? 0;
}

/** Which of the stretches of days have late events, asked at once. Values stand in each part, for a join would not be planned by them. */
export async function findLateUsage(
  tx: HatTx,
  filters: readonly (LateUsageFilter & { readonly id: string })[],
): Promise<Set<string>> {
  const { sql } = tx;
  if (filters.length === 0) return new Set();
  await planByValues(tx);
  const parts = filters.map((filter, at) => {
    const part = sql`select ${filter.id}::uuid as id where exists (select ${late(tx, filter)})`;
    return at === 0 ? part : sql` union all ${part}`;
  });
  const rows = await sql<{ id: string }[]>`${parts}`;
  return new Set(rows.map(({ id }) => id));
}
