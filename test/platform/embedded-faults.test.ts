import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { startEmbedded } from '../../src/platform/embedded/index.ts';
import {
  asOthers,
  holdsClusterOnly,
  isRoot,
  postmaster,
  scratch,
  silent,
  until,
} from '../support/embedded-machine.ts';
import { AppProcess, query } from '../support/embedded-process.ts';

t.setTimeout(120_000);

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
  t.ok(await holdsClusterOnly(dataDir));
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
  t.match((await third.next('ready', 'error')).message, 'http://10.0.0.1:8080');
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
  await until('the remains are gone', () => holdsClusterOnly(dataDir));
});

asOthers('lock files of a stranger with the same process id, or cut off, do not block a start', async (t) => {
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
