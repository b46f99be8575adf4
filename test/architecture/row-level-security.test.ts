import tap, { type Test } from 'tap';
import { type Hat, type HatContext, systemContext } from '../../src/platform/context.ts';
import { type Database, openDatabase } from '../../src/platform/db/database.ts';
import { readUnderHat, withHatTx } from '../../src/platform/db/hat.ts';
import { isSqlState } from '../../src/platform/db/postgres-errors.ts';
import { newId } from '../../src/platform/ids.ts';
import { type Caller, startTestApp, type TestApp } from '../support/app.ts';
import {
  dropConstraints,
  hasOwner,
  newParty,
  OWNERSHIP,
  type Party,
  rowOf,
  type Table,
  tablesKeptByTrigger,
  tablesOf,
  withoutTriggers,
} from '../support/catalog.ts';

/**
 * Isolation where it cannot be forgotten: in the database. Every table is found in the catalogue and gets rows of two parties
 * that have nothing to do with each other; a table that is added later is tried without a line here.
 */

/** Tables that every hat reads, because what stands in them is public. Writing is tried like everywhere. */
const PUBLIC_READING: Readonly<Record<string, string>> = {
  organisation_populations: 'official figures',
};

/** Tables into which a hat may write rows that name others, and why. */
const NAMES_OTHERS: Readonly<Record<string, string>> = {
  outbox_jobs: 'a member asks for work of the centre; the row is then invisible to it',
};

/** Rows are added and nothing else. */
const APPEND_ONLY = [
  'allocation_keys',
  'allocation_run_calculations',
  'allocation_run_lines',
  'audit_entries',
  'cost_line_imports',
  'cost_lines',
  'ledger_export_statements',
  'ledger_exports',
  'grant_programmes',
  'grant_reminders',
  'grant_rule_versions',
  'secondary_plans',
  'service_request_events',
  'service_request_messages',
  'usage_events',
  'usage_keys',
  'vat_determination_facts',
  'vat_forecasts',
  'vat_turnover_warnings',
];
/** Those that not even the owner of the tables changes by mistake. */
const KEPT_BY_TRIGGER = [
  'allocation_run_calculations',
  'allocation_run_lines',
  'audit_entries',
  'ledger_export_statements',
  'ledger_exports',
  'grant_programmes',
  'grant_reminders',
  'grant_rule_versions',
  'service_request_events',
  'service_request_messages',
  'usage_events',
  'vat_determination_facts',
  'vat_forecasts',
  'vat_turnover_warnings',
];

/** Foreign keys between rows of centres that leave the centre out, and why no row of another can be meant. */
const KEYS_WITHOUT_CENTRE: Readonly<Record<string, string>> = {};

const INSUFFICIENT = '42501';
const APPEND_ONLY_STATE = 'VB409';

tap.setTimeout(180_000);

tap.test('row-level security', async (t) => {
  const test = await startTestApp(t);
  const tables = await tablesOf(test.owner);
  const jobs = openDatabase(test.target, 'verbund_jobs', 1);
  t.teardown(() => jobs.end());

  await t.test('catalogue: every table is protected, for its owner too', (t) =>
    protectedTables(t, test.owner, tables),
  );
  await t.test('catalogue: the roles of the program can do their work and nothing else', (t) =>
    plainRoles(t, test.owner),
  );
  await t.test('catalogue: functions with the rights of the owner have a fixed search path', (t) =>
    definers(t, test.owner),
  );
  await t.test('catalogue: foreign keys, which ignore row-level security, name the centre', (t) =>
    keys(t, test.owner),
  );

  await dropConstraints(test.owner);
  const own = newParty();
  const other = newParty();
  await withoutTriggers(test.owner, async () => {
    for (const party of [own, other]) await insertRows(test.owner, tables, party);
  });

  for (const table of tables.filter(hasOwner)) {
    await t.test(`rows: ${table.name} keeps the parties apart`, async (t) => {
      await apart(t, test.db, table, own, other);
      await apart(t, test.db, table, other, own);
    });
  }
  await t.test('rows: without a hat there is nothing', async (t) => {
    for (const { name } of tables) {
      t.equal((await test.db.sql`select from ${test.db.sql(name)}`).length, 0, `${name}: no row`);
      t.ok(
        (await test.owner.sql`select from ${test.db.sql(name)}`).length > 1,
        `${name}: though there are some`,
      );
    }
  });
  await t.test('42501: the jobs role reads the outbox and nothing else', async (t) => {
    t.ok((await jobs.sql`select from outbox_jobs`).length > 0, 'the outbox');
    for (const { name } of tables.filter((table) => table.name !== 'outbox_jobs'))
      await refused(t, `${name}: select`, INSUFFICIENT, () => jobs.sql`select from ${jobs.sql(name)}`);
    await refused(
      t,
      'outbox_jobs: insert',
      INSUFFICIENT,
      () => jobs.sql`insert into outbox_jobs default values`,
    );
  });
  await t.test('append-only: what was recorded stays', (t) => appendOnly(t, test, own));
  await t.test('append-only: a posted allocation run says what it said', (t) => postedRuns(t, test, own));
  await t.test('audit: nobody writes in the name of another hat', (t) => forgedAudit(t, test, own, other));
  await t.test('readUnderHat: the rows of the hat, whatever the planner thinks of', (t) =>
    oneRoundTrip(t, test),
  );
});

