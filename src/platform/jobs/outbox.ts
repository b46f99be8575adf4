import type { Hat, HatContext } from '../context.ts';
import type { HatTx } from '../db/hat.ts';
import { newId } from '../ids.ts';
import type { JobContract, JobPayload } from './contract.ts';

/** Asks for a job in the caller's own transaction: it exists exactly when the transaction commits. It runs under `hat`. */
export async function enqueue<C extends JobContract>(
  tx: HatTx,
  ctx: HatContext,
  job: C,
  payload: JobPayload<C>,
  hat: Hat = ctx.hat,
): Promise<void> {
  const row = outboxRow(ctx, job, payload, hat);
  await tx.sql`insert into outbox_jobs (id, queue, name, payload, hat_kind, hat_id, request_id, created_at)
    values (${row.id}, ${row.queue}, ${row.name}, ${row.payload}::jsonb, ${row.hatKind}, ${row.hatId}, ${row.requestId}, ${ctx.now})`;
}

/** The values of an outbox row, for use cases that write all they write in one statement. */
export function outboxRow<C extends JobContract>(ctx: HatContext, job: C, payload: JobPayload<C>, hat: Hat) {
  return {
    id: newId(),
    queue: job.queue,
    name: job.name,
    payload: JSON.stringify(payload),
    hatKind: hat.kind,
    hatId: hat.id,
    requestId: ctx.requestId,
  };
}
