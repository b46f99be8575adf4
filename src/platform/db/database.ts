import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core';
import { drizzle, type PostgresJsQueryResultHKT, PostgresJsSession } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { momentFromDatabase } from '../clock.ts';

/**
 * The roles a process works as. `verbund_app` is subject to row-level security and owns nothing; `verbund_jobs` moves outbox rows
 * and owns the queues' schema. Migrations run as whoever owns the schema.
 */
export type DatabaseRole = 'verbund_app' | 'verbund_jobs' | 'owner';

/** Where the database is: a server by URL, or a socket of a server that trusts its own machine (the embedded one). */
export type DatabaseTarget =
  | { readonly kind: 'url'; readonly url: string; readonly ownerUrl: string }
  | { readonly kind: 'socket'; readonly host: string; readonly port: number; readonly database: string };

export type DrizzleDatabase = PgDatabase<PostgresJsQueryResultHKT, Record<string, never>>;

export interface Database {
  readonly sql: postgres.Sql;
  readonly target: DatabaseTarget;
  end(): Promise<void>;
}

const OID_INT8 = 20;
const OID_TIMESTAMPTZ = 1184;
/** int8 holds cents, counters and versions here, each guarded to fit a JavaScript number. */
const parsers = {
  int8: { to: OID_INT8, from: [OID_INT8], serialize: String, parse: Number },
};

const dialect = new PgDialect();

/** Opens a pool as one role. The embedded server has a login per role; elsewhere the login switches to the role on connecting. */
export function openDatabase(target: DatabaseTarget, role: DatabaseRole, poolSize: number): Database {
  const shared: ConnectionOptions = {
    max: poolSize,
    idle_timeout: 120,
    max_lifetime: 3600,
    connect_timeout: 10,
    onnotice: () => undefined,
    types: parsers,
  };
  const sql = connect(target, role, shared) as unknown as postgres.Sql;
  drizzle(sql); // sets the pass-through parsers that its column types expect, on this client
  sql.options.parsers[OID_TIMESTAMPTZ] = momentFromDatabase;
  return { sql, target, end: () => sql.end({ timeout: 5 }) };
}

type ConnectionOptions = postgres.Options<{ int8: postgres.PostgresType<number> }>;

function connect(target: DatabaseTarget, role: DatabaseRole, options: ConnectionOptions) {
  const session = {
    application_name: `verbund ${role}`,
    TimeZone: 'UTC',
    // Statements are few and short; the server would plan most of them anew each time, which costs as much as running them. And it
    // would compile the few long ones: for a table of many partitions that takes seconds, and saves none.
    ...(role === 'verbund_app' && { plan_cache_mode: 'force_generic_plan', jit: 'off' }),
  };
  if (target.kind === 'url') {
    const { url, host } = withoutSocket(role === 'owner' ? target.ownerUrl : target.url);
    const connection = { ...session, ...(role !== 'owner' && { role }) };
    return postgres(url, { ...options, ...(host !== null && { host }), connection });
  }
  const { host, port, database } = target;
  const user = role === 'owner' ? 'postgres' : role;
  return postgres({ host, port, database, user, ...options, connection: session });
}

/** `?host=/run/postgresql`, as libpq writes a socket; the driver would send the parameter to the server. */
function withoutSocket(text: string): { url: string; host: string | null } {
  const url = new URL(text);
  const host = url.searchParams.get('host');
  url.searchParams.delete('host');
  return { url: url.href, host };
}

/** Drizzle over one connection or transaction of postgres.js; cheap enough to make per transaction. */
export function drizzleOn(sql: postgres.Sql | postgres.TransactionSql): DrizzleDatabase {
  const session = new PostgresJsSession(sql as postgres.Sql, dialect, undefined, {});
  return new PgDatabase(dialect, session as never, undefined) as DrizzleDatabase;
}