/** One row for the centre and one for the member in every table. */
async function insertRows({ sql }: Database, tables: readonly Table[], party: Party): Promise<void> {
  for (const table of tables) {
    const rows = [rowOf(table, party, party.centre, party.thing)];
    if (table.columns.some(({ name }) => name === 'hat_id'))
      rows.push(rowOf(table, party, party.member, newId()));
    for (const row of rows) await sql`insert into ${sql(table.name)} ${sql(row as never)}`;
  }
}

async function protectedTables(t: Test, { sql }: Database, tables: readonly Table[]): Promise<void> {
  t.ok(tables.length > 20, `${tables.length} tables are there`);
  const found = await sql<{ name: string; on: boolean; forced: boolean; policies: number }[]>`
    select c.relname as name, c.relrowsecurity as on, c.relforcerowsecurity as forced,
      (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`;
  for (const { name, on, forced, policies } of found)
    t.same(
      { on, forced, has: policies > 0 },
      { on: true, forced: true, has: true },
      `${name}: enabled, forced, policy`,
    );
  const other = await sql<{ name: string }[]>`select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and (c.relkind in ('m', 'f')
      or (c.relkind = 'v' and not coalesce('security_invoker=true' = any(c.reloptions), false)))`;
  t.same(other, [], 'no view, copy or foreign table that would read past the policies');
  const loose = await sql`select polname from pg_policy where polroles && '{0}'::oid[]`;
  t.same(loose, [], 'no policy is for everybody');
}

async function plainRoles(t: Test, { sql }: Database): Promise<void> {
  const roles = await sql`select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication
    from pg_roles where rolname in ('verbund_app', 'verbund_jobs') order by 1`;
  const plain = {
    rolsuper: false,
    rolbypassrls: false,
    rolcreaterole: false,
    rolcreatedb: false,
    rolreplication: false,
  };
  t.same(
    roles,
    [
      { rolname: 'verbund_app', ...plain },
      { rolname: 'verbund_jobs', ...plain },
    ],
    'no powers',
  );
  const memberships = await sql`select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid
    where m.member in ('verbund_app'::regrole, 'verbund_jobs'::regrole)`;
  t.same(memberships, [], 'members of no role, so that there is nothing to set');
  const owned =
    await sql`select relname from pg_class where relowner in ('verbund_app'::regrole, 'verbund_jobs'::regrole)
    and relnamespace in ('public'::regnamespace, 'app'::regnamespace, 'numbers'::regnamespace, 'app_meta'::regnamespace)`;
  t.same(owned, [], 'own nothing');
  const meta = await sql<{ rights: string }[]>`select distinct privilege_type as rights
    from information_schema.role_table_grants where grantee in ('verbund_app', 'PUBLIC') and table_schema = 'app_meta'`;
  t.same(
    meta.map(({ rights }) => rights),
    ['SELECT'],
    'only read which migrations were applied',
  );
  const making = await sql<
    { schema: string }[]
  >`select nspname as schema from pg_namespace, unnest(array['verbund_app', 'verbund_jobs']) as role
    where nspname in ('public', 'app', 'numbers', 'app_meta') and has_schema_privilege(role, oid, 'create')`;
  t.same(making, [], 'make nothing in the schemas of the program');
  const more = await sql`select table_name, privilege_type from information_schema.role_table_grants
    where grantee in ('verbund_app', 'PUBLIC') and table_schema = 'public' and privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER')`;
  t.same(more, [], 'neither empty tables nor hang triggers on them');
}

