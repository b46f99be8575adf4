import type { TestApp } from './app.ts';
import { until } from './waiting.ts';

/** Holds a lock of a centre on a connection of its own until the action waits for it, lets go, and says what the action came to. */
export async function waitingFor<T>(
  { owner }: Pick<TestApp, 'owner'>,
  centreId: string,
  name: string,
  action: () => Promise<T>,
): Promise<T> {
  let running: Promise<T> | undefined;
  let isDone = false;
  await owner.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended(${name}, hashtext(${centreId})))`;
    running = action().finally(() => {
      isDone = true;
    });
    running.catch(() => undefined);
    await until(`somebody waits for the lock on ${name}`, async () => {
      if (isDone) throw new Error(`nobody waited for the lock on ${name}`);
      const waiting = await owner.sql`select from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`;
      return waiting.length > 0;
    });
  });
  return running as Promise<T>;
}
