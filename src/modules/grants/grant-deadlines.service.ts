import { dayOf, type Moment, plusDays } from '../../platform/clock.ts';
import { PLATFORM_HAT_ID, systemContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { withHatTx } from '../../platform/db/hat.ts';
import { newId } from '../../platform/ids.ts';
import { audit } from '../audit/index.ts';
import { insertReminders, listCentreIds } from './grant-deadlines.repo.ts';
import { REMINDER_DAYS } from './grant-deadlines.rules.ts';

export type GrantDeadlinesService = ReturnType<typeof createGrantDeadlinesService>;

/** Looks at the clock for those who forget to. */
export function createGrantDeadlinesService(db: Database) {
  return {
    /** Proofs that are due soon or were due, in every centre: each is written down once, however often this runs. */
    async remind(now: Moment): Promise<void> {
      const platform = systemContext({ kind: 'platform', id: PLATFORM_HAT_ID }, now, newId());
      const centreIds = await withHatTx(db, platform, listCentreIds);
      const today = dayOf(now);
      const days = { today, until: plusDays(today, REMINDER_DAYS) };
      for (const id of centreIds) {
        const ctx = systemContext({ kind: 'centre', id }, now, newId());
        await withHatTx(db, ctx, async (tx) => {
          for (const { grantId, ...details } of await insertReminders(tx, id, now, days)) {
            const entry = { entityType: 'grant', entityId: grantId, details };
            await audit(tx, ctx, { action: 'grants.deadline-reminded', ...entry });
          }
        });
      }
    },
  };
}