async function definers(t: Test, { sql }: Database): Promise<void> {
  const found = await sql<{ name: string; path: string | null }[]>`select p.oid::regprocedure::text as name,
      (select c from unnest(p.proconfig) c where c like 'search_path=%') as path
    from pg_proc p where p.prosecdef and p.pronamespace in ('public'::regnamespace, 'app'::regnamespace)`;
  t.ok(found.length > 0, 'there are some');
  for (const { name, path } of found) t.equal(path, 'search_path=pg_catalog, pg_temp', `${name}: ${path}`);
}

const under = (hat: Hat): HatContext => systemContext(hat, '2026-11-22T12:00:00.000Z', newId());

async function refused(
  t: Test,
  name: string,
  state: string,
  work: () => PromiseLike<unknown>,
): Promise<void> {
  try {
    await work();
    t.fail(`${name}: was let through`);
  } catch (error) {
    t.ok(
      isSqlState(error, state),
      `${state}: ${name}${isSqlState(error, state) ? '' : `: ${String(error)}`}`,
    );
  }
}

/** As the hats of `own`: its own rows are there; rows of `other` cannot be read, changed, deleted or made. */
async function apart(t: Test, db: Database, table: Table, own: Party, other: Party): Promise<void> {
  const owning = table.columns.map(({ name }) => name).filter((name) => OWNERSHIP.includes(name));
  for (const hat of [own.centre, own.member]) {
    for (const column of owning)
      await blind(t, { db, table, hat, column, ids: [other.centre.id, other.member.id] });
    if (table.name in NAMES_OTHERS) continue;
    for (const foreign of [other.centre, other.member]) {
      const row = rowOf(table, other, foreign, newId());
      await refused(t, `${hat.kind}: makes none`, INSUFFICIENT, () =>
        withHatTx(db, under(hat), ({ sql }) => sql`insert into ${sql(table.name)} ${sql(row as never)}`),
      );
    }
  }
  const seen = await withHatTx(db, under(own.centre), ({ sql }) => sql`select from ${sql(table.name)}`);
  const atAll = owning.includes('centre_id') || owning.includes('hat_id') || table.name in PUBLIC_READING;
  t.ok(!atAll || seen.length > 0, 'the own centre sees its own');
}

interface Attempt {
  readonly db: Database;
  readonly table: Table;
  readonly hat: Hat;
  /** Column by which rows are looked for, and whose they would be. */
  readonly column: string;
  readonly ids: string[];
}

async function blind(t: Test, { db, table, hat, column, ids }: Attempt): Promise<void> {
  const { name } = table;
  const who = `${hat.kind} by ${column}`;
  await withHatTx(db, under(hat), async ({ sql }) => {
    const where = sql`${sql(column)} = any(${ids}::uuid[])`;
    const isPublic = name in PUBLIC_READING;
    t.equal(
      (await sql`select from ${sql(name)} where ${where}`).length > 0,
      isPublic,
      `${who}: sees ${isPublic ? 'all' : 'none'}`,
    );
    const changes = {
      update: sql`update ${sql(name)} set ${sql(column)} = ${sql(column)} where ${where}`,
      delete: sql`delete from ${sql(name)} where ${where}`,
    };
    for (const [verb, change] of Object.entries(changes)) {
      const tried = sql.savepoint(async (inner) => (await inner`${change}`).count);
      const count = await tried.catch((error: unknown) => {
        if (isSqlState(error, INSUFFICIENT)) return 0;
        throw error;
      });
      t.equal(count, 0, `${who}: ${verb} finds none`);
    }
  });
}

async function keys(t: Test, { sql }: Database): Promise<void> {
  const tenant = sql`(select attrelid from pg_attribute where attname = 'centre_id' and not attisdropped)`;
  const found = await sql<{ name: string; columns: string[] }[]>`select c.conname as name,
      array(select a.attname::text from unnest(c.conkey) k join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k) as columns
    from pg_constraint c where c.contype = 'f' and c.conrelid in ${tenant} and c.confrelid in ${tenant}`;
  t.ok(found.length > 10, 'there are such keys');
  const loose = found.filter(({ columns }) => !columns.includes('centre_id')).map(({ name }) => name);
  t.same(loose.sort(), Object.keys(KEYS_WITHOUT_CENTRE).sort(), 'all of them name it');
  const shared = await sql<
    { name: string; bound: boolean }[]
  >`select o.attrelid::regclass::text as name, exists (
      select from pg_constraint c where c.contype = 'f' and c.conrelid = o.attrelid and c.conkey @> array[o.attnum, z.attnum]) as bound
    from pg_attribute o join pg_attribute z on z.attrelid = o.attrelid and z.attname = 'centre_id'
    join pg_class t on t.oid = o.attrelid and t.relkind = 'r' and t.relnamespace = 'public'::regnamespace
    where o.attname = 'organisation_id' and o.attnotnull and z.attnotnull and t.relname <> 'centre_members'`;
  t.ok(shared.length > 4, 'there are tables that two parties share');
  for (const { name, bound } of shared) t.ok(bound, `${name}: a key binds it to a member of the centre`);
}

