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

/** A queue that does not answer must not hold rows locked, nor a stop up: the round is taken back and tried again. */
const QUEUE_TIMEOUT_MS = 5000;

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
 * Moves jobs from the outbox to their queues. Several relays share the rows. A row is marked only after the queue has taken it, so
 * a crash in between hands it over twice; the queue knows it by its id. The reconciler hands over again what a queue has lost.
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
      await Promise.all(running);
      await handover.close();
    },
  };
}

interface Handover {
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
  return {
    async give(rows) {
      for (const [name, share] of groupBy(rows, (row) => row.queue))
        await queueOf(name).addAll(share.map(toJob));
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
  { outbox, clock }: RelayDependencies,
  handover: Handover,
  { batchSize }: RelayOptions,
): Promise<number> {
  return outbox.sql.begin(async (sql) => {
    const rows = await sql<WaitingRow[]>`select id, queue, name, payload from outbox_jobs
      where dispatched_at is null and available_at <= ${clock.now()} order by available_at, id limit ${batchSize} for update skip locked`;
    if (rows.length === 0) return 0;
    await within(QUEUE_TIMEOUT_MS, handover.give(rows));
    await sql`update outbox_jobs set dispatched_at = now() where id in ${sql(rows.map((row) => row.id))}`;
    return rows.length;
  });
}

/** Looks after rows that have been with a queue for long, and hands over again those that their queue has lost. */
async function reconcile(
  { outbox, log }: RelayDependencies,
  handover: Handover,
  options: RelayOptions,
): Promise<number> {
  return outbox.sql.begin(async (sql) => {
    const rows = await sql<WaitingRow[]>`select id, queue, name, payload from outbox_jobs
      where dispatched_at < now() - ${`${options.reconcileAfterMs} milliseconds`}::interval and completed_at is null and failed_at is null
      order by dispatched_at limit ${options.batchSize} for update skip locked`;
    if (rows.length === 0) return 0;
    const lost = await within(QUEUE_TIMEOUT_MS, handover.lost(rows));
    await within(QUEUE_TIMEOUT_MS, handover.give(lost));
    await sql`update outbox_jobs set dispatched_at = now() where id in ${sql(rows.map((row) => row.id))}`;
    if (lost.length > 0) log.warn({ jobs: lost.length }, 'handed over again what a queue had lost');
    return rows.length < options.batchSize ? 0 : rows.length;
  });
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
