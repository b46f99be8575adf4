import type { Moment } from '../clock.ts';
import type { Hat, HatContext } from '../context.ts';
import type { HatTx } from '../db/hat.ts';
import { newId } from '../ids.ts';
import type { JobContract, JobPayload } from './contract.ts';

export interface EnqueueOptions {
  /** Hat the job runs under; the caller's own if left out. */
  readonly hat?: Hat;
  /** Not before this moment; at once if left out. */
  readonly availableAt?: Moment;
}

/** Asks for a job in the caller's own transaction: it exists exactly when the transaction commits. */
export async function enqueue<C extends JobContract>(
  tx: HatTx,
  ctx: HatContext,
  job: C,
  payload: JobPayload<C>,
  options: EnqueueOptions = {},
): Promise<void> {
  await tx.sql`insert into outbox_jobs ${tx.sql(outboxRow(ctx, job, payload, options))}`;
}

/** The values of an outbox row, for use cases that write all they write in one statement. `payload` is JSON text. */
export function outboxRow<C extends JobContract>(
  ctx: HatContext,
  job: C,
  payload: JobPayload<C>,
  { hat = ctx.hat, availableAt = ctx.now }: EnqueueOptions = {},
) {
  return {
    id: newId(),
    queue: job.queue,
    name: job.name,
    payload: JSON.stringify(payload),
    hat_kind: hat.kind,
    hat_id: hat.id,
    request_id: ctx.requestId,
    created_at: ctx.now,
    available_at: availableAt,
  };
}

/** Asks for many jobs of one kind at once. */
export async function enqueueAll<C extends JobContract>(
  tx: HatTx,
  ctx: HatContext,
  job: C,
  payloads: readonly JobPayload<C>[],
): Promise<void> {
  if (payloads.length === 0) return;
  await tx.sql`insert into outbox_jobs ${tx.sql(payloads.map((payload) => outboxRow(ctx, job, payload)))}`;
}