async function appendOnly(t: Test, { db, owner }: TestApp, own: Party): Promise<void> {
  const tables = await tablesOf(owner);
  const changing = (name: string) => tables.find((table) => table.name === name)?.columns[0]?.name ?? 'id';
  for (const name of APPEND_ONLY) {
    for (const hat of [own.centre, own.member]) {
      await refused(t, `${name}: ${hat.kind} updates`, INSUFFICIENT, () =>
        withHatTx(db, under(hat), ({ sql }) => sql`update ${sql(name)} set ${sql(changing(name))} = null`),
      );
      await refused(t, `${name}: ${hat.kind} deletes`, INSUFFICIENT, () =>
        withHatTx(db, under(hat), ({ sql }) => sql`delete from ${sql(name)}`),
      );
    }
  }
  const kept = await tablesKeptByTrigger(owner);
  t.same(
    KEPT_BY_TRIGGER.filter((name) => !kept.includes(name)),
    [],
    'the triggers are there',
  );
  const { sql } = owner;
  for (const name of kept) {
    const update = () => sql`update ${sql(name)} set ${sql(changing(name))} = ${sql(changing(name))}`;
    await refused(t, `${name}: the owner updates`, APPEND_ONLY_STATE, update);
    await refused(t, `${name}: the owner deletes`, APPEND_ONLY_STATE, () => sql`delete from ${sql(name)}`);
  }
}

/** Runs are worked on until they are posted; then what they say is fixed for the program and for the owner. */
async function postedRuns(t: Test, { db, owner }: TestApp, own: Party): Promise<void> {
  const { sql } = owner;
  await sql`update allocation_runs set status = 'posted'`;
  for (const column of ['status', 'input_hash', 'result_hash', 'approved_by', 'period_id']) {
    await refused(
      t,
      `the owner changes ${column}`,
      APPEND_ONLY_STATE,
      () => sql`update allocation_runs set ${sql(column)} = ${newId()}`,
    );
  }
  await refused(t, 'the owner deletes', APPEND_ONLY_STATE, () => sql`delete from allocation_runs`);
  await refused(t, 'the centre changes the result', APPEND_ONLY_STATE, () =>
    withHatTx(db, under(own.centre), (tx) => tx.sql`update allocation_runs set result_hash = 'x'`),
  );
  await refused(t, 'the centre deletes', INSUFFICIENT, () =>
    withHatTx(db, under(own.centre), (tx) => tx.sql`delete from allocation_runs`),
  );
}

async function forgedAudit(t: Test, { db, owner }: TestApp, own: Party, other: Party): Promise<void> {
  const table = (await tablesOf(owner)).find(({ name }) => name === 'audit_entries');
  if (table === undefined) throw new Error('there is no audit trail');
  const write = (hat: Hat, as: Hat) =>
    withHatTx(
      db,
      under(hat),
      ({ sql }) => sql`insert into audit_entries ${sql(rowOf(table, own, as, newId()) as never)}`,
    );
  await refused(t, 'as another centre', INSUFFICIENT, () => write(own.centre, other.centre));
  await refused(t, 'a member as its centre', INSUFFICIENT, () => write(own.member, own.centre));
  await write(own.member, own.member);
  t.pass('in the own name it is written');
}

/** Ways to make the planner choose otherwise. */
const PLANNERS: readonly (readonly string[])[] = [
  [],
  ['enable_nestloop'],
  ['enable_nestloop', 'enable_material', 'enable_memoize'],
  ['enable_hashjoin', 'enable_mergejoin'],
  ['enable_seqscan'],
  ['enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan'],
];

interface Case {
  readonly name: string;
  readonly query: Parameters<typeof readUnderHat>[2];
}

