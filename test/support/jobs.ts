import { type Logger, pino } from 'pino';
import type { Test } from 'tap';
import { Type } from 'typebox';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import type { HatContext } from '../../src/platform/context.ts';
import { type Database, openDatabase } from '../../src/platform/db/database.ts';
import { withHatTx } from '../../src/platform/db/hat.ts';
import { defineJob } from '../../src/platform/jobs/contract.ts';
import { type EnqueueOptions, enqueue } from '../../src/platform/jobs/outbox.ts';
import type { QueueSystem } from '../../src/platform/jobs/queues.ts';
import { type RelayOptions, startRelay } from '../../workers/outbox-relay.ts';
import { type Processor, processor, startProcessors } from '../../workers/runtime.ts';
import { startTestApp, type TestApp } from './app.ts';
import { openTestQueues } from './queues.ts';
import { makeOrderable, type OrderableWorld } from './services.ts';

const payload = Type.Object({ mark: Type.String() }, { additionalProperties: false });
export const work = defineJob({ queue: 'costing', name: 'test.work', payload, attempts: 3, backoffMs: 5 });

/** Nothing is looked after again unless a test asks for it. */
export const QUICK: RelayOptions = { pollMs: 5, reconcileAfterMs: 600_000, batchSize: 50 };
export const log = pino({ level: 'silent' });

export interface Scene {
  readonly test: TestApp;
  readonly world: OrderableWorld;
  readonly outbox: Database;
  readonly queues: QueueSystem;
}

/** Plays the parts one after the other, as subtests that bear their names, on one application with queues of its own. */
export async function playParts(
  t: Test,
  parts: readonly ((t: Test, scene: Scene) => Promise<void>)[],
): Promise<void> {
  const test = await startTestApp(t);
  const world = await makeOrderable(test);
  const { queues, remove } = openTestQueues(test);
  const outbox = openDatabase(test.target, 'verbund_jobs', 4);
  try {
    for (const part of parts) await t.test(part.name, (t) => part(t, { test, world, outbox, queues }));
  } finally {
    await outbox.end();
    await remove();
  }
}

export interface Row {
  id: string;
  dispatchedAt: string | null;
  completedAt: string | null;
  failedAt: string | null;
  failure: string | null;
  redrives: number;
}

export async function rowsOf({ test }: Scene, marks: readonly string[]): Promise<Row[]> {
  return test.owner.sql<Row[]>`select id, dispatched_at as "dispatchedAt", completed_at as "completedAt",
    failed_at as "failedAt", failure, redrives from outbox_jobs where payload ->> 'mark' = any(${[...marks]})`;
}

export async function rowOf(scene: Scene, mark: string): Promise<Row> {
  const [row] = await rowsOf(scene, [mark]);
  if (row === undefined) throw new Error(`no job ${mark}`);
  return row;
}

export const isDone = async (scene: Scene, mark: string) => (await rowOf(scene, mark)).completedAt !== null;
export const isDead = async (scene: Scene, mark: string) => (await rowOf(scene, mark)).failedAt !== null;

/** Asks for jobs in one transaction of the centre. */
export async function ask(
  { test, world }: Scene,
  marks: readonly string[],
  options: EnqueueOptions = {},
): Promise<void> {
  await withHatTx(test.db, world.admin.context, async (tx) => {
    for (const mark of marks) await enqueue(tx, world.admin.context, work, { mark }, options);
  });
}

interface RunOptions {
  readonly clock?: Clock;
  readonly relay?: Partial<RelayOptions>;
  readonly queues?: QueueSystem;
  readonly log?: Logger;
}

/** A relay and the workers for `run`; what it did is in `runs`. */
export function running(
  scene: Scene,
  run: (ctx: HatContext, mark: string) => Promise<void> | void = () => undefined,
  options: RunOptions = {},
) {
  const runs: string[] = [];
  const processors: Processor[] = [
    processor(work, async (ctx, { mark }) => {
      runs.push(mark);
      await run(ctx, mark);
    }),
  ];
  const clock = options.clock ?? systemClock;
  const deps = { queues: scene.queues, outbox: scene.outbox, clock, log, concurrency: 5 };
  const workers = startProcessors(deps, processors);
  const relay = relaying(scene, options);
  const stop = async () => {
    await relay.stop();
    await Promise.all(workers.map((worker) => worker.close()));
  };
  return { runs, stop };
}

export function relaying(scene: Scene, options: RunOptions = {}) {
  return startRelay(
    {
      outbox: scene.outbox,
      queues: options.queues ?? scene.queues,
      contracts: new Map([[work.name, work]]),
      clock: options.clock ?? systemClock,
      log: options.log ?? log,
    },
    { ...QUICK, ...options.relay },
  );
}

/** The same queues, with a look at what is handed over to them. */
export function watched(
  queues: QueueSystem,
  onAdd: (ids: readonly string[]) => Promise<void> | void,
): QueueSystem {
  return {
    ...queues,
    queue(name) {
      const queue = queues.queue(name);
      return {
        ...queue,
        async addAll(jobs) {
          await queue.addAll(jobs);
          await onAdd(jobs.map(({ id }) => id));
        },
      };
    },
  };
}
