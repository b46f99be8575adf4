import { assertNoBypass } from '../../backing.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/database.ts';
import { countMigrations, knownMigrations } from '../../platform/db/migrate.ts';
import { type Check, clockFinding, type Finding } from './finding.ts';

const OLDEST_SERVER = 150_000;

/** @param db as `verbund_app` @param jobs as `verbund_jobs` */
export function databaseChecks(db: Database, jobs: Database, clock: Clock): Check[] {
  return [
    { what: 'database', look: () => serverOf(db) },
    { what: 'clock of the database', look: () => clockOf(db, clock) },
    { what: 'schema', look: () => schemaOf(db) },
    { what: 'row-level security', look: async () => ({ text: `holds for ${await assertNoBypass(db)}` }) },
    { what: 'outbox', look: () => outboxOf(jobs) },
    { what: 'full-text search', look: () => searchOf(db) },
  ];
}

async function serverOf({ sql }: Database): Promise<Finding> {
  const [server] = await sql<
    { name: string; number: number }[]
  >`select current_setting('server_version') as name, current_setting('server_version_num')::int as number`;
  if (server === undefined || server.number < OLDEST_SERVER)
    throw new Error(`PostgreSQL ${server?.name ?? ''} is too old; 15 or newer is needed`);
  return { text: `PostgreSQL ${server.name}` };
}

async function clockOf({ sql }: Database, clock: Clock): Promise<Finding> {
  await sql`select`; // the time of connecting would count as a difference
  const askedAt = Date.parse(clock.now());
  const [row] = await sql<
    { ms: number }[]
  >`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`;
  return clockFinding(row?.ms ?? 0, askedAt, Date.parse(clock.now()));
}

async function schemaOf({ sql }: Database): Promise<Finding> {
  const known = knownMigrations();
  const [table] = await sql<
    { isThere: boolean }[]
  >`select to_regclass('app_meta.__drizzle_migrations') is not null as "isThere"`;
  const applied = table?.isThere === true ? await countMigrations(sql) : 0;
  const text = `${applied} of ${known} migrations`;
  if (applied < known) throw new Error(`${text}; run \`verbund migrate\``);
  if (applied > known) return { text, advice: 'the schema is newer than this program; start the newer one' };
  return { text };
}

async function outboxOf({ sql }: Database): Promise<Finding> {
  const [jobs] = await sql<{ waiting: number; dead: number }[]>`select
    (select count(*)::int from outbox_jobs where dispatched_at is null and available_at < now() - interval '5 minutes') as waiting,
    (select count(*)::int from outbox_jobs where failed_at is not null) as dead`;
  const { waiting = 0, dead = 0 } = jobs ?? {};
  const text = `${waiting} overdue, ${dead} dead letters`;
  return waiting > 0 ? { text, advice: 'jobs wait for a worker: does `verbund work` run?' } : { text };
}

async function searchOf({ sql }: Database): Promise<Finding> {
  const [operator] = await sql<{ isLeakproof: boolean }[]>`select proleakproof as "isLeakproof" from pg_proc
    where oid = 'pg_catalog.ts_match_vq(tsvector, tsquery)'::regprocedure`;
  if (operator?.isLeakproof === true) return { text: 'goes by its index' };
  return {
    text: 'reads the rows of the hat one by one',
    advice:
      'as a superuser of this database: alter function pg_catalog.ts_match_vq(tsvector, tsquery) leakproof',
  };
}