const CASES: readonly Case[] = [
  { name: 'all rows', query: (sql) => sql`select entity_id from audit_entries` },
  {
    name: 'a page',
    query: (sql) => sql`select entity_id from audit_entries where action = 'trial' order by id desc limit 50`,
  },
  { name: 'an aggregate', query: (sql) => sql`select distinct entity_id from audit_entries` },
  {
    name: 'a join',
    query: (sql) => sql`select a.entity_id from audit_entries a join audit_entries b using (id)`,
  },
  {
    name: 'a common table expression',
    query: (sql) => sql`with x as materialized (select entity_id from audit_entries) select * from x`,
  },
  {
    name: 'a subselect',
    query: (sql) => sql`select (select max(entity_id::text) from audit_entries)::uuid as entity_id`,
  },
  {
    name: 'a union',
    query: (sql) => sql`select entity_id from audit_entries union all select entity_id from audit_entries`,
  },
];

/** Each reading hat finds the mark of its own rows and no other, on few rows and on many. */
async function oneRoundTrip(t: Test, test: TestApp): Promise<void> {
  const parties = [newParty(), newParty()] as const;
  const callers = await Promise.all(parties.map(({ centre }) => test.caller(centre, ['auditor'])));
  const db = openDatabase(test.target, 'verbund_app', 1);
  t.teardown(() => db.end());
  await db.sql`select set_config('jit', 'off', false)`; // a planner that is held back takes every plan for a dear one
  for (const size of [1, 4_000]) {
    for (const { centre, member, thing } of parties) await fillAudit(test.owner, centre, member, thing, size);
    await test.owner.sql`analyze audit_entries`;
    for (const planner of PLANNERS) {
      await choose(db, planner, 'off');
      for (const [index, { thing }] of parties.entries())
        await readCases(
          t,
          db,
          callers[index] as Caller,
          thing,
          `${size} rows, without ${planner.join(', ') || 'nothing'}`,
        );
      await choose(db, planner, 'on');
    }
  }
  await ended(t, test, db);
}

async function fillAudit(
  { sql }: Database,
  centre: Hat,
  member: Hat,
  thing: string,
  rows: number,
): Promise<void> {
  await sql`insert into audit_entries (id, at, actor_id, actor_name, actor_kind, hat_kind, hat_id, request_id, action, entity_type, entity_id,
      centre_id, organisation_id, details)
    select gen_random_uuid(), now(), ${thing}, 'x', 'user', 'centre', ${centre.id}, 'x', 'trial', 'x', ${thing}, ${centre.id}, ${member.id}, '{}'
    from generate_series(1, ${rows})`;
}

/** Settings of the one connection of the pool. */
async function choose({ sql }: Database, planner: readonly string[], value: 'on' | 'off'): Promise<void> {
  for (const name of planner) await sql`select set_config(${name}, ${value}, false)`;
}

const MODES = ['force_custom_plan', 'force_generic_plan'];

async function readCases(
  t: Test,
  db: Database,
  { context }: Caller,
  thing: string,
  name: string,
): Promise<void> {
  const wrong: string[] = [];
  for (const [mode, { name: what, query }] of MODES.flatMap((one) =>
    CASES.map((each) => [one, each] as const),
  )) {
    await db.sql`select set_config('plan_cache_mode', ${mode}, false)`;
    const rows = await readUnderHat<{ entity_id: string }>(db, context, query);
    if (rows.length === 0 || rows.some((row) => row.entity_id !== thing))
      wrong.push(`${mode}, ${what}: ${rows.length} rows`);
    const after = await db.sql`select from audit_entries limit 1`;
    if (after.length > 0) wrong.push(`${mode}, ${what}: the hat stayed open`);
  }
  t.same(wrong, [], name);
}

/** A session that is over reads nothing, and a hat that owns nothing finds nothing. */
async function ended(t: Test, test: TestApp, db: Database): Promise<void> {
  const stranger = await test.caller(newParty().centre, ['auditor']);
  for (const { name, query } of CASES.slice(0, 4))
    t.same(await readUnderHat(db, stranger.context, query), [], `a hat without rows: ${name}`);
  await test.owner.sql`update sessions set revoked_at = now() where user_id = ${stranger.userId}`;
  for (const { name, query } of CASES)
    await t.rejects(
      readUnderHat(db, stranger.context, query),
      { code: 'SESSION_ENDED' },
      `a session that is over: ${name}`,
    );
  const forged = { ...stranger.context, hat: newParty().centre };
  await t.rejects(
    readUnderHat(db, forged, (sql) => sql`select 1`),
    { code: 'SESSION_ENDED' },
    'a session of another hat',
  );
}
