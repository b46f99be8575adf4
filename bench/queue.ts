import { pino } from 'pino';
import { Type } from 'typebox';
import { systemClock } from '../src/platform/clock.ts';
import { systemContext } from '../src/platform/context.ts';
import { type DatabaseTarget, openDatabase } from '../src/platform/db/database.ts';
import { withHatTx } from '../src/platform/db/hat.ts';
import { newId } from '../src/platform/ids.ts';
import { defineJob } from '../src/platform/jobs/contract.ts';
import { enqueue } from '../src/platform/jobs/outbox.ts';
import { createQueueSystem, type QueueTarget } from '../src/platform/jobs/queues.ts';
import { startRelay } from '../workers/outbox-relay.ts';
import { processor, startProcessors } from '../workers/runtime.ts';

const CONCURRENCY = 20;
const job = defineJob({
  queue: 'requests',
  name: 'bench.nothing',
  payload: Type.Object({ n: Type.Integer() }),
});

/** Jobs that come together, as they do from an import or a batch: both sides add them so. */
const TOGETHER = 50;

/** Adds `count` jobs in groups, a few groups at once, and waits until all were processed. Jobs a second. */
async function throughput(
  count: number,
  add: (numbers: readonly number[]) => Promise<unknown>,
  seen: () => number,
): Promise<number> {
  const start = performance.now();
  const before = seen();
  let next = 0;
  const adder = async (): Promise<void> => {
    while (next < count) {
      const from = next;
      next += TOGETHER;
      await add(Array.from({ length: TOGETHER }, (_, n) => from + n));
    }
  };
  await Promise.all(Array.from({ length: 4 }, adder));
  while (seen() - before < count) await new Promise((resolve) => setTimeout(resolve, 5));
  return (count / (performance.now() - start)) * 1000;
}

/** BullMQ alone, on the backend given. */
export async function bareQueue(target: QueueTarget, count: number): Promise<number> {
  const system = createQueueSystem(target);
  let seen = 0;
  const queue = system.queue('bench-bare');
  const worker = system.worker('bench-bare', CONCURRENCY, async () => {
    seen += 1;
  });
  const toJob = (n: number) => ({
    id: newId(),
    name: 'nothing',
    payload: { n },
    options: { removeOnComplete: true },
  });
  const perSecond = await throughput(
    count,
    (numbers) => queue.addAll(numbers.map(toJob)),
    () => seen,
  );
  await worker.close();
  await queue.close();
  return perSecond;
}

/** The same through the outbox: written in transactions, relayed, run under their hat and marked as done. */
export async function outboxQueue(
  database: DatabaseTarget,
  target: QueueTarget,
  count: number,
): Promise<number> {
  const system = createQueueSystem(target);
  const log = pino({ level: 'warn' });
  const db = openDatabase(database, 'verbund_app', 4);
  const outbox = openDatabase(database, 'verbund_jobs', 4);
  let seen = 0;
  const handler = processor(job, async () => {
    seen += 1;
  });
  const workers = startProcessors(
    { queues: system, outbox, clock: systemClock, log, concurrency: CONCURRENCY },
    [handler],
  );
  const relay = startRelay({
    outbox,
    queues: system,
    contracts: new Map([[job.name, job]]),
    clock: systemClock,
    log,
  });
  const ctx = systemContext({ kind: 'centre', id: newId() }, systemClock.now(), newId());
  const add = (numbers: readonly number[]) =>
    withHatTx(db, ctx, (tx) => Promise.all(numbers.map((n) => enqueue(tx, ctx, job, { n }))));
  const perSecond = await throughput(count, add, () => seen);
  await relay.stop();
  await Promise.all(workers.map((worker) => worker.close()));
  await Promise.all([db.end(), outbox.end()]);
  return perSecond;
}
