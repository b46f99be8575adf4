import { runMigrations } from 'bullmq';
import pg from 'pg';
import type { DatabaseTarget } from '../db/database.ts';

/** PostgreSQL schema that BullMQ's PostgreSQL backend lives in. */
export const QUEUE_SCHEMA = 'jobs';

/** Creates or updates the queues' schema. Run as owner: functions and tables then belong to it, `verbund_jobs` only uses them. */
export async function migrateQueueSchema(target: DatabaseTarget): Promise<void> {
  const client = new pg.Client(
    target.kind === 'url'
      ? { connectionString: target.ownerUrl }
      : { host: target.host, port: target.port, database: target.database, user: 'postgres' },
  );
  await client.connect();
  try {
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
