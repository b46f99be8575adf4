import type { Logger } from 'pino';
import { Value } from 'typebox/value';
import { createBatcher } from '../src/platform/batcher.ts';
import type { Clock } from '../src/platform/clock.ts';
import { type HatContext, type HatKind, systemContext } from '../src/platform/context.ts';
import type { Database } from '../src/platform/db/database.ts';
import { DomainError } from '../src/platform/errors.ts';
import type { JobContract, JobPayload, QueueName } from '../src/platform/jobs/contract.ts';
import type { QueueSystem, RunningJob, Worker } from '../src/platform/jobs/queues.ts';

export interface Processor {
  readonly job: JobContract;
  run(ctx: HatContext, payload: unknown): Promise<void>;
}

/** Binds a job contract to the use case that does the work. */
export function processor<C extends JobContract>(
  job: C,
  run: (ctx: HatContext, payload: JobPayload<C>) => Promise<void>,
): Processor {
  return { job, run };
}

export interface RuntimeDependencies {
  readonly queues: QueueSystem;
  /** As `verbund_jobs`: sees all outbox rows, and nothing else. */
  readonly outbox: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly concurrency: number;
}

interface OutboxRow {
  id: string;
  hatKind: HatKind;
  hatId: string;
  requestId: string;
  isOver: boolean;
}

/** The outbox as running jobs see it; jobs that begin or end together share a statement. */
interface JobLedger {
  find(id: string): Promise<OutboxRow | undefined>;
  complete(id: string): Promise<unknown>;
}

/**
 * One worker per queue. A job runs under the hat its outbox row names, at least once; what it does must be keyed, so that a second
 * run changes nothing. After the last try the row becomes a dead letter that people can see and hand over again.
 */
export function startProcessors(deps: RuntimeDependencies, processors: readonly Processor[]): Worker[] {
  const byName = new Map(processors.map((each) => [each.job.name, each]));
  const queues = new Set<QueueName>(processors.map((each) => each.job.queue));
  const ledger = openLedger(deps);
  return [...queues].map((queue) =>
    deps.queues.worker(queue, deps.concurrency, (job) => runJob(deps, ledger, byName.get(job.name), job)),
  );
}

async function runJob(
  deps: RuntimeDependencies,
  ledger: JobLedger,
  handler: Processor | undefined,
  job: RunningJob,
): Promise<void> {
  const row = await ledger.find(job.id);
  if (row === undefined || row.isOver) return;
  try {
    if (handler === undefined) throw new Error(`no processor for ${job.name}`);
    if (!Value.Check(handler.job.payload, job.payload))
      throw new Error(`the payload of ${job.name} does not fit its contract`);
    await handler.run(
      systemContext({ kind: row.hatKind, id: row.hatId }, deps.clock.now(), row.requestId),
      job.payload,
    );
    await ledger.complete(job.id);
  } catch (error) {
    const { id: jobId, name, attempt } = job;
    const log = deps.log.child({ job: name, jobId, attempt, requestId: row.requestId });
    await giveUpOrRetry(deps, log, job, error);
  }
}

/** A refused rule will be refused again; everything else may pass with time. */
async function giveUpOrRetry(
  deps: RuntimeDependencies,
  log: Logger,
  job: RunningJob,
  error: unknown,
): Promise<void> {
  const isRefusal = error instanceof DomainError && error.problem.status < 500;
  if (!isRefusal && !job.isLastAttempt) {
    log.warn({ err: error }, 'job failed, will be tried again');
    throw error;
  }
  log.error({ err: error }, 'job failed for good');
  const failure = error instanceof DomainError ? error.message : 'INTERNAL_ERROR: see the log';
  await deps.outbox
    .sql`update outbox_jobs set failed_at = ${deps.clock.now()}, failure = ${failure.slice(0, 500)} where id = ${job.id} and completed_at is null`;
}

function openLedger({ outbox, clock }: RuntimeDependencies): JobLedger {
  const { sql } = outbox;
  return {
    find: createBatcher(async (ids) => {
      const rows = await sql<
        OutboxRow[]
      >`select id, hat_kind as "hatKind", hat_id as "hatId", request_id as "requestId",
        (completed_at is not null or failed_at is not null) as "isOver" from outbox_jobs where id = any(${ids})`;
      return new Map(rows.map((row) => [row.id, row]));
    }),
    complete: createBatcher(async (ids) => {
      await sql`update outbox_jobs set completed_at = ${clock.now()}, failed_at = null, failure = null where id = any(${ids})`;
      return new Map();
    }),
  };
}
