import { type Clock, plusSeconds } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/db/database.ts';
import type { ScheduledTask } from '../schedulers.ts';

const DAY_SECONDS = 86_400;
const KEEP_DONE_JOBS_DAYS = 14;

/** Housekeeping of the platform's own tables. Dead letters stay until a person has dealt with them. */
export function maintenanceTasks(outbox: Database, clock: Clock): ScheduledTask[] {
  return [
    {
      name: 'maintenance-outbox',
      pattern: '20 3 * * *',
      async run() {
        const before = plusSeconds(clock.now(), -KEEP_DONE_JOBS_DAYS * DAY_SECONDS);
        await outbox.sql`delete from outbox_jobs where completed_at < ${before}`;
      },
    },
  ];
}
