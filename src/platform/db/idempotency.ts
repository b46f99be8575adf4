import type { Moment } from '../clock.ts';
import type { HatContext, IdempotencyClaim } from '../context.ts';
import { DomainError, defineProblem } from '../errors.ts';
import type { Database } from './database.ts';
import { type HatTx, withHatTx, withSignInTx } from './hat.ts';

export const IDEMPOTENCY_KEY_REUSED = defineProblem({
  code: 'IDEMPOTENCY_KEY_REUSED',
  status: 409,
  title: 'This idempotency key was used for another request',
  help: 'A key stands for one request body on one route. Send the same body again, or choose a fresh key for a new request.',
});

/**
 * Like `withHatTx`, for use cases that create: with an idempotency key the first answer is stored in the same transaction and
 * given again later. Of two at once, one commits and the other, held up by the key or by what the work itself keeps unique,
 * rolls back and gives the first answer. Throws `IDEMPOTENCY_KEY_REUSED`.
 */
export async function withHatTxOnce<T extends object>(
  db: Database,
  ctx: HatContext,
  work: (tx: HatTx) => Promise<T>,
): Promise<T> {
  const claim = ctx.idempotency;
  if (claim === null) return withHatTx(db, ctx, work);
  return answeredOnce(db, ctx, () =>
    withHatTx(db, ctx, async (tx) => {
      const stored = await findAnswer<T>(tx, ctx, claim);
      if (stored !== undefined) return replay(stored, claim);
      const answer = await work(tx);
      await tx.sql`insert into idempotency_keys ${tx.sql(answerRow(ctx, claim, answer))}`;
      return answer;
    }),
  );
}

/**
 * For a use case on a hot path whose one writing statement keeps the answer as well (`answerRow`): nothing is looked up before. A
 * repeated request writes nothing, or fails at the key, and gets the first answer a round trip later.
 */
export async function answeredOnce<T extends object>(
  db: Database,
  ctx: HatContext,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const claim = ctx.idempotency;
    const stored = claim && (await withHatTx(db, ctx, (tx) => findAnswer<T>(tx, ctx, claim)));
    if (!stored) throw error;
    return replay(stored, claim);
  }
}

interface StoredAnswer<T> {
  readonly bodyHash: string;
  readonly answer: T;
}

async function findAnswer<T>(
  tx: HatTx,
  { hat }: HatContext,
  claim: IdempotencyClaim,
): Promise<StoredAnswer<T> | undefined> {
  const [stored] = await tx.sql<
    StoredAnswer<T>[]
  >`select body_hash as "bodyHash", answer from idempotency_keys
    where hat_kind = ${hat.kind} and hat_id = ${hat.id} and route = ${claim.route} and key = ${claim.key}`;
  return stored;
}

/** The values of the row that keeps an answer, to be written with what it tells of. `answer` is JSON text. */
export function answerRow({ hat, now }: HatContext, claim: IdempotencyClaim, answer: object) {
  return {
    hat_kind: hat.kind,
    hat_id: hat.id,
    route: claim.route,
    key: claim.key,
    body_hash: claim.bodyHash,
    answer: JSON.stringify(answer),
    created_at: now,
  };
}

function replay<T>({ bodyHash, answer }: StoredAnswer<T>, claim: IdempotencyClaim): T {
  if (bodyHash !== claim.bodyHash) {
    throw new DomainError(IDEMPOTENCY_KEY_REUSED, 'This Idempotency-Key was sent before with another body.');
  }
  claim.replayed = true;
  return answer;
}

/** Deletes keys made before a moment; after that a repeated request is a new one. */
export async function purgeIdempotencyKeys(db: Database, before: Moment): Promise<void> {
  await withSignInTx(db, async (tx) => {
    await tx.sql`delete from idempotency_keys where created_at < ${before}`;
  });
}
