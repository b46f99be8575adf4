import tap from 'tap';
import { roomFinding } from '../../src/commands/doctor/disk-check.ts';
import { clockFinding, type Finding } from '../../src/commands/doctor/finding.ts';
import { peerChecks } from '../../src/commands/doctor/peer-checks.ts';
import { memoryFinding, persistenceFinding, versionFinding } from '../../src/commands/doctor/redis-checks.ts';
import { loadConfig } from '../../src/config.ts';
import { infoOf } from '../../src/platform/jobs/redis-server.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';
import { openKosit } from '../support/kosit.ts';
import { type Ended, Program, urlOf } from '../support/program.ts';
import { givenRedis } from '../support/queues.ts';
import { openRedisGate } from '../support/redis-gate.ts';
import { openSmtp } from '../support/smtp.ts';

const redisUrl = givenRedis();
const SECRET = 'a secret for tests only, long enough to sign';

const doctor = (settings: Record<string, string>): Promise<Ended> =>
  new Program('doctor', { AUTH_SECRET: SECRET, LOG_LEVEL: 'silent', ...settings }).ended;

const faultsIn = ({ stdout }: Ended): string[] =>
  [...stdout.matchAll(/^FAULT +(.+?) {2,}/gm)].map(([, what = '']) => what);

tap.test('doctor', async (t) => {
  t.test('0: where everything is in order, it says so line by line and tells no secret', async (t) => {
    const database = await createTestDatabase();
    t.teardown(() => database.drop());
    const redis: Record<string, string> = redisUrl === undefined ? {} : { REDIS_URL: redisUrl };
    const [smtp, kosit] = [await openSmtp(t), await openKosit(t)];
    const ended = await doctor({
      DATABASE_URL: urlOf(database.target),
      SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
      MAIL_FROM: 'verbund@lindenau.example',
      KOSIT_VALIDATOR_URL: kosit.url,
      ...redis,
    });
    t.equal(ended.code, 0, ended.stdout);
    for (const line of [
      /^ok +database +PostgreSQL \d+/m,
      /^ok +clock of the database +agrees/m,
      /^ok +schema +(\d+) of \1 migrations/m,
      /^ok +row-level security +holds for verbund_app/m,
      /^ok +outbox +0 overdue/m,
      /^ok +queues on (PostgreSQL|Redis) +answer/m,
      /^ok +mail server +lets us in at 127\.0\.0\.1:\d+$/m,
      /^ok +validator of e-invoices +answers at http:\/\/127\.0\.0\.1:\d+\/ and is up$/m,
    ])
      t.match(ended.stdout, line);
    t.notMatch(ended.stdout, SECRET);
  });

  t.test('1: a schema that is missing is named, with what to do', async (t) => {
    const database = await createEmptyDatabase();
    t.teardown(() => database.drop());
    const ended = await doctor({ DATABASE_URL: urlOf(database.target) });
    t.equal(ended.code, 1);
    t.match(ended.stdout, /^FAULT +schema +0 of \d+ migrations; run `verbund migrate`/m);
    t.match(ended.stdout, /^ok +database/m, 'what is in order is still in order');
  });

  t.test('1: servers that do not answer are named, one by one and in bounded time', async (t) => {
    const gate = await openRedisGate(undefined);
    const began = performance.now();
    const ended = await doctor({ DATABASE_URL: 'postgres://x@127.0.0.1:1/x', REDIS_URL: gate.url });
    await gate.shut();
    t.equal(ended.code, 1);
    t.ok(performance.now() - began < 25_000);
    t.match(ended.stdout, /^ok +secret for access tokens/m);
    for (const what of ['database', 'schema', 'outbox', 'Redis', 'memory of Redis', 'queues on Redis'])
      t.ok(faultsIn(ended).includes(what), `${what}: ${ended.stdout}`);
  });

  t.test('1: a setting that is wrong is named, and nothing is looked at', async (t) => {
    const { code, stdout, stderr } = await doctor({ REDIS_URL: 'http://x' });
    t.equal(code, 1);
    t.equal(stdout, '');
    t.match(stderr, /REDIS_URL/);
  });
});

