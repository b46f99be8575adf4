import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import tap from 'tap';
import { openDatabase } from '../../src/platform/db/database.ts';
import { countMigrations, knownMigrations, migrateDatabase } from '../../src/platform/db/migrate.ts';
import { migrateQueueSchema } from '../../src/platform/jobs/queue-schema.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { listFiles, readText, repository } from '../support/repository.ts';

interface Journal {
  readonly entries: readonly { readonly idx: number; readonly tag: string; readonly when: number }[];
}

const journal = (): Journal => JSON.parse(readText('drizzle/meta/_journal.json')) as Journal;

tap.setTimeout(120_000);

tap.test('migrations: what drizzle-kit would generate from the tables is nothing', async (t) => {
  const out = t.testdir();
  cpSync(path.join(repository, 'drizzle'), out, { recursive: true });
  const before = readdirSync(out).sort();
  const args = [
    'generate',
    '--dialect',
    'postgresql',
    '--schema',
    './src/**/*.table.ts',
    '--out',
    path.relative(repository, out),
  ];
  const run = spawnSync(process.execPath, ['node_modules/drizzle-kit/bin.cjs', ...args], {
    cwd: repository,
    encoding: 'utf8',
  });
  t.equal(run.status, 0, run.stdout + run.stderr);
  t.match(run.stdout, /No schema changes/, run.stdout);
  const added = readdirSync(out).filter((file) => !before.includes(file));
  t.same(
    added.map((file) => readFileSync(path.join(out, file), 'utf8')),
    [],
    'no migration is missing',
  );
});

tap.test('migrations: every file is in the journal, in order and with a name of ours', async (t) => {
  const { entries } = journal();
  const files = listFiles(['drizzle'], ['.sql']).map((file) => path.basename(file, '.sql'));
  t.same(
    entries.map(({ tag }) => tag),
    files,
    'files and journal agree',
  );
  t.same(
    entries.map(({ idx }) => idx),
    entries.map((_, index) => index),
    'numbered without a gap',
  );
  const moments = entries.map(({ when }) => when);
  t.same(
    moments,
    [...new Set(moments)].sort((a, b) => a - b),
    'each later than the one before, or it would never be applied',
  );
  for (const tag of files) t.match(tag, /^\d{4}_[a-z]+(_[a-z]+)*$/, `${tag}: says what it does`);
});

tap.test('migrations: nothing is taken away that the program of yesterday still uses', async (t) => {
  const taking = /\b(drop (table|column|schema|type)|rename (to|column)|truncate)\b/i;
  const found = listFiles(['drizzle'], ['.sql']).flatMap((file) =>
    readText(file)
      .split('\n')
      .filter((line) => taking.test(line) && !/-- forward: \S.{9,}/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  t.same(found, [], 'drizzle/README.md says how to take something away, and how to mark it');
  t.match('ALTER TABLE "x" DROP COLUMN "y";', taking);
});

tap.test('migrations: several processes at once, and once more, apply each of them once', async (t) => {
  const database = await createEmptyDatabase();
  t.teardown(() => database.drop());
  await Promise.all([1, 2, 3].map(() => migrateDatabase(database.target)));
  const owner = openDatabase(database.target, 'owner', 1);
  t.teardown(() => owner.end());
  t.equal(await countMigrations(owner.sql), knownMigrations());
  const tablesThen =
    await owner.sql`select relname from pg_class where relnamespace = 'public'::regnamespace order by 1`;
  await migrateDatabase(database.target);
  t.equal(await countMigrations(owner.sql), knownMigrations(), 'a second time there is nothing to do');
  t.same(
    await owner.sql`select relname from pg_class where relnamespace = 'public'::regnamespace order by 1`,
    tablesThen,
  );
  await Promise.all([migrateQueueSchema(database.target), migrateQueueSchema(database.target)]);
  await migrateQueueSchema(database.target);
  t.pass('and so for the schema of the queues');
});

tap.test(
  'migrations: an owner who is no superuser applies them, and is subject to the policies',
  async (t) => {
    const database = await createEmptyDatabase({ plainOwner: true });
    t.teardown(() => database.drop());
    await migrateDatabase(database.target);
    const owner = openDatabase(database.target, 'owner', 1);
    const app = openDatabase(database.target, 'verbund_app', 1);
    t.teardown(() => Promise.all([owner.end(), app.end()]));
    const session = '00000000-0000-4000-8000-000000000001';
    await app.sql.begin(async (sql) => {
      await sql`select set_config('app.hat_kind', 'identity', true)`;
      await sql`insert into users (id, email, name, password_hash) values (${session}, 'a@example.org', 'A', '-')`;
      await sql`insert into sessions (id, family_id, user_id, hat_kind, hat_id) values (${session}, ${session}, ${session}, 'centre', ${session})`;
    });
    t.equal((await owner.sql`select from users`).length, 0, 'the owner sees no person either');
    const opened =
      await app.sql`select app.open_hat('centre', ${session}, ${session}, ${session}) as is_open`;
    t.same(opened, [{ is_open: true }], 'a hat opens, though the function runs as that owner');
  },
);
