import type { Logger } from 'pino';
import type { Clock } from '../src/platform/clock.ts';
import { groupBy } from '../src/platform/collections.ts';
import type { Database } from '../src/platform/db/database.ts';
import type { JobContract } from '../src/platform/jobs/contract.ts';
import type { Queue, QueuedJob, QueueSystem } from '../src/platform/jobs/queues.ts';
import { within } from '../src/platform/within.ts';

export interface RelayOptions {
  /** Pause after a round that found nothing. */
  readonly pollMs: number;
  /** A job that has been with its queue for so long is looked after: does the queue still have it? */
  readonly reconcileAfterMs: number;
  readonly batchSize: number;
}

export const RELAY_DEFAULTS: RelayOptions = { pollMs: 100, reconcileAfterMs: 30_000, batchSize: 200 };

export interface Relay {
  stop(): Promise<void>;
}

interface WaitingRow {
  id: string;
  queue: string;
  name: string;
  payload: unknown;
}

/** A queue that does not answer must hold up neither its rows nor a stop: they are taken back, and offered again when it answers. */
const QUEUE_TIMEOUT_MS = 5000;
const STOP_TIMEOUT_MS = 1000;

export interface RelayDependencies {
  /** As `verbund_jobs`. */
  readonly outbox: Database;
  readonly queues: QueueSystem;
  /** Tries and pauses of each job, by its name. */
  readonly contracts: ReadonlyMap<string, JobContract>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Moves jobs from the outbox to their queues. Several relays share the rows. A row is marked before its queue gets it, in a statement
 * of its own, so that no transaction waits for a queue. A relay that dies in between leaves rows that look handed over: the
 * reconciler finds that no queue holds them. What is handed over twice, the queue knows by its id.
 */
export function startRelay(deps: RelayDependencies, options: RelayOptions = RELAY_DEFAULTS): Relay {
  const stopping = new AbortController();
  const handover = openHandover(deps);
  const loop = async (round: () => Promise<number>, pauseMs: number): Promise<void> => {
    while (!stopping.signal.aborted) {
      const moved = await round().catch((error: unknown) => {
        deps.log.warn({ err: error }, 'the outbox relay could not do its round; it will try again');
        return 0;
      });
      if (moved === 0) await pause(pauseMs, stopping.signal);
    }
  };
  const running = [
    loop(() => dispatch(deps, handover, options), options.pollMs),
    loop(() => reconcile(deps, handover, options), Math.max(options.pollMs, options.reconcileAfterMs / 3)),
  ];
  return {
    async stop() {
      stopping.abort();
      await within(STOP_TIMEOUT_MS, Promise.all(running)).catch(() => undefined);
      await handover.close();
    },
  };
}

interface Handover {
  /** The last rows given have arrived. While they have not, more would only pile up in memory. */
  free(): Promise<void>;
  give(rows: readonly WaitingRow[]): Promise<void>;
  /** Of these rows, those their queues no longer hold. */
  lost(rows: readonly WaitingRow[]): Promise<WaitingRow[]>;
  close(): Promise<void>;
}

function openHandover({ queues, contracts }: RelayDependencies): Handover {
  const opened = new Map<string, Queue>();
  const queueOf = (name: string): Queue => {
    const queue = opened.get(name) ?? queues.queue(name);
    opened.set(name, queue);
    return queue;
  };
  const toJob = ({ id, name, payload }: WaitingRow): QueuedJob => {
    const { attempts = 1, backoffMs = 1000 } = contracts.get(name) ?? {};
    const backoff = { type: 'exponential', delay: backoffMs, jitter: 0.3 };
    return { id, name, payload, options: { attempts, backoff, removeOnComplete: true, removeOnFail: true } };
  };
  let underWay: Promise<void> = Promise.resolve();
  return {
    free: () => underWay,
    async give(rows) {
      const shares = [...groupBy(rows, (row) => row.queue)];
      const added = Promise.all(shares.map(([name, share]) => queueOf(name).addAll(share.map(toJob))));
      underWay = Promise.allSettled([underWay, added]).then(() => undefined); // not the results: they would pile up
      await added;
    },
    async lost(rows) {
      const missing: WaitingRow[] = [];
      for (const [name, share] of groupBy(rows, (row) => row.queue)) {
        const held = await queueOf(name).held(share.map((row) => row.id));
        missing.push(...share.filter((row) => !held.has(row.id)));
      }
      return missing;
    },
    async close() {
      await Promise.all([...opened.values()].map((queue) => queue.close()));
    },
  };
}

async function dispatch(
  deps: RelayDependencies,
  handover: Handover,
  { batchSize }: RelayOptions,
): Promise<number> {
  await within(QUEUE_TIMEOUT_MS, handover.free());
  const rows = await claimDue(deps, batchSize);
  if (rows.length === 0) return 0;
  try {
    await within(QUEUE_TIMEOUT_MS, handover.give(rows));
  } catch (error) {
    await takeBack(deps, rows);
    throw error;
  }
  return rows.length;
}

/** Looks after rows that have been with a queue for long, and hands over again those that their queue has lost. */
async function reconcile(
  deps: RelayDependencies,
  handover: Handover,
  options: RelayOptions,
): Promise<number> {
  await within(QUEUE_TIMEOUT_MS, handover.free());
  const rows = await claimOverdue(deps, options);
  if (rows.length === 0) return 0;
  const lost = await within(QUEUE_TIMEOUT_MS, handover.lost(rows));
  if (lost.length > 0) {
    await within(QUEUE_TIMEOUT_MS, handover.give(lost));
    deps.log.warn({ jobs: lost.length }, 'handed over again what a queue had lost');
  }
  return rows.length < options.batchSize ? 0 : rows.length;
}

/** Marks rows that are due; in the order in which they became so. */
function claimDue({ outbox: { sql }, clock }: RelayDependencies, batchSize: number): Promise<WaitingRow[]> {
  return sql<WaitingRow[]>`with due as (
      select id from outbox_jobs where dispatched_at is null and available_at <= ${clock.now()}
      order by available_at, id limit ${batchSize} for update skip locked
    ), claimed as (
      update outbox_jobs job set dispatched_at = now() from due where job.id = due.id
      returning job.id, job.queue, job.name, job.payload, job.available_at
    ) select id, queue, name, payload from claimed order by available_at, id`;
}

/** Marks rows that nobody has looked after for long; a look that fails comes around again as late. */
function claimOverdue({ outbox: { sql } }: RelayDependencies, options: RelayOptions): Promise<WaitingRow[]> {
  return sql<WaitingRow[]>`with overdue as (
      select id from outbox_jobs
      where dispatched_at < now() - ${`${options.reconcileAfterMs} milliseconds`}::interval and completed_at is null and failed_at is null
      order by dispatched_at limit ${options.batchSize} for update skip locked
    ) update outbox_jobs job set dispatched_at = now() from overdue where job.id = overdue.id
    returning job.id, job.queue, job.name, job.payload`;
}

/** A queue may have got rows it did not confirm, and a worker may be through with them. */
async function takeBack({ outbox: { sql } }: RelayDependencies, rows: readonly WaitingRow[]): Promise<void> {
  const ids = rows.map((row) => row.id);
  await sql`update outbox_jobs set dispatched_at = null
    where id = any(${ids}) and completed_at is null and failed_at is null`;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
