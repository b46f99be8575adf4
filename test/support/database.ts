import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Database, type DatabaseTarget, openDatabase } from '../../src/platform/db/database.ts';
import { migrateDatabase } from '../../src/platform/db/migrate.ts';
import { newId } from '../../src/platform/ids.ts';

const MIGRATIONS = fileURLToPath(new URL('../../../drizzle', import.meta.url));
const TEMPLATE_LOCK = 7_201_967;

export interface TestDatabase {
  readonly target: DatabaseTarget;
  drop(): Promise<void>;
}

/** The server under test: the throw-away one that the runner started, or the one in DATABASE_URL. */
function serverTarget(): DatabaseTarget {
  const { VERBUND_TEST_SOCKET: socket, DATABASE_URL: url } = process.env;
  if (socket !== undefined) {
    const [host = '', port = '5432'] = socket.split('|');
    return { kind: 'socket', host, port: Number(port), database: 'postgres' };
  }
  if (url !== undefined) return { kind: 'url', url, ownerUrl: url };
  throw new Error('start tests with `npm test`, or set DATABASE_URL to run one file');
}

function onDatabase(target: DatabaseTarget, database: string): DatabaseTarget {
  if (target.kind === 'socket') return { ...target, database };
  const url = new URL(target.url);
  url.pathname = `/${database}`;
  return { kind: 'url', url: url.href, ownerUrl: url.href };
}

/** A database of its own for one test file, cloned from a migrated template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = serverTarget();
  const admin = openDatabase(server, 'owner', 1);
  try {
    const template = await ensureTemplate(admin, server);
    const name = `verbund_test_${newId().replaceAll('-', '')}`;
    await admin.sql.unsafe(`create database ${name} template ${template}`);
    return { target: onDatabase(server, name), drop: () => dropDatabase(server, name) };
  } finally {
    await admin.end();
  }
}

/**
 * A database without a schema, for tests of migrations. With `plainOwner` it belongs to a role without any powers, and the
 * login of the tests is that role in it.
 */
export async function createEmptyDatabase({ plainOwner = false } = {}): Promise<TestDatabase> {
  const server = serverTarget();
  const admin = openDatabase(server, 'owner', 1);
  const name = `verbund_test_${newId().replaceAll('-', '')}`;
  const owner = `${name}_owner`;
  try {
    await ensureTemplate(admin, server); // the roles of the program are there then
    await admin.sql.unsafe(`create database ${name}`);
    if (plainOwner) {
      // As after `create role` by the owner itself: from PostgreSQL 16 on that gives no right but to pass the role on.
      const [server16] = await admin.sql`select where current_setting('server_version_num')::int >= 160000`;
      const asCreator =
        server16 === undefined ? 'with admin option' : 'with admin option, inherit false, set false';
      await admin.sql.unsafe(
        `create role ${owner} nologin; grant verbund_app, verbund_jobs to ${owner} ${asCreator}`,
      );
      await admin.sql.unsafe(`alter database ${name} owner to ${owner}`);
      await admin.sql.unsafe(`alter role current_user in database ${name} set role = '${owner}'`);
    }
  } finally {
    await admin.end();
  }
  const drop = async (): Promise<void> => {
    await dropDatabase(server, name);
    if (plainOwner) await dropRole(server, owner);
  };
  return { target: onDatabase(server, name), drop };
}

async function dropRole(server: DatabaseTarget, name: string): Promise<void> {
  const admin = openDatabase(server, 'owner', 1);
  await admin.sql.unsafe(`drop role if exists ${name}`);
  await admin.end();
}

async function dropDatabase(server: DatabaseTarget, name: string): Promise<void> {
  const admin = openDatabase(server, 'owner', 1);
  await admin.sql.unsafe(`drop database if exists ${name} with (force)`);
  await admin.end();
}

/** One template per set of migrations, made by whichever test file comes first. */
async function ensureTemplate(admin: Database, server: DatabaseTarget): Promise<string> {
  const name = `verbund_template_${migrationsHash()}`;
  await admin.sql`select pg_advisory_lock(${TEMPLATE_LOCK})`;
  const known = await admin.sql`select from pg_database where datname = ${name}`;
  if (known.length === 0) {
    await admin.sql.unsafe(`drop database if exists ${name}_new with (force)`);
    await admin.sql.unsafe(`create database ${name}_new`);
    const target = onDatabase(server, `${name}_new`);
    await migrateDatabase(target);
    const { migrateQueueSchema } = await import('../../src/platform/jobs/queue-schema.ts'); // with a library that takes its time to load
    await migrateQueueSchema(target);
    await admin.sql.unsafe(`alter database ${name}_new rename to ${name}`);
  }
  await admin.sql`select pg_advisory_unlock(${TEMPLATE_LOCK})`;
  return name;
}

function migrationsHash(): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort()) {
    hash.update(readFileSync(`${MIGRATIONS}/${file}`));
  }
  return hash.digest('hex').slice(0, 12);
}

/** Runs a statement with a name in it that cannot be a parameter. */
export async function runStatement(
  { sql }: Pick<Database, 'sql'>,
  text: string,
  parameters: string[] = [],
): Promise<readonly Record<string, unknown>[]> {
  return sql.unsafe(text, parameters);
}
