import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import tap, { type Test } from 'tap';
import type { DemoAccount } from '../../src/demo/seed/files.ts';
import { seedDemo } from '../../src/demo/seed/index.ts';
import type { Modules } from '../../src/modules.ts';
import { fixedClock } from '../../src/platform/clock.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { readText } from '../support/repository.ts';

const NOW = '2026-11-11T09:00:00.000Z';

/** As in the motion, and a payroll centre with a member from outside the state. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  SOE: ['05974004', '05974008', '05974016'],
  FSS: ['05974004', '05974008', '05974024'],
  BVL: ['05120000', '05122000', '05124000'],
  TSC: ['05120000', '05122000', '05124000'],
  NL: ['05766012', '05766024', '05766028', '05766036'],
  ENTG: ['03159026', '05120000', '05766036', '05974016'],
};

/** Where people with a role look for their work. */
const WORK_LISTS: Readonly<Record<string, string>> = {
  requester: '/service-requests',
  approver: '/service-requests',
  'member-finance': '/usage-events',
  'member-admin': '/users',
  caseworker: '/service-requests?status=accepted',
  'team-lead': '/service-requests?open=true',
  'catalogue-manager': '/services',
  'centre-admin': '/agreements',
  finance: '/cost-lines',
  auditor: '/service-requests',
  'data-protection-officer': '/service-requests',
  coordinator: '/organisations',
  'platform-admin': '/centres',
};

interface Loaded {
  readonly test: TestApp;
  readonly directory: string;
}

async function load(
  t: Test,
  modules = (test: TestApp): Modules => test.modules,
): Promise<Loaded & { outcome: unknown }> {
  const clock = fixedClock(NOW);
  const test = await startTestApp(t, { clock });
  const directory = t.testdir({});
  const outcome = await seedDemo({ db: test.db, modules: modules(test), clock, directory }).catch(
    (error: Error) => error,
  );
  return { test, directory, outcome };
}

tap.test('demo world', async (t) => {
  const { test, directory, outcome } = await load(t);
  t.equal(outcome, 'loaded', String(outcome));
  const accounts = JSON.parse(
    await readFile(path.join(directory, 'demo-accounts.json'), 'utf8'),
  ) as DemoAccount[];
  const counts = await countRows(test);

  await t.test('is loaded once', async (t) => {
    const again = await seedDemo({ db: test.db, modules: test.modules, clock: fixedClock(NOW), directory });
    t.equal(again, 'present');
    t.same(await countRows(test), counts, 'not a row more');
  });
  await t.test('holds the six co-operations with members by AGS', (t) => hasCentres(t, test));
  await t.test('takes names and populations from the register', (t) => hasRegister(t, test));
  await t.test('writes the accounts for the owner alone', async (t) => {
    for (const file of ['demo-accounts.json', 'demo-machine-accounts.json'])
      t.equal((await stat(path.join(directory, file))).mode & 0o777, 0o600, file);
  });
  await t.test('lets every account in, and each role finds work', (t) => hasWork(t, test, accounts));
  await t.test('has a posted run and one that waits for the second pair of eyes', async (t) => {
    const rows = await test.owner.sql<
      { status: string }[]
    >`select distinct status from allocation_runs order by 1`;
    t.same(
      rows.map(({ status }) => status),
      ['in_review', 'posted'],
    );
  });
  await t.test(
    'has members that paid, others that owe, instalments to come, and a grant that is drawn',
    (t) => hasMoney(t, test, accounts),
  );
  await t.test('leaves a database alone that holds something else', async (t) => {
    const other = await startTestApp(t);
    await other.organisation('Anderswo');
    const found = await seedDemo({
      db: other.db,
      modules: other.modules,
      clock: fixedClock(NOW),
      directory: t.testdir({}),
    });
    t.equal(found, 'foreign');
  });
  await t.test('is finished by the next start when the first was cut off', async (t) => {
    const half = await load(t, ({ modules }) => ({
      ...modules,
      closedRequests: { record: () => Promise.reject(new Error('cut off')) },
    }));
    t.match(half.outcome, { message: 'cut off' });
    const { db, modules } = half.test;
    const rest = await seedDemo({
      db,
      modules,
      clock: fixedClock('2026-11-12T09:00:00.000Z'),
      directory: half.directory,
    });
    t.equal(rest, 'loaded');
    t.same(await countRows(half.test), counts, 'the same world as in one go');
  });
});

/** Rows of every table. */
async function countRows({ owner: { sql } }: TestApp): Promise<Record<string, number>> {
  const tables = await sql<
    { name: string }[]
  >`select tablename as name from pg_tables where schemaname = 'public' order by 1`;
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await sql<{ n: number }[]>`select count(*)::int as n from ${sql(name)}`;
    counts[name] = row?.n ?? 0;
  }
  const { sessions: _sessions, refresh_tokens: _tokens, login_attempts: _attempts, ...rest } = counts;
  return rest;
}

