import tap, { type Test } from 'tap';
import { newId } from '../../src/platform/ids.ts';
import { createTestDatabase } from '../support/database.ts';
import { Program, urlOf } from '../support/program.ts';
import { givenRedis } from '../support/queues.ts';
import { openRedisGate, type RedisGate } from '../support/redis-gate.ts';
import { until } from '../support/waiting.ts';

/** Far below the grace that running work has, and what an orchestrator waits before it kills. */
const PROMPT_MS = 6000;

const redisUrl = givenRedis();

tap.test('the server of the queues is away', async (t) => {
  const database = await createTestDatabase();
  t.teardown(() => database.drop());
  const begin = (gate: RedisGate): Program => {
    const program = new Program('all', {
      DATABASE_URL: urlOf(database.target),
      REDIS_URL: gate.url,
      QUEUE_PREFIX: `t-${newId()}`,
      AUTH_SECRET: 'a secret for tests only, long enough to sign',
      PORT: '0',
      LOG_LEVEL: 'error',
    });
    t.teardown(() => program.kill());
    return program;
  };

  await t.test('from the beginning: the program runs, says so, and ends at once when told', async (t) => {
    const gate = await openRedisGate(undefined);
    await gate.shut();
    const program = begin(gate);
    const address = await program.says(/runs at (\S+)/);
    t.match(await readiness(address), { status: 503, queue: false, database: true });
    await endsAtOnce(t, program);
  });

  await t.test('it takes connections and never answers: the program ends at once when told', async (t) => {
    const gate = await openRedisGate(undefined);
    const program = begin(gate);
    await program.says(/runs at (\S+)/);
    await endsAtOnce(t, program);
    await gate.shut();
  });

  for (const leave of redisUrl !== undefined ? (['shut', 'freeze'] as const) : [])
    await t.test(`it goes away (${leave}): the program ends at once when told`, async (t) => {
      const gate = await openRedisGate(redisUrl);
      const program = begin(gate);
      const address = await program.says(/runs at (\S+)/);
      await until('the queues are there', async () => (await readiness(address)).status === 200);
      await gate[leave]();
      await until('the queues are away', async () => (await readiness(address)).status === 503);
      await endsAtOnce(t, program);
      await gate.shut();
    });
});

async function readiness(address: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${address}/health/ready`);
  const { checks } = (await answer.json()) as { checks: { name: string; ok: boolean }[] };
  return { status: answer.status, ...Object.fromEntries(checks.map(({ name, ok }) => [name, ok])) };
}

async function endsAtOnce(t: Test, program: Program): Promise<void> {
  const { code, tookMs, stdout } = await program.stop();
  t.equal(code, 0, 'as after any other end');
  t.ok(tookMs < PROMPT_MS, `after ${Math.round(tookMs)} ms`);
  t.notMatch(stdout, /cut off/);
}
