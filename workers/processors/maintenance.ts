import type { Modules } from '../../src/modules.ts';
import { type Clock, plusSeconds } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/db/database.ts';
import type { ScheduledTask } from '../schedulers.ts';

const DAY_SECONDS = 86_400;
const KEEP_DONE_JOBS_DAYS = 14;
const KEEP_IDEMPOTENCY_KEYS_DAYS = 30;

/** Housekeeping at night. Dead letters stay until a person has dealt with them; usage keys stay for ever. */
export function maintenanceTasks(modules: Modules, outbox: Database, clock: Clock): ScheduledTask[] {
  const daysAgo = (days: number) => plusSeconds(clock.now(), -days * DAY_SECONDS);
  return [
    {
      name: 'maintenance-outbox',
      pattern: '20 3 * * *',
      async run() {
        await outbox.sql`delete from outbox_jobs where completed_at < ${daysAgo(KEEP_DONE_JOBS_DAYS)}`;
      },
    },
    { name: 'maintenance-sessions', pattern: '30 3 * * *', run: () => modules.sessions.purge(clock.now()) },
    {
      name: 'maintenance-idempotency',
      pattern: '40 3 * * *',
      run: () => modules.operations.purgeIdempotencyKeys(daysAgo(KEEP_IDEMPOTENCY_KEYS_DAYS)),
    },
  ];
}
