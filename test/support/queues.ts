import { Redis } from 'ioredis';
import { newId } from '../../src/platform/ids.ts';
import { createQueueSystem, type QueueSystem, type QueueTarget } from '../../src/platform/jobs/queues.ts';
import type { TestApp } from './app.ts';

/** Queues on the backend of this test run, apart from all others: in REDIS_URL, or else in the test's own database. */
export function openTestQueues({ target }: TestApp): { queues: QueueSystem; remove: () => Promise<void> } {
  const { REDIS_URL: url = '' } = process.env;
  const prefix = `test-${newId()}`;
  const where: QueueTarget =
    url === '' ? { backend: 'postgres', database: target } : { backend: 'redis', url, prefix };
  const queues = createQueueSystem(where);
  queues.onError(() => undefined);
  return { queues, remove: async () => (url === '' ? undefined : forget(url, prefix)) };
}

async function forget(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length > 0) await redis.del(...keys);
  await redis.quit();
}
