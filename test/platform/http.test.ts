import { EventEmitter, once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import tap, { type Test } from 'tap';
import { type AppDependencies, buildApp } from '../../src/app.ts';
import { createModules, moduleSettings } from '../../src/modules.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openDatabase } from '../../src/platform/db/database.ts';
import { newId } from '../../src/platform/ids.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { bodyOf } from '../support/bodies.ts';
import { makeOrderable, type OrderableWorld } from '../support/services.ts';
import { until } from '../support/waiting.ts';

const SECRET = 'a secret for tests only, long enough to sign';
const METRICS_TOKEN = 'metrics-token-of-the-test';

/** Another application on the same database, with one thing different. */
async function appWith(
  t: Test,
  test: TestApp,
  change: Partial<AppDependencies> = {},
  addRoutes: (app: FastifyInstance) => void = () => undefined,
): Promise<FastifyInstance> {
  const app = await buildApp({
    config: test.config,
    authSecret: SECRET,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    modules: test.modules,
    probes: [],
    measures: [],
    ...change,
  });
  addRoutes(app);
  t.teardown(() => app.close());
  return app;
}

tap.test('HTTP', async (t) => {
  const test = await startTestApp(t);
  const world = await makeOrderable(test);
  const request = { serviceId: world.serviceId, subject: 'Urkunde', formData: {} };

  /** Sends bytes as they are to the route that files requests. */
  const post = (payload: string | Buffer, headers: Record<string, string> = {}, url = '/service-requests') =>
    test.inject({
      method: 'POST',
      url: `/api/v1${url}`,
      payload,
      headers: {
        authorization: `Bearer ${world.requester.token}`,
        'content-type': 'application/json',
        ...headers,
      },
    });

  await t.test('bodies', (t) => refusesBodies(t, post, request));
  await t.test('addresses', (t) => refusesAddresses(t, world));
  await t.test('answers', (t) => answersWell(t, test, world));
  await t.test('limits', (t) => limits(t, test, world));
  await t.test('health and metrics', (t) => health(t, test));
  await t.test('shutdown', (t) => shutdown(t, test));
});

/** A refusal is problem details with a code, a request id, and nothing from the inside. */
function refused(
  t: Test,
  answer: LightMyRequestResponse,
  status: number,
  code: string,
  pointer?: string,
): void {
  t.equal(answer.statusCode, status, `${status} ${code}, got ${answer.body.slice(0, 300)}`);
  t.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  const problem = bodyOf(answer);
  t.equal(problem.code, code);
  t.equal(problem.status, status);
  t.equal(problem.instance, answer.headers['x-request-id']);
  t.equal(answer.headers['cache-control'], 'no-store');
  if (pointer !== undefined)
    t.ok(
      problem.errors?.some((error: { pointer: string }) => error.pointer === pointer),
      `points at ${pointer}: ${JSON.stringify(problem.errors)}`,
    );
}

type Post = (
  payload: string | Buffer,
  headers?: Record<string, string>,
  url?: string,
) => Promise<LightMyRequestResponse>;

async function refusesBodies(t: Test, post: Post, request: Record<string, unknown>): Promise<void> {
  const send = (body: unknown) => post(JSON.stringify(body));
  t.equal((await send(request)).statusCode, 201, 'the body all others differ from is taken');

  t.test('400: an unknown field is named', async (t) => {
    refused(t, await send({ ...request, colour: 1 }), 400, 'VALIDATION_FAILED', '/colour');
  });
  t.test('400: "true" is not true, 5 is not "5", a missing field is named', async (t) => {
    refused(t, await send({ ...request, submit: 'true' }), 400, 'VALIDATION_FAILED', '/submit');
    refused(t, await send({ ...request, subject: 5 }), 400, 'VALIDATION_FAILED', '/subject');
    refused(t, await send({ ...request, formData: [] }), 400, 'VALIDATION_FAILED', '/formData');
    refused(t, await send({ ...request, serviceId: undefined }), 400, 'VALIDATION_FAILED', '/serviceId');
  });
  t.test('400: a body that is no object', async (t) => {
    for (const body of ['null', '5', '"x"', '[]', 'true'])
      refused(t, await post(body), 400, 'VALIDATION_FAILED');
  });
  t.test('400: broken JSON, no body, and keys that reach for a prototype', async (t) => {
    for (const body of ['{', '{"a":}', "{'a':1}", '{"a":1}x', '', 'NaN', '{"a":01}'])
      refused(t, await post(body), 400, 'JSON_INVALID');
    refused(t, await post('{"__proto__":{"submit":true}}'), 400, 'JSON_INVALID');
    const proto = await post(
      JSON.stringify({ ...request, formData: {} }).replace('{}', '{"constructor":{"prototype":{"a":1}}}'),
    );
    t.equal(proto.statusCode, 400, proto.body);
  });
  t.test('413: a body of two megabytes', async (t) => {
    refused(t, await send({ ...request, description: 'x'.repeat(2_000_000) }), 413, 'BODY_TOO_LARGE');
  });
  t.test('415: another content type, and none', async (t) => {
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense'])
      refused(
        t,
        await post(JSON.stringify(request), { 'content-type': type }),
        415,
        'MEDIA_TYPE_UNSUPPORTED',
      );
    const charset = await post(JSON.stringify(request), {
      'content-type': 'application/json; charset=utf-8',
    });
    t.equal(charset.statusCode, 201, 'a charset is no other type');
  });
  t.test('400: a NUL character anywhere in a body', async (t) => {
    refused(t, await send({ ...request, subject: 'a\u0000b' }), 400, 'TEXT_NOT_STORABLE', '/subject');
    refused(
      t,
      await send({ ...request, formData: { purpose: 'a\u0000' } }),
      400,
      'TEXT_NOT_STORABLE',
      '/formData/purpose',
    );
    refused(t, await send({ ...request, formData: { 'a\u0000': 1 } }), 400, 'TEXT_NOT_STORABLE');
  });
  t.test('400: half a character (lone surrogate) anywhere in a body', async (t) => {
    const broken = (place: string) => post(place.replace('HALF', '\\ud800'));
    refused(
      t,
      await broken(JSON.stringify({ ...request, subject: 'x HALF' })),
      400,
      'TEXT_NOT_STORABLE',
      '/subject',
    );
    refused(
      t,
      await broken(JSON.stringify({ ...request, formData: { purpose: 'HALF' } })),
      400,
      'TEXT_NOT_STORABLE',
    );
    const emoji = await send({ ...request, subject: '👩‍🚒 Übergabe — „schön“' });
    t.equal(emoji.statusCode, 201, 'whole characters outside the basic plane are fine');
    t.equal(bodyOf(emoji).subject, '👩‍🚒 Übergabe — „schön“');
  });
  t.test('400: control characters, however few; blank text', async (t) => {
    for (const subject of ['\u0001', 'a\u0001', 'a\u0001b', '\u001b[31m', 'a\u000bb', '   ', '\u00a0', '']) {
      refused(t, await send({ ...request, subject }), 400, 'VALIDATION_FAILED', '/subject');
    }
    t.equal((await send({ ...request, description: 'a\tb\r\nc' })).statusCode, 201, 'tab and line breaks');
  });
  t.test('400: one error for each fault, in words', async (t) => {
    const faults = async (change: object) =>
      (await send({ ...request, ...change })).json<{ errors: unknown[] }>().errors;
    const subject = (code: string, detail: string) => [{ pointer: '/subject', code, detail }];
    t.same(await faults({ subject: '' }), subject('MIN_LENGTH', 'must not be empty'));
    t.same(await faults({ subject: ' \n' }), subject('PATTERN', 'must not be blank'));
    const controls = 'must not contain control characters other than tabs and line breaks';
    t.same(await faults({ subject: 'a\u0001' }), subject('PATTERN', controls));
    const long = (await faults({ subject: `${'a'.repeat(30_000)}\u0001` })) as { code: string }[];
    t.same(long.map(({ code }) => code).toSorted(), ['MAX_LENGTH', 'PATTERN'], 'two faults are two errors');
    t.equal((await faults({ subject: '', description: ' ' })).length, 2, 'of two fields');
  });
  t.test('400: a refused text of full length is refused at once', async (t) => {
    const started = performance.now();
    refused(
      t,
      await send({ ...request, description: `${'a'.repeat(19_990)}\u0001\u0001` }),
      400,
      'VALIDATION_FAILED',
    );
    t.ok(performance.now() - started < 100, 'a pattern that backtracks would take seconds');
  });
  t.test('400: nesting deeper than anything sensible', async (t) => {
    for (const depth of [200, 5_000, 100_000]) {
      const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
      refused(t, await post(`{"formData":${deep}}`), 400, 'VALIDATION_FAILED');
      const open = `{"serviceId":${JSON.stringify(request['serviceId'])},"subject":"x","formData":{"x":${deep}}}`;
      refused(t, await post(open, { 'idempotency-key': `deep-${depth}` }), 400, 'VALIDATION_FAILED');
    }
  });
}

async function refusesAddresses(t: Test, { requester }: OrderableWorld): Promise<void> {
  const get = (url: string) => requester.call('GET', url);
  t.test('400: query parameters that are unknown, repeated, of the wrong type or out of range', async (t) => {
    refused(t, await get('/service-requests?colour=red'), 400, 'VALIDATION_FAILED', '/query/colour');
    refused(t, await get('/service-requests?limit=1&limit=2'), 400, 'VALIDATION_FAILED', '/query/limit');
    for (const limit of ['0', '201', '-1', '1.5', 'x', '', '1e1000'])
      refused(t, await get(`/service-requests?limit=${limit}`), 400, 'VALIDATION_FAILED', '/query/limit');
    refused(t, await get('/service-requests?sort=number'), 400, 'VALIDATION_FAILED', '/query/sort');
    refused(t, await get('/service-requests?status=lost'), 400, 'VALIDATION_FAILED', '/query/status/0');
    refused(t, await get('/service-requests?centreId=1'), 400, 'VALIDATION_FAILED', '/query/centreId');
    refused(t, await get('/me?x=1'), 400, 'VALIDATION_FAILED', '/query/x');
  });
  t.test('400: a cursor that is not ours, or of another list or sort', async (t) => {
    const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const id = newId();
    for (const bad of [
      'x',
      'e30',
      cursor(['users', id]),
      cursor(['requests-oldest', id]),
      cursor(['requests-newest', 5]),
      cursor(['requests-newest', id, id]),
      cursor(['requests-newest', "'; drop table users"]),
    ])
      refused(t, await get(`/service-requests?cursor=${bad}`), 400, 'INVALID_CURSOR', '/query/cursor');
    t.equal((await get(`/service-requests?cursor=${cursor(['requests-newest', id])}`)).statusCode, 200);
  });
  t.test('400: a path that names no id', async (t) => {
    refused(t, await get('/service-requests/5'), 400, 'VALIDATION_FAILED', '/path/id');
    refused(t, await get(`/service-requests/${newId()}%20`), 400, 'VALIDATION_FAILED', '/path/id');
  });
  t.test('400: NUL and broken escapes in path and query', async (t) => {
    refused(t, await get('/service-requests/%00'), 400, 'TEXT_NOT_STORABLE');
    refused(t, await get('/service-requests?q=a%00b'), 400, 'TEXT_NOT_STORABLE');
    refused(t, await get('/service-requests/%E0%A4%A'), 400, 'ADDRESS_INVALID');
    t.equal((await get('/service-requests?q=%E0%A4%A')).statusCode, 200, 'a broken query is taken as it is');
  });
  t.test('404: no route, or no such method', async (t) => {
    refused(t, await get('/nothing'), 404, 'NOT_FOUND');
    refused(t, await requester.call('DELETE', '/me'), 404, 'NOT_FOUND');
    refused(t, await get(`/service-requests/${newId()}`), 404, 'NOT_FOUND');
    refused(t, await get(`/${'x'.repeat(3000)}`), 404, 'NOT_FOUND');
  });
}

async function answersWell(t: Test, test: TestApp, world: OrderableWorld): Promise<void> {
  t.test('401: no token, and something that is none', async (t) => {
    const answer = await test.inject({ method: 'GET', url: '/api/v1/me' });
    refused(t, answer, 401, 'TOKEN_INVALID');
    t.equal(answer.headers['www-authenticate'], 'Bearer');
    for (const authorization of ['Bearer', 'Bearer x', 'Basic eDp5', `Token ${world.requester.token}`])
      refused(
        t,
        await test.inject({ method: 'GET', url: '/api/v1/me', headers: { authorization } }),
        401,
        'TOKEN_INVALID',
      );
  });
  t.test('200: a request id that is a UUID comes back, anything else is replaced', async (t) => {
    const id = newId();
    const same = await world.requester.call('GET', '/me', undefined, { 'x-request-id': id });
    t.equal(same.headers['x-request-id'], id);
    const other = await world.requester.call('GET', '/me', undefined, { 'x-request-id': 'x\u001b[31m' });
    t.match(String(other.headers['x-request-id']), /^[0-9a-f-]{36}$/);
    const first = await world.requester.call('GET', '/me');
    t.not(first.headers['x-request-id'], other.headers['x-request-id']);
  });
  t.test(
    '500: an answer the schema does not declare, and an error, show nothing of the inside',
    async (t) => {
      const app = await appWith(t, test, {}, (building) => {
        const config = { access: 'public' };
        const schema: object = { response: { 200: { type: 'object', properties: {} } } };
        building.get('/undeclared', { config, schema }, async (_request, reply) =>
          reply.code(202).send({ a: 1 }),
        );
        building.get('/broken', { config, schema }, async () => {
          throw Object.assign(new Error('the password is secret'), { statusCode: 418, code: 'X' });
        });
        t.throws(() => building.get('/x', async () => ''), /who may call it/, 'a route says who may call it');
        const body = { type: 'object', properties: {} };
        t.throws(() => building.post('/y', { config, schema: { body } }, async () => ''), /unknown fields/);
      });
      for (const url of ['/undeclared', '/broken']) {
        const answer = await app.inject({ method: 'GET', url });
        refused(t, answer, 500, 'INTERNAL_ERROR');
        t.notMatch(answer.body, /secret|undeclared|stack/);
      }
    },
  );
  t.test(
    '503: two requests wait for each other: one is ended, changed nothing, and may come again',
    async (t) => {
      const db = openDatabase(test.target, 'verbund_app', 2);
      t.teardown(() => db.end());
      let holding = 0;
      const app = await appWith(t, test, {}, (building) => {
        const schema: object = { response: { 200: { type: 'object', properties: {} } } };
        building.get<{ Params: { first: string } }>(
          '/crossing/:first',
          { config: { access: 'public' }, schema },
          async ({ params: { first } }) => {
            await db.sql.begin(async (sql) => {
              await sql`select pg_advisory_xact_lock(${Number(first)})`;
              holding += 1;
              await until('each holds one of the two', () => holding === 2);
              await sql`select pg_advisory_xact_lock(${3 - Number(first)})`;
            });
            return {};
          },
        );
      });
      const answers = await Promise.all([1, 2].map((first) => app.inject({ url: `/crossing/${first}` })));
      const [done, ended] = answers.toSorted((a, b) => a.statusCode - b.statusCode);
      t.equal(done?.statusCode, 200);
      refused(t, ended as LightMyRequestResponse, 503, 'CAME_IN_BETWEEN');
      t.equal(ended?.headers['retry-after'], '1');
      t.notMatch(ended?.body, /deadlock|40P01/);
    },
  );
  t.test('503: the database is gone: BUSY with Retry-After, nothing of the inside', async (t) => {
    const settings = moduleSettings(test.config, SECRET);
    const ended = openDatabase(test.target, 'verbund_app', 2);
    await ended.end();
    const nowhere = openDatabase(
      { kind: 'socket', host: '/nowhere', port: 1, database: 'x' },
      'verbund_app',
      2,
    );
    t.teardown(() => nowhere.end());
    for (const db of [ended, nowhere]) {
      const app = await appWith(t, test, {
        modules: createModules({ db, clock: systemClock, settings }),
        probes: [{ name: 'database', check: async () => void (await db.sql`select 1`) }],
      });
      const headers = { authorization: `Bearer ${world.requester.token}` };
      for (const url of ['/api/v1/me', '/api/v1/service-requests']) {
        const answer = await app.inject({ method: 'GET', url, headers });
        refused(t, answer, 503, 'BUSY');
        t.match(String(answer.headers['retry-after']), /^\d+$/);
        t.notMatch(answer.body, /ENOENT|nowhere|CONNECTION/);
      }
      t.equal((await app.inject({ url: '/health/live' })).statusCode, 200, 'the process itself lives');
      t.equal((await app.inject({ url: '/health/ready' })).statusCode, 503);
    }
  });
}

async function limits(t: Test, test: TestApp, world: OrderableWorld): Promise<void> {
  const limited = (t: Test) => appWith(t, test, { config: { ...test.config, RATE_LIMIT_PER_MINUTE: 3 } });
  const call = (
    app: FastifyInstance,
    authorization?: string,
    remoteAddress = '10.0.0.1',
    url = '/api/v1/me',
  ) => app.inject({ url, remoteAddress, headers: authorization === undefined ? {} : { authorization } });

  t.test('429: says when to come back; another session and another address go on', async (t) => {
    const app = await limited(t);
    const mine = `Bearer ${world.requester.token}`;
    for (let i = 0; i < 3; i += 1) t.equal((await call(app, mine)).statusCode, 200);
    const answer = await call(app, mine);
    refused(t, answer, 429, 'TOO_MANY_REQUESTS');
    t.ok(Number(answer.headers['retry-after']) > 0 && Number(answer.headers['retry-after']) <= 60);
    t.equal((await call(app, `Bearer ${world.caseworker.token}`)).statusCode, 200);
    t.equal(
      (await call(app, undefined, '10.0.0.1', '/health/live')).statusCode,
      200,
      'health is not counted',
    );
  });
  t.test('429: invented tokens and unknown addresses count for the caller’s address', async (t) => {
    const app = await limited(t);
    for (let i = 0; i < 3; i += 1) t.equal((await call(app, `Bearer invented-${i}`)).statusCode, 401);
    refused(t, await call(app, 'Bearer invented-4'), 429, 'TOO_MANY_REQUESTS');
    refused(t, await call(app), 429, 'TOO_MANY_REQUESTS');
    t.equal((await call(app, 'Bearer invented-4', '10.0.0.2')).statusCode, 401);
    const signed = `Bearer ${world.requester.token}`;
    t.equal((await call(app, signed)).statusCode, 200, 'who is signed in has a limit of her own');
  });
}

async function health(t: Test, test: TestApp): Promise<void> {
  t.test('200: live and ready; 503: one probe fails or does not answer', async (t) => {
    const ok = { name: 'database', check: async () => undefined };
    const bad = {
      name: 'queue',
      check: async () => {
        throw new Error('redis://user:secret@host');
      },
    };
    const stuck = { name: 'stuck', check: () => once(new EventEmitter(), 'never').then(() => undefined) };
    const healthy = await appWith(t, test, { probes: [ok] });
    t.equal((await healthy.inject({ url: '/health/live' })).statusCode, 200);
    t.strictSame(bodyOf(await healthy.inject({ url: '/health/ready' })), {
      status: 'ready',
      checks: [{ name: 'database', ok: true }],
    });
    const ill = await appWith(t, test, { probes: [ok, bad, stuck] });
    t.equal((await ill.inject({ url: '/health/live' })).statusCode, 200);
    const answer = await ill.inject({ url: '/health/ready' });
    t.equal(answer.statusCode, 503);
    t.strictSame(
      bodyOf(answer).checks.map((check: { ok: boolean }) => check.ok),
      [true, false, false],
    );
    t.notMatch(answer.body, /secret/);
  });
  t.test('404: metrics without their token, or from elsewhere when there is none', async (t) => {
    const measures = [
      {
        name: 'verbund_test',
        help: 'x',
        labels: ['a'],
        read: async () => [{ labels: { a: 'b' }, value: 7 }],
      },
    ];
    const open = await appWith(t, test, { measures });
    const local = await open.inject({ url: '/metrics' });
    t.equal(local.statusCode, 200);
    t.match(local.body, /verbund_test\{a="b"\} 7/);
    refused(t, await open.inject({ url: '/metrics', remoteAddress: '10.0.0.1' }), 404, 'NOT_FOUND');
    const kept = await appWith(t, test, { config: { ...test.config, METRICS_TOKEN } });
    refused(t, await kept.inject({ url: '/metrics' }), 404, 'NOT_FOUND');
    const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
    t.equal((await kept.inject({ url: '/metrics', remoteAddress: '10.0.0.1', headers })).statusCode, 200);
    refused(
      t,
      await kept.inject({ url: '/metrics', headers: { authorization: 'Bearer x' } }),
      404,
      'NOT_FOUND',
    );
    await kept.inject({ url: `/api/v1/service-requests/${newId()}?q=geheim` });
    const text = (await kept.inject({ url: '/metrics', headers })).body;
    t.notMatch(text, /geheim/, 'routes are named by pattern, without values');
  });
}

/** A request that is answered only when the test says so. */
function heldRoute() {
  let answer = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let arrived = (): void => undefined;
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  return { held, arrival, arrived: () => arrived(), answer: () => answer() };
}

async function shutdown(t: Test, test: TestApp): Promise<void> {
  t.test(
    'closing: the running request is answered, ready says no, new connections are refused',
    async (t) => {
      const gate = heldRoute();
      let ready = 0;
      const app = await appWith(t, test, {}, (building) => {
        building.addHook('preClose', async () => {
          ready = (await fetch(`http://127.0.0.1:${port}/health/ready`)).status;
        });
        const config = { access: 'public' };
        const schema = { response: { 200: { type: 'object', additionalProperties: true } } };
        building.get('/slow', { config, schema }, async () => {
          gate.arrived();
          await gate.held;
          return { done: true };
        });
      });
      await app.listen({ port: 0, host: '127.0.0.1' });
      const { port } = app.server.address() as AddressInfo;
      const keptAlive = connect(port, '127.0.0.1');
      await once(keptAlive, 'connect');
      const running = new Promise<IncomingMessage>((resolve, reject) => {
        httpRequest({ port, path: '/slow' }, resolve).on('error', reject).end();
      });
      await gate.arrival;
      const closing = app.close();
      await until('new connections are refused', () => isRefused(port));
      t.pass('a new connection is refused');
      gate.answer();
      const answer = await running;
      t.equal(answer.statusCode, 200);
      answer.resume();
      const closed = performance.now();
      await closing;
      t.ok(performance.now() - closed < 2000, 'no connection that is kept alive or silent holds it up');
      t.equal(ready, 503, 'ready says no while connections are still taken');
      keptAlive.destroy();
    },
  );
}

async function isRefused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const refusal = once(socket, 'error').then(() => true);
  const connection = once(socket, 'connect').then(() => false);
  connection.catch(() => undefined);
  refusal.catch(() => undefined);
  const answer = await Promise.race([refusal, connection]).catch(() => true);
  socket.destroy();
  return answer;
}
