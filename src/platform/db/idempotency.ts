import type { HatContext, IdempotencyClaim } from '../context.ts';
import { DomainError, defineProblem } from '../errors.ts';
import type { Database } from './database.ts';
import { type HatTx, withHatTx } from './hat.ts';

export const IDEMPOTENCY_KEY_REUSED = defineProblem({
  code: 'IDEMPOTENCY_KEY_REUSED',
  status: 409,
  title: 'This idempotency key was used for another request',
  help: 'A key stands for one request body on one route. Send the same body again, or choose a fresh key for a new request.',
});

/**
 * Like `withHatTx`, for use cases that create: with an idempotency key the first answer is stored in the same transaction and
 * given again later. The key is claimed first, so a second request with it waits here until the first has committed or failed.
 * Throws `IDEMPOTENCY_KEY_REUSED`.
 */
export async function withHatTxOnce<T extends object>(
  db: Database,
  ctx: HatContext,
  work: (tx: HatTx) => Promise<T>,
): Promise<T> {
  const claim = ctx.idempotency;
  if (claim === null) return withHatTx(db, ctx, work);
  return withHatTx(db, ctx, async (tx) => {
    if (!(await claimKey(tx, ctx, claim))) return replay<T>(tx, ctx, claim);
    const answer = await work(tx);
    await tx.sql`update idempotency_keys set answer = ${JSON.stringify(answer)}::jsonb
      where hat_kind = ${ctx.hat.kind} and hat_id = ${ctx.hat.id} and route = ${claim.route} and key = ${claim.key}`;
    return answer;
  });
}

async function claimKey(tx: HatTx, { hat, now }: HatContext, claim: IdempotencyClaim): Promise<boolean> {
  const result =
    await tx.sql`insert into idempotency_keys (hat_kind, hat_id, route, key, body_hash, created_at)
    values (${hat.kind}, ${hat.id}, ${claim.route}, ${claim.key}, ${claim.bodyHash}, ${now}) on conflict do nothing`;
  return result.count === 1;
}

async function replay<T>(tx: HatTx, { hat }: HatContext, claim: IdempotencyClaim): Promise<T> {
  const [stored] = await tx.sql<
    { body_hash: string; answer: T }[]
  >`select body_hash, answer from idempotency_keys
    where hat_kind = ${hat.kind} and hat_id = ${hat.id} and route = ${claim.route} and key = ${claim.key}`;
  if (stored === undefined) throw new Error('an idempotency key was taken and is gone');
  if (stored.body_hash !== claim.bodyHash) {
    throw new DomainError(IDEMPOTENCY_KEY_REUSED, 'This Idempotency-Key was sent before with another body.');
  }
  claim.replayed = true;
  return stored.answer;
}
