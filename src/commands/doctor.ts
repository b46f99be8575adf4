import type { Logger } from 'pino';
import { locateDatabase } from '../backing.ts';
import type { Config } from '../config.ts';
import { openDatabase } from '../platform/db/database.ts';
import { countMigrations, knownMigrations } from '../platform/db/migrate.ts';
import { createQueueSystem } from '../platform/jobs/queues.ts';
import { authSecretOf } from '../runtime-files.ts';

interface Finding {
  readonly what: string;
  readonly check: () => Promise<string>;
}

/** Looks at everything a start needs and says what is wrong and what to do. Changes nothing. */
export async function doctor(config: Config, log: Logger): Promise<number> {
  const { target, embedded } = await locateDatabase(config, log, false);
  const db = openDatabase(target, 'verbund_app', 1);
  const queues = createQueueSystem(
    config.REDIS_URL === undefined
      ? { backend: 'postgres', database: target }
      : { backend: 'redis', url: config.REDIS_URL, prefix: config.QUEUE_PREFIX },
  );
  const queue = queues.queue('requests');
  queues.onError(() => undefined);
  const findings: Finding[] = [
    {
      what: 'secret for access tokens',
      check: async () => `${(await authSecretOf(config)).length} characters`,
    },
    {
      what: 'database',
      check: async () =>
        (await db.sql<{ v: string }[]>`select current_setting('server_version') as v`)[0]?.v ?? '',
    },
    {
      what: 'schema',
      check: async () => `${await countMigrations(db.sql)} of ${knownMigrations()} migrations`,
    },
    { what: 'row-level security', check: () => roleOf(db) },
    {
      what: `queues on ${config.REDIS_URL === undefined ? 'PostgreSQL' : 'Redis'}`,
      check: async () => queue.ping().then(() => 'answer'),
    },
  ];
  let faults = 0;
  for (const { what, check } of findings) {
    const outcome = await check().then(
      (text) => ({ mark: 'ok   ', text }),
      (error: Error) => ({ mark: 'FAULT', text: error.message }),
    );
    if (outcome.mark === 'FAULT') faults += 1;
    process.stdout.write(`${outcome.mark} ${what.padEnd(26)} ${outcome.text}\n`);
  }
  await Promise.allSettled([queue.close(), db.end()]);
  await embedded?.stop();
  return faults === 0 ? 0 : 1;
}

async function roleOf(db: ReturnType<typeof openDatabase>): Promise<string> {
  const [role] = await db.sql<
    { name: string; bypasses: boolean }[]
  >`select rolname as name, rolsuper or rolbypassrls as bypasses from pg_roles where rolname = current_user`;
  if (role === undefined || role.bypasses) throw new Error(`the role ${role?.name} bypasses it`);
  return `holds for ${role.name}`;
}
