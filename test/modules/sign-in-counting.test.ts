import type { LightMyRequestResponse } from 'fastify';
import tap from 'tap';
import { startTestApp } from '../support/app.ts';
import { until } from '../support/waiting.ts';

tap.test('a guess that waited while the counter was started anew is counted', async (t) => {
  const test = await startTestApp(t);
  const { sql } = test.owner;
  const payload = { email: 'kurt@example.org', password: 'wrong' };
  const guess = () => test.inject({ method: 'POST', url: '/api/v1/auth/token', payload });
  t.equal((await guess()).statusCode, 401);
  let waited: Promise<LightMyRequestResponse> | undefined;
  await sql.begin(async (tx) => {
    await tx`select from login_attempts for update`;
    waited = guess();
    await until('the guess waits for the counter', async () => {
      const waiting = await sql`select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%login_attempts%'`;
      return waiting.length > 0;
    });
    // As a right sign-in does.
    await tx`delete from login_attempts`;
  });
  t.equal((await waited)?.statusCode, 401);
  const rows = await sql<{ failures: number }[]>`select failures from login_attempts`;
  t.same(
    rows.map(({ failures }) => failures),
    [1, 1],
    'for the account and for the address',
  );
});
