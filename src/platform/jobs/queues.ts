import {
  type BackendFactory,
  type Queue as BullQueue,
  type ConnectionOptions,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type Job,
  type JobsOptions,
  type PostgresConnectionOptions,
  withBackend,
} from 'bullmq';
import type { DatabaseTarget } from '../db/database.ts';
import { QUEUE_SCHEMA } from './queue-schema.ts';

/** Where the queues live. Both backends run the same queues and workers. */
export type QueueTarget =
  | { readonly backend: 'redis'; readonly url: string; readonly prefix: string }
  | { readonly backend: 'postgres'; readonly database: DatabaseTarget };

export interface QueuedJob {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly options: JobsOptions;
}

export interface RunningJob {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly isLastAttempt: boolean;
}

export interface Queue {
  addAll(jobs: readonly QueuedJob[]): Promise<void>;
  /** Of these ids, those the queue still holds in any state. */
  held(ids: readonly string[]): Promise<Set<string>>;
  /** Takes jobs out that nobody has begun. */
  remove(ids: readonly string[]): Promise<void>;
  schedule(id: string, pattern: string, timeZone: string, name: string): Promise<void>;
  counts(): Promise<Record<string, number>>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface Worker {
  /** Stops taking jobs and waits for the running ones; with `force` it does not wait. */
  close(force?: boolean): Promise<void>;
}

export interface QueueSystem {
  queue(name: string): Queue;
  worker(name: string, concurrency: number, process: (job: RunningJob) => Promise<void>): Worker;
  /** Errors of connections; the backends reconnect by themselves. */
  onError(listener: (error: Error) => void): void;
}

/** A worker that died gives its jobs free after the lock's time, as often as it takes: the outbox decides when to give up. */
const RECOVERY = { lockDuration: 30_000, stalledInterval: 5_000, maxStalledCount: 1_000 } as const;

export function createQueueSystem(target: QueueTarget): QueueSystem {
  if (target.backend === 'redis') {
    const { hostname, port, username, password, pathname, protocol } = new URL(target.url);
    const connection: ConnectionOptions = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || 6379),
      db: Number(pathname.slice(1) || 0),
      maxRetriesPerRequest: null,
      ...(username ? { username: decodeURIComponent(username) } : {}),
      ...(password ? { password: decodeURIComponent(password) } : {}),
      ...(protocol === 'rediss:' ? { tls: {} } : {}),
    };
    return build(createRedisBackend, connection, target.prefix);
  }
  return build(createPostgresBackend, postgresConnection(target.database), 'verbund');
}

function postgresConnection(database: DatabaseTarget): PostgresConnectionOptions {
  const shared = { schema: QUEUE_SCHEMA, max: 3, keepAlive: true, idleTimeoutMillis: 30_000 };
  if (database.kind === 'url') {
    return { ...shared, connectionString: database.url, options: '-c role=verbund_jobs' };
  }
  return {
    ...shared,
    host: database.host,
    port: database.port,
    database: database.database,
    user: 'verbund_jobs',
  };
}

function build<B extends IQueueBackend, C>(
  factory: BackendFactory<B, C>,
  connection: C,
  prefix: string,
): QueueSystem {
  const { Queue: BackendQueue, Worker: BackendWorker } = withBackend(factory);
  const listeners: ((error: Error) => void)[] = [];
  const report = (error: Error): void => {
    for (const listener of listeners) listener(error);
  };
  return {
    queue(name) {
      const queue = new BackendQueue<unknown, void, string>(name, { connection, prefix });
      queue.on('error', report);
      return queueOn(queue);
    },
    worker(name, concurrency, process) {
      const run = (job: Job<unknown, void, string>): Promise<void> => process(toRunningJob(job));
      const worker = new BackendWorker<unknown, void, string>(name, run, {
        connection,
        prefix,
        concurrency,
        ...RECOVERY,
      });
      worker.on('error', report);
      return { close: (force = false) => worker.close(force) };
    },
    onError: (listener) => listeners.push(listener),
  };
}

/** What both backends' queues can do, as far as it is used here. */
type SomeQueue = Pick<
  BullQueue<unknown, void, string>,
  'addBulk' | 'getJob' | 'remove' | 'upsertJobScheduler' | 'getJobCounts' | 'close'
>;

function queueOn(queue: SomeQueue): Queue {
  return {
    async addAll(jobs) {
      if (jobs.length === 0) return;
      await queue.addBulk(
        jobs.map((job) => ({
          name: job.name,
          data: job.payload,
          opts: { ...job.options, jobId: job.id },
        })),
      );
    },
    async held(ids) {
      const jobs = await Promise.all(ids.map((jobId) => queue.getJob(jobId)));
      return new Set(ids.filter((_, index) => jobs[index] !== undefined));
    },
    async remove(ids) {
      await Promise.all(ids.map((jobId) => queue.remove(jobId)));
    },
    async schedule(id, pattern, tz, job) {
      await queue.upsertJobScheduler(
        id,
        { pattern, tz },
        { name: job, data: {}, opts: { removeOnComplete: 20, removeOnFail: 100 } },
      );
    },
    counts: () => queue.getJobCounts(),
    async ping() {
      await queue.getJobCounts('waiting');
    },
    close: () => queue.close(),
  };
}

function toRunningJob(job: Job<unknown, void, string>): RunningJob {
  const attempt = job.attemptsMade + 1;
  return {
    id: job.id ?? '',
    name: job.name,
    payload: job.data,
    attempt,
    isLastAttempt: attempt >= (job.opts.attempts ?? 1),
  };
}
