import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { type Database, type DatabaseTarget, openDatabase } from './platform/db/database.ts';
import { migrateDatabase } from './platform/db/migrate.ts';
import { type Embedded, startEmbedded } from './platform/embedded/index.ts';
import { migrateQueueSchema } from './platform/jobs/queue-schema.ts';
import { createQueueSystem, type QueueSystem, type QueueTarget } from './platform/jobs/queues.ts';

/** What a process stands on: the database under both its roles, and the queues. */
export interface Backing {
  readonly target: DatabaseTarget;
  /** As `verbund_app`, under row-level security. */
  readonly db: Database;
  /** As `verbund_jobs`. */
  readonly outbox: Database;
  readonly queues: QueueSystem;
  readonly queueTarget: QueueTarget;
  /** The database this process itself keeps running, if it does. */
  readonly embedded: Embedded | undefined;
  close(): Promise<void>;
}

const EMBEDDED_DATABASE = 'verbund';

/** Where the database is; starts the embedded one when no address is given. */
export async function locateDatabase(
  config: Config,
  log: Logger,
  exclusive: boolean,
): Promise<{ target: DatabaseTarget; embedded: Embedded | undefined }> {
  if (config.DATABASE_URL !== undefined) {
    const url = config.DATABASE_URL;
    return { target: { kind: 'url', url, ownerUrl: config.DATABASE_OWNER_URL ?? url }, embedded: undefined };
  }
  const embedded = await startEmbedded({
    dataDir: config.VERBUND_DATA_DIR,
    logger: log,
    exclusive,
    label: `port ${config.PORT}`,
  });
  const socket = { kind: 'socket', host: embedded.host, port: embedded.port } as const;
  await createDatabase({ ...socket, database: 'postgres' });
  return { target: { ...socket, database: EMBEDDED_DATABASE }, embedded };
}

async function createDatabase(server: DatabaseTarget): Promise<void> {
  const admin = openDatabase(server, 'owner', 1);
  try {
    const known = await admin.sql`select from pg_database where datname = ${EMBEDDED_DATABASE}`;
    if (known.length === 0) await admin.sql`create database ${admin.sql(EMBEDDED_DATABASE)}`;
  } finally {
    await admin.end();
  }
}

/** Brings the application's schema and that of the queues up to date. */
export async function migrate(target: DatabaseTarget): Promise<void> {
  await migrateDatabase(target);
  await migrateQueueSchema(target);
}

export interface BackingOptions {
  /** Bring the schema up to date first. The embedded database always is. */
  readonly migrates: boolean;
}

/** Opens everything and checks that the program is subject to row-level security. */
export async function openBacking(
  config: Config,
  log: Logger,
  { migrates }: BackingOptions,
): Promise<Backing> {
  const { target, embedded } = await locateDatabase(config, log, true);
  if (migrates || embedded !== undefined) await migrate(target);
  const db = openDatabase(target, 'verbund_app', config.DATABASE_POOL_SIZE);
  const outbox = openDatabase(target, 'verbund_jobs', 3);
  await assertNoBypass(db);
  const queueTarget: QueueTarget =
    config.REDIS_URL === undefined
      ? { backend: 'postgres', database: target }
      : { backend: 'redis', url: config.REDIS_URL, prefix: config.QUEUE_PREFIX };
  return {
    target,
    db,
    outbox,
    queues: createQueueSystem(queueTarget),
    queueTarget,
    embedded,
    async close() {
      await Promise.all([db.end(), outbox.end()]);
      await embedded?.stop();
    },
  };
}

/**
 * A role that owns the tables or bypasses row-level security would see every tenant: refuse to start rather than leak.
 * @returns the name of the role
 */
export async function assertNoBypass(db: Database): Promise<string> {
  const [role] = await db.sql<{ name: string; isUnsafe: boolean }[]>`select current_user as name,
    rolsuper or rolbypassrls or exists (select from pg_class where relname = 'service_requests' and relowner = pg_roles.oid) as "isUnsafe"
    from pg_roles where rolname = current_user`;
  if (role === undefined || role.isUnsafe)
    throw new Error(`the database role ${role?.name ?? 'unknown'} is not subject to row-level security`);
  return role.name;
}
