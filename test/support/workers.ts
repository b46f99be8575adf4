import { pino } from 'pino';
import type { Test } from 'tap';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { openDatabase } from '../../src/platform/db/database.ts';
import { newId } from '../../src/platform/ids.ts';
import { createQueueSystem } from '../../src/platform/jobs/queues.ts';
import { startWorkers } from '../../workers/main.ts';
import { RELAY_DEFAULTS } from '../../workers/outbox-relay.ts';
import type { TestApp } from './app.ts';
import { givenRedis } from './queues.ts';

/** Workers beside a test application; on Redis when the run was given one, else on PostgreSQL. */
export async function startTestWorkers(
  t: Test,
  { target, modules }: TestApp,
  clock: Clock = systemClock,
): Promise<'redis' | 'postgres'> {
  const url = givenRedis();
  const outbox = openDatabase(target, 'verbund_jobs', 3);
  const queues = createQueueSystem(
    url === undefined
      ? { backend: 'postgres', database: target }
      : { backend: 'redis', url, prefix: `test-${newId()}` },
  );
  const log = pino({ level: 'silent' });
  const relay = { ...RELAY_DEFAULTS, pollMs: 20 };
  const workers = startWorkers({ modules, queues, outbox, clock, log, concurrency: 4, relay });
  t.teardown(async () => {
    await workers.stop();
    await outbox.end();
  });
  return url === undefined ? 'postgres' : 'redis';
}
