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
  type PostgresQueueBackend,
  type RedisQueueBackend,
  withBackend,
} from 'bullmq';
import type { DatabaseTarget } from '../db/database.ts';
import { within } from '../within.ts';
import { QUEUE_SCHEMA } from './queue-schema.ts';
import { useRedisClients } from './redis-client.ts';

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
  /** Prompt also when the server of the queue is away. */
  close(): Promise<void>;
}

export interface Worker {
  /** Stops taking jobs and waits for the running ones, with `force` not even for these; but for no server that is away. */
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

/** A server that takes longer over a goodbye is away. */
const GOODBYE_MS = 500;
const DISCONNECT_MS = 250;

export function createQueueSystem(target: QueueTarget): QueueSystem {
  if (target.backend === 'redis') {
    useRedisClients();
    const { hostname, port, username, password, pathname, protocol } = new URL(target.url);
    const connection: ConnectionOptions = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || 6379),
      db: Number(pathname.slice(1) || 0),
      maxRetriesPerRequest: null,
      disconnectTimeout: DISCONNECT_MS,
      ...(username ? { username: decodeURIComponent(username) } : {}),
      ...(password ? { password: decodeURIComponent(password) } : {}),
      ...(protocol === 'rediss:' ? { tls: {} } : {}),
    };
    return build(createRedisBackend, connection, target.prefix, heldInRedis);
  }
  return build(createPostgresBackend, postgresConnection(target.database), 'verbund', heldInPostgres);
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

/** Of these ids, those a queue holds. */
type Held<B> = (backend: B, ids: readonly string[]) => Promise<Set<string>>;

/** One round trip, whose answer holds no payload. */
const heldInRedis: Held<RedisQueueBackend> = async (backend, ids) => {
  const pipeline = (await backend.client).pipeline();
  for (const id of ids) pipeline.runCommand('exists', [backend.toKey(id)]);
  const answers = (await pipeline.exec()) ?? [];
  const failed = answers.find(([error]) => error !== null);
  if (failed !== undefined || answers.length < ids.length) throw failed?.[0] ?? new Error('no answer');
  return new Set(ids.filter((_, index) => answers[index]?.[1] === 1));
};

/** BullMQ asks PostgreSQL for one job at a time; the few connections of its pool bound how many questions are out at once. */
const heldInPostgres: Held<PostgresQueueBackend> = async (backend, ids) => {
  const jobs = await Promise.all(ids.map((id) => backend.getJobData(id)));
  return new Set(ids.filter((_, index) => jobs[index] !== undefined));
};

function build<B extends IQueueBackend, C>(
  factory: BackendFactory<B, C>,
  connection: C,
  prefix: string,
  held: Held<B>,
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
      const backend = queue.getBackend();
      return queueOn(queue, backend, (ids) => held(backend, ids));
    },
    worker(name, concurrency, process) {
      const running = new Set<Promise<void>>();
      const run = (job: Job<unknown, void, string>): Promise<void> => {
        const work = process(toRunningJob(job)).finally(() => running.delete(work));
        running.add(work);
        return work;
      };
      const worker = new BackendWorker<unknown, void, string>(name, run, {
        connection,
        prefix,
        concurrency,
        ...RECOVERY,
      });
      worker.on('error', report);
      return {
        async close(force = false) {
          await part(worker.close(force), worker.getBackend(), force ? new Set() : running);
        },
      };
    },
    onError: (listener) => listeners.push(listener),
  };
}

/**
 * Waits for running jobs (the last may begin while the goodbye is on its way) and hangs up on a server that does not answer. What
 * it was not told, it finds out when the locks of its jobs run out.
 */
async function part(
  closing: Promise<void>,
  backend: IQueueBackend,
  running: ReadonlySet<Promise<void>> = new Set(),
): Promise<void> {
  const isOver = () =>
    within(GOODBYE_MS, closing).then(
      () => true,
      () => false,
    );
  do {
    await Promise.allSettled(running);
    if (await isOver()) return;
  } while (running.size > 0);
  // The one ends connections that never came about, the other those that wait for the answer to their goodbye.
  for (const ending of [backend.close(true), backend.disconnect()]) ending.catch(() => undefined);
  await isOver();
}

/** What both backends' queues can do, as far as it is used here. */
type SomeQueue = Pick<
  BullQueue<unknown, void, string>,
  'addBulk' | 'remove' | 'upsertJobScheduler' | 'getJobCounts' | 'close'
>;

function queueOn(queue: SomeQueue, backend: IQueueBackend, held: Queue['held']): Queue {
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
    held,
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
    close: () => part(queue.close(), backend),
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
