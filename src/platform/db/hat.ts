import type postgres from 'postgres';
import type { HatContext } from '../context.ts';
import { DomainError, defineProblem } from '../errors.ts';
import { type Database, type DrizzleDatabase, drizzleOn } from './database.ts';
import { isSqlState } from './postgres-errors.ts';

export const SESSION_ENDED = defineProblem({
  code: 'SESSION_ENDED',
  status: 401,
  title: 'The session has ended',
  help: 'Sign in again. A session ends by logout, by re-use of a spent refresh token, when its hat loses a role, or when the account is disabled.',
});

/** SQLSTATE that `app.open_hat` raises for a session that has ended. */
const STATE_SESSION_ENDED = 'VB401';

declare const opened: unique symbol;

/**
 * A transaction in which a hat is open, so that row-level security lets through exactly what that hat may see. Only `withHatTx`
 * makes one; a pool or a plain transaction does not fit where a `HatTx` is asked for.
 */
export type HatTx = DrizzleDatabase & {
  /** Hand-written, prepared SQL in the same transaction. JSON parameters are passed as text and cast. */
  readonly sql: postgres.TransactionSql;
  readonly [opened]: true;
};

/**
 * Runs `work` in one transaction under the hat of `ctx`; any throw rolls back. Throws `SESSION_ENDED`.
 * The hat travels to the server together with the first statement of the work. Should it not open, the transaction is aborted
 * and no statement behind it does anything.
 */
export async function withHatTx<T>(
  db: Database,
  ctx: HatContext,
  work: (tx: HatTx) => Promise<T>,
): Promise<T> {
  const run = async (sql: postgres.TransactionSql): Promise<T> => {
    const opening = sql`select ${openHat(sql, ctx)}`.execute();
    const [, result] = await Promise.all([opening, work(Object.assign(drizzleOn(sql), { sql }) as HatTx)]);
    return result;
  };
  try {
    return (await db.sql.begin(run)) as T;
  } catch (error) {
    throw translated(error);
  }
}

/** From here to its end the transaction plans each statement for the values it is sent with: for evaluations of many rows. */
export async function planByValues({ sql }: HatTx): Promise<void> {
  await sql`set local plan_cache_mode = force_custom_plan`;
}

/** A transaction that may read accounts and sessions while nobody wears a hat yet; for the identity module only. */
export async function withSignInTx<T>(db: Database, work: (tx: HatTx) => Promise<T>): Promise<T> {
  const run = async (sql: postgres.TransactionSql): Promise<T> => {
    await sql`select set_config('app.hat_kind', 'identity', true)`;
    return work(Object.assign(drizzleOn(sql), { sql }) as HatTx);
  };
  return (await db.sql.begin(run)) as T;
}

/** Runs part of a hat's transaction with the rights of `withSignInTx`; for the identity module only. */
export async function withinSignIn<T>(tx: HatTx, { hat }: HatContext, work: () => Promise<T>): Promise<T> {
  await tx.sql`select set_config('app.hat_kind', 'identity', true)`;
  const result = await work();
  await tx.sql`select set_config('app.hat_kind', ${hat.kind}, true)`;
  return result;
}

/**
 * One read under a hat in one round trip, for hot paths. The lateral join runs the query only after the hat is open: `offset 0`
 * keeps the planner from pulling it out, and its condition needs the outer row.
 */
export async function readUnderHat<R extends object>(
  db: Database,
  ctx: HatContext,
  query: (sql: postgres.Sql) => postgres.PendingQuery<postgres.Row[]>,
): Promise<R[]> {
  const { sql } = db;
  try {
    return (await sql`with ${hatOpened(sql, ctx)}
      select q.* from hat cross join lateral (select * from (${query(sql)}) as inner_query where hat.is_open offset 0) as q`) as unknown as R[];
  } catch (error) {
    throw translated(error);
  }
}

/**
 * One statement that writes under a hat, all of it or nothing, in one round trip. It begins with `hat`, a part of a `with` list that
 * has its row once the hat is open; whatever it reads or writes must come `from hat`, directly or through what came from it.
 * A part that does not is refused by row-level security.
 */
export async function writeUnderHat<R extends object>(
  db: Database,
  ctx: HatContext,
  statement: (
    sql: postgres.Sql,
    hat: postgres.PendingQuery<postgres.Row[]>,
  ) => postgres.PendingQuery<postgres.Row[]>,
): Promise<R[]> {
  try {
    return (await statement(db.sql, hatOpened(db.sql, ctx))) as unknown as R[];
  } catch (error) {
    throw translated(error);
  }
}

function hatOpened(sql: postgres.Sql, ctx: HatContext) {
  return sql`hat as materialized (select ${openHat(sql, ctx)} as is_open)`;
}

function openHat(sql: postgres.Sql | postgres.TransactionSql, ctx: HatContext) {
  const { hat, actor, sessionId } = ctx;
  return sql`app.open_hat(${hat.kind}, ${hat.id}::uuid, ${actor.id}::uuid, ${sessionId}::uuid)`;
}

function translated(error: unknown): unknown {
  if (!isSqlState(error, STATE_SESSION_ENDED)) return error;
  return new DomainError(SESSION_ENDED, 'This session has ended; sign in again.', { cause: error });
}
