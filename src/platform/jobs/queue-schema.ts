import { runMigrations } from 'bullmq';
import pg from 'pg';
import type { DatabaseTarget } from '../db/database.ts';

/** PostgreSQL schema that BullMQ's PostgreSQL backend lives in. */
export const QUEUE_SCHEMA = 'jobs';

/** Any number, the same in every process: rights given by two at the same moment are refused by PostgreSQL. */
const SCHEMA_LOCK = 7_201_968;

/**
 * Creates or updates the queues' schema. Safe to call from several processes at once. Run as owner: functions and tables then belong
 * to it, `verbund_jobs` only uses them.
 */
export async function migrateQueueSchema(target: DatabaseTarget): Promise<void> {
  const client = new pg.Client(
    target.kind === 'url'
      ? { connectionString: target.ownerUrl }
      : { host: target.host, port: target.port, database: target.database, user: 'postgres' },
  );
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [SCHEMA_LOCK]); // until the connection ends
    await runMigrations(client, QUEUE_SCHEMA);
    await client.query(`
      grant usage, create on schema ${QUEUE_SCHEMA} to verbund_jobs;
      grant all on all tables in schema ${QUEUE_SCHEMA} to verbund_jobs;
      grant all on all sequences in schema ${QUEUE_SCHEMA} to verbund_jobs;
      grant execute on all functions in schema ${QUEUE_SCHEMA} to verbund_jobs;`);
  } finally {
    await client.end();
  }
}
