import { dayOf, type Moment, plusDays } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/database.ts';
import { withSignInTx } from '../../platform/db/hat.ts';
import { addMonths, foldDeltas } from './rollups.repo.ts';

const DELTAS_AT_ONCE = 10_000;
const DAYS_AHEAD = 366;

export type RollupsService = ReturnType<typeof createRollupsService>;

/** Keeps what makes sums over much usage fast. Nothing is wrong while it does not run, only slower. */
export function createRollupsService(db: Database) {
  return {
    /** Moves what was added since the last time into the sums by month. */
    async fold(): Promise<void> {
      let folded: number;
      do folded = await withSignInTx(db, (tx) => foldDeltas(tx, DELTAS_AT_ONCE));
      while (folded === DELTAS_AT_ONCE);
    },

    /** Partitions for the months of the year to come: made before the first event, or its month stays with the rest. */
    async prepareMonths(now: Moment): Promise<void> {
      const today = dayOf(now);
      await withSignInTx(db, (tx) => addMonths(tx, today, plusDays(today, DAYS_AHEAD)));
    },
  };
}