tap.test('doctor: what Redis says of itself', async (t) => {
  const info = (changes: Record<string, string> = {}) =>
    infoOf(
      Object.entries({
        redis_version: '7.0.15',
        maxmemory_policy: 'noeviction',
        aof_enabled: '1',
        ...changes,
      })
        .map(([name, value]) => `${name}:${value}\r\n`)
        .join('# Section\r\n'),
    );
  t.same(versionFinding(info()), { text: 'Redis 7.0.15' });
  t.same(versionFinding(info({ redis_version: '6.2.0' })), { text: 'Redis 6.2.0' });
  t.same(versionFinding(info({ valkey_version: '8.0.1', redis_version: '7.2.4' })), { text: 'Valkey 8.0.1' });
  for (const redis_version of ['6.0.16', '5.0.14'])
    t.throws(() => versionFinding(info({ redis_version })), /too old; 6\.2/);
  t.same(memoryFinding(info()), { text: 'maxmemory-policy noeviction' });
  t.throws(() => memoryFinding(info({ maxmemory_policy: 'allkeys-lru' })), /allkeys-lru .* set noeviction/);
  t.same(persistenceFinding(info()), { text: 'append-only file' });
  t.match(persistenceFinding(info({ aof_enabled: '0' })).advice, /appendonly yes/);
  t.throws(() => persistenceFinding(info({ rdb_last_bgsave_status: 'err' })), /failed/);
  t.throws(() => persistenceFinding(info({ aof_last_write_status: 'err' })), /failed/);
});

tap.test('doctor: clocks and room', async (t) => {
  t.same(clockFinding(1000, 900, 1100), { text: 'agrees with ours' });
  t.same(clockFinding(6000, 900, 1000), { text: 'agrees with ours' }, 'five seconds are let pass');
  t.same(clockFinding(1000, 0, 60_000), { text: 'agrees with ours' }, 'a slow answer is no difference');
  t.throws(() => clockFinding(61_000, 900, 1000), /60 s apart/, 'ahead');
  t.throws(() => clockFinding(1000, 61_000, 61_100), /60 s apart/, 'behind');
  const mib = 1024 ** 2;
  t.same(roomFinding(8192 * mib), { text: '8.0 GiB free' });
  t.match(roomFinding(1024 * mib), { advice: /room/ });
  t.throws(() => roomFinding(511 * mib), /0\.5 GiB free; .* make room/);
});

tap.test('doctor: peers outside', async (t) => {
  const [smtp, kosit] = [await openSmtp(t, { disabledCommands: [] }), await openKosit(t)];
  const look = async (password: string, port: number): Promise<(Finding | string)[]> => {
    const config = loadConfig({
      SMTP_URL: `smtp://verbund:${encodeURIComponent(password)}@127.0.0.1:${smtp.port}`,
      MAIL_FROM: 'verbund@lindenau.example',
      KOSIT_VALIDATOR_URL: `http://pruefer:streng-geheim@127.0.0.1:${port}`,
    });
    const findings = peerChecks(config, 2000).map((check) =>
      check.look().catch((error: unknown) => (error as Error).message),
    );
    return Promise.all(findings);
  };
  const well = await look('geheim-ü', kosit.port);
  t.match(well, [{ text: /^lets us in at 127/ }, { text: /is up$/ }]);
  kosit.mood = 404;
  const ill = await look('falsch', kosit.port);
  t.match(ill, [/535.*SMTP_URL/, { advice: /daemon mode/ }]);
  kosit.mood = 503;
  const away = await look('falsch', kosit.port);
  t.match(away[1], /503.*KOSIT_VALIDATOR_URL/);
  kosit.mood = 'accept';
  await kosit.close();
  t.match((await look('falsch', kosit.port))[1], /no verdict.*start the daemon/);
  t.notMatch(JSON.stringify([well, ill, away]), /streng-geheim|falsch|geheim-/, 'no secret is told');
  t.same(smtp.messages, [], 'nothing is sent');
  t.same(peerChecks(loadConfig({}), 2000), [], 'what is not set is not looked at');
});
