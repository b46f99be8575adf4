import { Redis } from 'ioredis';
import { newId } from '../../src/platform/ids.ts';
import { createQueueSystem, type QueueSystem, type QueueTarget } from '../../src/platform/jobs/queues.ts';
import type { TestApp } from './app.ts';

/** The Redis that the test run was given, if it was. */
export function givenRedis(): string | undefined {
  return process.env.REDIS_URL || undefined;
}

/** Queues on the backend of this test run, apart from all others: in REDIS_URL, or else in the test's own database. */
export function openTestQueues({ target }: TestApp): { queues: QueueSystem; remove: () => Promise<void> } {
  const url = givenRedis();
  const prefix = `test-${newId()}`;
  const where: QueueTarget =
    url === undefined ? { backend: 'postgres', database: target } : { backend: 'redis', url, prefix };
  const queues = createQueueSystem(where);
  queues.onError(() => undefined);
  return { queues, remove: async () => (url === undefined ? undefined : forget(url, prefix)) };
}

async function forget(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length > 0) await redis.del(...keys);
  await redis.quit();
}
