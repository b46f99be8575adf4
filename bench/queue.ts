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
import { CONNECTIONS } from './load.ts';

const CONCURRENCY = 20;
const job = defineJob({
  queue: 'requests',
  name: 'bench.nothing',
  payload: Type.Object({ n: Type.Integer() }),
});

/** Runs `add` for each number with as many at once as the load has connections, and waits until `process` has seen them all. */
async function throughput(
  count: number,
  add: (n: number) => Promise<void>,
  seen: () => number,
): Promise<number> {
  const start = performance.now();
  const before = seen();
  let next = 0;
  const adder = async (): Promise<void> => {
    while (next < count) await add(next++);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, adder));
  while (seen() - before < count) await new Promise((resolve) => setTimeout(resolve, 5));
  return (count / (performance.now() - start)) * 1000;
}

/** Jobs a second, added one by one and processed: BullMQ alone, on the backend given. */
export async function bareQueue(target: QueueTarget, count: number): Promise<number> {
  const system = createQueueSystem(target);
  let seen = 0;
  const queue = system.queue('bench-bare');
  const worker = system.worker('bench-bare', CONCURRENCY, async () => {
    seen += 1;
  });
  const perSecond = await throughput(
    count,
    (n) =>
      queue.addAll([{ id: newId(), name: 'nothing', payload: { n }, options: { removeOnComplete: true } }]),
    () => seen,
  );
  await worker.close();
  await queue.close();
  return perSecond;
}

/** The same through the outbox: each job in a transaction of its own, relayed, run under its hat and marked as done. */
export async function outboxQueue(
  database: DatabaseTarget,
  target: QueueTarget,
  count: number,
): Promise<number> {
  const system = createQueueSystem(target);
  const log = pino({ level: 'warn' });
  const db = openDatabase(database, 'verbund_app', CONNECTIONS);
  const outbox = openDatabase(database, 'verbund_jobs', 4);
  let seen = 0;
  const handler = processor(job, async () => {
    seen += 1;
  });
  const workers = startProcessors(
    { queues: system, outbox, clock: systemClock, log, concurrency: CONCURRENCY },
    [handler],
  );
  const relay = startRelay(outbox, system, new Map([[job.name, job]]), systemClock, log);
  const ctx = systemContext({ kind: 'centre', id: newId() }, systemClock.now(), newId());
  const perSecond = await throughput(
    count,
    (n) => withHatTx(db, ctx, (tx) => enqueue(tx, ctx, job, { n })),
    () => seen,
  );
  await relay.stop();
  await Promise.all(workers.map((worker) => worker.close()));
  await Promise.all([db.end(), outbox.end()]);
  return perSecond;
}
