import tap from 'tap';
import { roomFinding } from '../../src/commands/doctor/disk-check.ts';
import { clockFinding } from '../../src/commands/doctor/finding.ts';
import { memoryFinding, persistenceFinding, versionFinding } from '../../src/commands/doctor/redis-checks.ts';
import { infoOf } from '../../src/platform/jobs/redis-server.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';
import { type Ended, Program, urlOf } from '../support/program.ts';
import { givenRedis } from '../support/queues.ts';
import { openRedisGate } from '../support/redis-gate.ts';

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
    const ended = await doctor({ DATABASE_URL: urlOf(database.target), ...redis });
    t.equal(ended.code, 0, ended.stdout);
    for (const line of [
      /^ok +database +PostgreSQL \d+/m,
      /^ok +clock of the database +agrees/m,
      /^ok +schema +(\d+) of \1 migrations/m,
      /^ok +row-level security +holds for verbund_app/m,
      /^ok +outbox +0 overdue/m,
      /^ok +queues on (PostgreSQL|Redis) +answer/m,
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
