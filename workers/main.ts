import type { Logger } from 'pino';
import type { Modules } from '../src/modules.ts';
import type { Clock } from '../src/platform/clock.ts';
import type { Database } from '../src/platform/db/database.ts';
import type { QueueSystem } from '../src/platform/jobs/queues.ts';
import { type RelayOptions, startRelay } from './outbox-relay.ts';
import { processorsOf, tasksOf } from './processors/index.ts';
import { startProcessors } from './runtime.ts';
import { startSchedulers } from './schedulers.ts';

export interface WorkerDependencies {
  readonly modules: Modules;
  readonly queues: QueueSystem;
  readonly outbox: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly concurrency: number;
  readonly relay?: RelayOptions;
}

export interface RunningWorkers {
  /** Running jobs finish; what has not begun stays in its queue for others. */
  stop(): Promise<void>;
}

/** Everything a worker process does: moves jobs from the outbox, runs them, and does what comes by the clock. */
export function startWorkers(deps: WorkerDependencies): RunningWorkers {
  const { modules, queues, outbox, clock, log, concurrency } = deps;
  queues.onError((error) => log.warn({ err: error }, 'a queue lost its connection; it reconnects by itself'));
  const processors = processorsOf(modules);
  const contracts = new Map(processors.map(({ job }) => [job.name, job]));
  const workers = startProcessors({ queues, outbox, clock, log, concurrency }, processors);
  const scheduler = startSchedulers(queues, tasksOf(modules, outbox, clock), log);
  const relay = startRelay({ outbox, queues, contracts, clock, log }, deps.relay);
  return {
    async stop() {
      await Promise.all([relay.stop(), ...[...workers, scheduler].map((worker) => worker.close())]);
    },
  };
}