async function hasCentres(t: Test, { owner: { sql } }: TestApp): Promise<void> {
  const rows = await sql<
    { code: string; members: string[] }[]
  >`select c.code, array_agg(o.ags order by o.ags) as members
    from centres c join centre_members m on m.centre_id = c.id join organisations o on o.id = m.organisation_id group by c.code`;
  t.same(Object.fromEntries(rows.map(({ code, members }) => [code, members])), MEMBERS);
  const states = await sql<{ state: string }[]>`select distinct state from organisations order by 1`;
  t.ok(states.length > 1, 'one member lies outside the state');
}

async function hasRegister(t: Test, { owner: { sql } }: TestApp): Promise<void> {
  const register = readText('data/municipalities-de.csv').split('\n');
  const rows = await sql<{ ags: string; name: string; population: number; basis: string; source: string }[]>`
    select o.ags, o.name, p.population, p.basis, p.source from organisations o join organisation_populations p on p.organisation_id = o.id`;
  t.equal(rows.length, new Set(Object.values(MEMBERS).flat()).size);
  for (const { ags, name, population, basis, source } of rows) {
    const line = register.find((text) => text.startsWith(`${ags},`)) ?? '';
    t.ok(line.includes(name) && line.includes(`,${population},`), `${ags} is as in the register`);
    t.equal(basis, 'census-2011');
    t.match(source, 'Statistisches Bundesamt');
  }
}

/** What finance staff of the centres see, and what their members see of it. */
async function hasMoney(t: Test, test: TestApp, accounts: readonly DemoAccount[]): Promise<void> {
  const plans: object[] = [];
  const grants: { sums: { receivedCents: number } }[] = [];
  const open: { openCents: number; claimCents: number }[] = [];
  for (const list of await listsOf(test, accounts, 'finance')) {
    plans.push(...(await list<object>('/instalment-plans?status=in_force')));
    grants.push(...(await list<(typeof grants)[number]>('/grants?status=awarded')));
    open.push(...(await list<(typeof open)[number]>('/open-items?state=all&limit=200')));
  }
  t.equal(plans.length, 2);
  t.same(
    grants.map(({ sums }) => sums.receivedCents),
    [4_320_000],
    'nine tenths of what was spent',
  );
  const kinds = open.map(({ openCents, claimCents }) => {
    if (openCents === 0) return 'paid';
    return openCents === claimCents ? 'open' : 'partly paid';
  });
  t.same([...new Set(kinds)].sort(), ['open', 'paid', 'partly paid']);
  const members = await listsOf(test, accounts, 'member-finance');
  const read = await Promise.all(members.map((list) => list<{ progress: object }>('/instalment-plans')));
  t.ok(read.flat().length > 0, 'members read the plans they pay by');
}

/** Reads a list under each hat that has the role. */
async function listsOf(test: TestApp, accounts: readonly DemoAccount[], role: string) {
  const hats = accounts.flatMap(({ email, password, hats }) =>
    hats
      .filter(({ roles }) => roles.includes(role))
      .map(({ kind, id }) => ({ email, password, hat: { kind, id } })),
  );
  return Promise.all(
    hats.map(async (payload) => {
      const signIn = await test.inject({ method: 'POST', url: '/api/v1/auth/token', payload });
      const headers = { authorization: `Bearer ${signIn.json<{ accessToken: string }>().accessToken}` };
      return async <Item>(path: string): Promise<Item[]> => {
        const answer = await test.inject({ url: `/api/v1${path}`, headers });
        return answer.json<{ items: Item[] }>().items;
      };
    }),
  );
}

async function hasWork(t: Test, test: TestApp, accounts: readonly DemoAccount[]): Promise<void> {
  const seen = new Set<string>();
  for (const { email, password, hats } of accounts) {
    for (const { kind, id, roles } of hats) {
      const payload = { email, password, hat: { kind, id } };
      const signIn = await test.inject({ method: 'POST', url: '/api/v1/auth/token', payload });
      t.equal(signIn.statusCode, 200, `${email} signs in under ${kind}`);
      const headers = { authorization: `Bearer ${signIn.json<{ accessToken: string }>().accessToken}` };
      for (const role of roles) {
        const list = await test.inject({ url: `/api/v1${WORK_LISTS[role]}`, headers });
        t.ok(
          list.statusCode === 200 && list.json<{ items: unknown[] }>().items.length > 0,
          `${role} ${email}: ${list.body.slice(0, 200)}`,
        );
        seen.add(role);
      }
    }
  }
  t.same([...seen].sort(), Object.keys(WORK_LISTS).sort(), 'every role is held by somebody');
}
