import { fastify, type LightMyRequestResponse } from 'fastify';
import tap, { type Test } from 'tap';
import { listProblems } from '../../src/platform/errors.ts';
import { registerCompilers } from '../../src/platform/http/compilers.ts';
import { registerProblems } from '../../src/platform/http/problems.ts';
import { registerRouteRules } from '../../src/platform/http/route-rules.ts';
import { registerValidation } from '../../src/platform/http/validation.ts';
import { isUuid, newId } from '../../src/platform/ids.ts';
import { listPermissions } from '../../src/platform/permissions.ts';
import { type Caller, startTestApp } from '../support/app.ts';
import {
  headerNamed,
  isList,
  type Operation,
  operationsOf,
  type Schema,
  urlOf,
} from '../support/operations.ts';
import type { Target } from '../support/tenant-row.ts';
import { TENANT_ROWS } from '../support/tenant-rows.ts';
import { makeTenantWorld, type TenantWorld } from '../support/tenant-world.ts';

/** Manners that every route keeps, tried on all routes of the API document. */

/** Places in bodies that take fields of any name, and why. */
const OPEN_PLACES: Readonly<Record<string, string>> = {
  '/formData': 'answers to a form; checked against the form of the service version',
  '/formSchema': 'a JSON Schema; checked by rules of its own',
  '/costClause/tranches/*/key/values': 'shares by AGS or id of an organisation, each a decimal',
  '/costClause/tranches/*/key/equivalents': 'equivalence numbers by usage meter, each a decimal',
  '/use': 'use of support cost centres: codes of cost centres, each with a decimal',
  '/use/*': 'the same, by who used it',
  '/categories': 'cost types as the ledger names them, each with a word of three',
  '/values': 'an allocation key: weights by AGS or id of an organisation, each a decimal',
  ...assumedPlaces('/assumptions'),
  ...assumedPlaces('/scenario/assumptions'),
  '/attributes': 'a few values that describe a usage event; names and sizes are checked by rules',
};

/** A function declaration, for the table above needs it. */
function assumedPlaces(at: string): Record<string, string> {
  return {
    [`${at}/clauses/*/costClause/tranches/*/key/values`]: 'as in the cost clause of an agreement',
    [`${at}/clauses/*/costClause/tranches/*/key/equivalents`]: 'as in the cost clause of an agreement',
    [`${at}/keyValues/*/values`]: 'as in an allocation key',
    [`${at}/joins/*/values`]: 'what a member that joins has by name of a value list, each a decimal',
  };
}

/** Shown once and stored nowhere, so that a replayed answer has null in their place. */
const SHOWN_ONCE = ['temporaryPassword', 'clientSecret'];

/** The document as it is, with its references. */
interface ApiDocument {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, Pick<Operation, 'operationId' | 'responses'>>>>
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface ProblemBody {
  readonly code: string;
  readonly instance: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': /frame-ancestors 'none'/,
  'strict-transport-security': /max-age=31536000/,
  'referrer-policy': 'no-referrer',
};

function checkHeaders(t: Test, answer: LightMyRequestResponse, name: string): void {
  t.ok(isUuid(String(answer.headers['x-request-id'])), `${name}: X-Request-Id`);
  t.match(answer.headers, SECURITY_HEADERS, `${name}: security headers`);
}

function checkProblem(
  t: Test,
  answer: LightMyRequestResponse,
  status: number,
  code: string,
  pointer?: string,
): void {
  const name = `${status} ${code}${pointer === undefined ? '' : ` at ${pointer}`}`;
  const seen = answer.statusCode === status ? '' : `: ${answer.statusCode} ${answer.body}`;
  t.equal(answer.statusCode, status, `${name}${seen}`);
  t.match(answer.headers['content-type'], 'application/problem+json', `${name}: media type`);
  const problem = answer.json<ProblemBody>();
  t.equal(problem.code, code, `${name}: code`);
  t.equal(problem.instance, answer.headers['x-request-id'], `${name}: names the request`);
  const pointers = (problem.errors ?? []).map((error) => error.pointer);
  if (pointer !== undefined) t.ok(pointers.includes(pointer), `${name}: pointer among ${pointers.join(' ')}`);
}

const OWN = { centre: 'centre', member: 'member' } as const;

function callerOf(world: TenantWorld, { id }: Operation, target: Target = {}): Caller {
  const as = TENANT_ROWS[id]?.as ?? 'centre';
  if (target.caller !== undefined) return target.caller;
  return as === 'platform' ? world.platform : world.own[OWN[as === 'nobody' ? 'centre' : as]];
}

type Headers = Readonly<Record<string, string>>;

function send(
  world: TenantWorld,
  operation: Operation,
  target: Target,
  headers: Headers = {},
): Promise<LightMyRequestResponse> {
  const { token } = callerOf(world, operation, target);
  const { contentType } = target;
  const authorization = operation.access === 'public' ? {} : { authorization: `Bearer ${token}` };
  return world.test.inject({
    method: operation.method,
    url: urlOf(operation, target),
    headers: { ...authorization, ...(contentType && { 'content-type': contentType }), ...headers },
    ...(target.body === undefined ? {} : { payload: target.body as object }),
  });
}

async function makeTarget(world: TenantWorld, { id }: Operation): Promise<Target> {
  const row = TENANT_ROWS[id];
  if (row === undefined) throw new Error(`${id} has no row in test/support/tenant-rows.ts`);
  return row.make(world);
}

const NO_ID = '00000000-0000-4000-8000-000000000000';
/** Parameters of the right form that name nothing. */
const NOWHERE: Target = {
  params: {
    id: NO_ID,
    organisationId: NO_ID,
    centreId: NO_ID,
    validationId: NO_ID,
    matchId: NO_ID,
    number: 1,
    position: 0,
    action: 'close',
    format: 'csv',
  },
};

/** Statuses that follow from what a route takes and who may call it. */
function expectedRefusals(operation: Operation): string[] {
  const { access, path, requestBody } = operation;
  return [
    '400',
    '429',
    '500',
    '503',
    ...(access === 'public' ? [] : ['401']),
    ...(access === 'public' || access === 'signed-in' ? [] : ['403']),
    ...(path.includes('{') ? ['404'] : []),
    ...(headerNamed(operation, 'idempotency-key') ? ['409'] : []),
    ...(requestBody === undefined ? [] : ['413', '415']),
    ...(headerNamed(operation, 'if-match') ? ['412', '428'] : []),
  ];
}

/** JSON pointers of the places where an object takes fields it does not name. */
function openPlaces(schema: Schema, at = ''): string[] {
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((one) =>
    openPlaces(one, at),
  );
  if (schema.items !== undefined) return [...alternatives, ...openPlaces(schema.items, `${at}/*`)];
  if (![schema.type].flat().includes('object')) return alternatives;
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, one]) =>
    openPlaces(one, `${at}/${name}`),
  );
  return [...alternatives, ...(schema.additionalProperties === false ? [] : [at]), ...inner];
}

const bodySchema = ({ requestBody }: Operation): Schema | undefined =>
  requestBody?.content['application/json']?.schema;

/** A second valid body that is not the first. */
function otherBody({ id }: Operation, body: unknown): unknown {
  const change = TENANT_ROWS[id]?.otherBody;
  if (change !== undefined) return change(body as never);
  const field = ['name', 'title', 'subject', 'body'].find((name) => name in (body as object));
  if (field === undefined) throw new Error(`${id}: the row does not say what another body is (otherBody)`);
  return { ...(body as object), [field]: 'Etwas anderes' };
}

tap.setTimeout(180_000);

tap.test('routes', async (t) => {
  // Nothing is mailed: no worker runs.
  const env = { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'verbund@example.org' };
  const test = await startTestApp(t, { env });
  const world = await makeTenantWorld(test);
  const operations = operationsOf(test.app);

  await t.test('schemas: all of them compile, though most do so when they are needed', async (t) => {
    await t.resolves(test.app.compileSchemas());
    const app = fastify();
    registerValidation(app, registerCompilers(app));
    app.post('/', { schema: { body: { type: 'nothing we know' } } }, async () => ({}));
    await app.ready();
    await t.rejects(app.compileSchemas(), /nothing we know/, 'and one that does not is found');
    await app.close();
  });
  await t.test('document: each route says what it is, who may call it and what it answers', async (t) => {
    const ids = operations.map(({ operationId }) => operationId);
    t.equal(new Set(ids).size, operations.length, 'each operationId is there and unique');
    const known = ['public', 'signed-in', ...listPermissions()];
    for (const operation of operations) {
      const { id, access, tags = [], summary = '', responses, path } = operation;
      t.ok(known.includes(access), `${id}: access "${access}" is known`);
      t.equal(tags.length, 1, `${id}: one tag`);
      t.ok(summary.length > 3, `${id}: a summary`);
      t.match(path, /^\/api\/v1\//, `${id}: below the version`);
      const good = Object.keys(responses).filter((status) => status.startsWith('2'));
      t.ok(good.length > 0, `${id}: declares what success looks like`);
      for (const status of good.filter((one) => one !== '204'))
        t.ok(Object.values(responses[status]?.content ?? {})[0]?.schema, `${id}: ${status} has a schema`);
    }
  });

  await t.test('document: each route lists what it may refuse, by status and code', async (t) => {
    const known = new Map(listProblems().map(({ code, status }) => [code, String(status)]));
    for (const operation of operations) {
      const { id, responses } = operation;
      const refused = Object.keys(responses).filter((status) => !status.startsWith('2'));
      t.same(
        expectedRefusals(operation).filter((status) => !refused.includes(status)),
        [],
        `${id}: what follows from its parameters, body and access is listed`,
      );
      for (const status of refused) {
        const { description = '', content = {} } = responses[status] ?? {};
        const codes = description.split(', ').map((code) => code.replaceAll('`', ''));
        t.same(
          codes.filter((code) => known.get(code) !== status),
          [],
          `${id}: ${status} names problems of this status`,
        );
        t.same(Object.keys(content), ['application/problem+json'], `${id}: ${status} is a problem`);
      }
    }
  });

  await t.test('document: what is taken and answered has a name and stands there once', async (t) => {
    const document = test.app.swagger() as unknown as ApiDocument;
    const unnamed = Object.values(document.paths)
      .flatMap((path) => Object.values(path))
      .flatMap(({ operationId, responses }) =>
        Object.values(responses)
          .flatMap(({ content = {} }) => Object.values(content))
          .filter(({ schema }) => schema?.properties !== undefined)
          .map(() => operationId),
      );
    t.same(unnamed, [], 'answers with fields of their own in place');
    t.ok(document.components.schemas['ServiceRequest'], 'by readable names');
    const operations = Object.values(document.paths).flatMap((path) => Object.keys(path)).length;
    t.ok(JSON.stringify(document, null, 2).length / operations < 5000, 'which keeps the document readable');
  });

  await t.test('400: bodies are closed, at every depth', async (t) => {
    for (const operation of operations) {
      const schema = bodySchema(operation);
      if (schema === undefined) continue;
      const places = openPlaces(schema).map((place) => place.replace(/^\/\*/, ''));
      t.same(
        places.filter((place) => !(place in OPEN_PLACES)),
        [],
        `${operation.id}: no open place without a reason`,
      );
      const answer = await send(world, operation, { ...NOWHERE, body: { unheardOf: 1 } });
      checkProblem(t, answer, 400, 'VALIDATION_FAILED', '/unheardOf');
    }
  });

  await t.test('400: unknown query parameters are refused everywhere', async (t) => {
    for (const operation of operations) {
      const body = bodySchema(operation) === undefined ? {} : { body: {} };
      const answer = await send(world, operation, { ...NOWHERE, ...body, query: 'unheardOf=1' });
      t.match(answer.statusCode, 400, `${operation.id}: ${answer.statusCode}`);
      if (operation.method === 'GET') checkProblem(t, answer, 400, 'VALIDATION_FAILED', '/query/unheardOf');
    }
  });

  await t.test('400: path parameters that are no ids are named', async (t) => {
    const withId = operations.filter(({ path }) => path.includes('{id}'));
    t.ok(withId.length > 20, 'there are such routes');
    for (const operation of withId) {
      const params = { ...NOWHERE.params, id: 'not-an-id' };
      const body = bodySchema(operation) === undefined ? {} : { body: {} };
      checkProblem(
        t,
        await send(world, operation, { params, ...body }),
        400,
        'VALIDATION_FAILED',
        '/path/id',
      );
    }
  });

  await t.test('201: what creates honours Idempotency-Key', async (t) => {
    const creating = operations.filter(({ method, responses }) => method === 'POST' && '201' in responses);
    t.ok(creating.length > 10, 'there are such routes');
    for (const operation of creating) {
      t.ok(headerNamed(operation, 'idempotency-key'), `${operation.id}: documents the header`);
      const made = await makeTarget(world, operation);
      const target = { ...made, body: JSON.parse(JSON.stringify(made.body)) as typeof made.body };
      const key = { 'idempotency-key': newId() };
      const first = await send(world, operation, target, key);
      t.equal(
        first.statusCode,
        201,
        `${operation.id}: 201${first.statusCode === 201 ? '' : ` ${first.body}`}`,
      );
      t.notOk(first.headers['idempotency-replayed'], `${operation.id}: the first answer is no replay`);
      const again = await send(world, operation, target, key);
      t.equal(again.statusCode, 201, `${operation.id}: 201 again`);
      t.equal(again.headers['idempotency-replayed'], 'true', `${operation.id}: says that it is a replay`);
      t.equal(again.headers['etag'], first.headers['etag'], `${operation.id}: the same ETag`);
      const hidden = Object.fromEntries(
        SHOWN_ONCE.filter((name) => name in first.json<object>()).map((name) => [name, null]),
      );
      t.same(again.json(), { ...first.json<object>(), ...hidden }, `${operation.id}: the same answer`);
      const changed = { ...target, body: otherBody(operation, target.body) };
      checkProblem(t, await send(world, operation, changed, key), 409, 'IDEMPOTENCY_KEY_REUSED');
    }
  });

  await t.test('428, 412: what changes a versioned thing insists on If-Match', async (t) => {
    const changing = operations.filter((operation) => headerNamed(operation, 'if-match'));
    t.ok(changing.length > 15, 'there are such routes');
    for (const operation of changing) {
      const target = await makeTarget(world, operation);
      checkProblem(t, await send(world, operation, target), 428, 'PRECONDITION_REQUIRED');
      for (const wrong of ['"9999"', '"abc"', '*', `"${Number(target.ifMatch) - 1}"`])
        checkProblem(
          t,
          await send(world, operation, target, { 'if-match': wrong }),
          412,
          'PRECONDITION_FAILED',
        );
      const right = await send(world, operation, target, { 'if-match': `"${target.ifMatch}"` });
      t.equal(
        right.statusCode,
        200,
        `${operation.id}: 200 with the right one ${right.statusCode === 200 ? '' : right.body}`,
      );
      const { version } = right.json<{ version?: number }>();
      const tag = right.headers['etag'];
      t.match(
        tag,
        version === undefined ? /^"[0-9a-f]{32}"$/ : `"${version}"`,
        `${operation.id}: answers the new ETag`,
      );
      t.not(tag, `"${target.ifMatch}"`, `${operation.id}: which is another`);
    }
    const without = operations
      .filter(({ method }) => method === 'PUT' || method === 'PATCH')
      .filter((operation) => !headerNamed(operation, 'if-match'));
    t.same(
      without.map(({ id }) => id),
      [],
      'PUT and PATCH without it',
    );
  });

  await t.test('200: lists are paged, and refuse what is no page', async (t) => {
    const lists = operations.filter(isList);
    t.ok(lists.length > 10, 'there are lists');
    for (const operation of lists) {
      const { query: _all, secret: _secret, ...target } = await makeTarget(world, operation);
      const page = (query: string) => send(world, operation, { ...target, query });
      for (const limit of ['0', '201', '-1', 'x', '1.5'])
        checkProblem(t, await page(`limit=${limit}`), 400, 'VALIDATION_FAILED', '/query/limit');
      for (const cursor of ['x', 'WyJub3QgdGhpcyBsaXN0IiwxXQ', Buffer.from('{}').toString('base64url')])
        checkProblem(t, await page(`cursor=${cursor}`), 400, 'INVALID_CURSOR', '/query/cursor');
      const whole = (await page('limit=200')).json<{ items: unknown[]; nextCursor: string | null }>();
      t.type(whole.items.length, 'number', `${operation.id}: has items`);
      const walked: unknown[] = [];
      let cursor: string | null = '';
      while (cursor !== null && walked.length < 5) {
        const next: typeof whole = (
          await page(cursor === '' ? 'limit=1' : `limit=1&cursor=${cursor}`)
        ).json();
        t.ok(next.items.length <= 1, `${operation.id}: no more than the limit`);
        walked.push(...next.items);
        cursor = next.nextCursor;
      }
      t.same(
        walked,
        whole.items.slice(0, walked.length),
        `${operation.id}: pages follow each other without gap`,
      );
      t.equal(
        cursor === null,
        walked.length === whole.items.length,
        `${operation.id}: ends with the last row`,
      );
    }
  });

  await t.test('X-Request-Id and security headers: on every answer', async (t) => {
    for (const operation of operations) {
      const answer = await test.inject({ method: operation.method, url: urlOf(operation, NOWHERE) });
      checkHeaders(t, answer, `${operation.id} ${answer.statusCode}`);
    }
    for (const url of [
      '/health/live',
      '/health/ready',
      '/metrics',
      '/openapi.json',
      '/docs',
      '/nowhere',
      '/api/v1/%00',
    ])
      checkHeaders(t, await test.inject({ method: 'GET', url }), url);
    const id = newId();
    const given = await test.inject({ method: 'GET', url: '/health/live', headers: { 'x-request-id': id } });
    t.equal(given.headers['x-request-id'], id, 'a request id that is a UUID is kept');
    const odd = await test.inject({
      method: 'GET',
      url: '/health/live',
      headers: { 'x-request-id': 'a\tb' },
    });
    t.not(odd.headers['x-request-id'], 'a\tb', 'any other is not');
  });

  await t.test('404: what does not exist is a problem too', async (t) => {
    checkProblem(t, await test.inject({ method: 'GET', url: '/api/v1/nowhere' }), 404, 'NOT_FOUND');
    checkProblem(t, await test.inject({ method: 'DELETE', url: '/api/v1/me' }), 404, 'NOT_FOUND');
    checkProblem(t, await test.inject({ method: 'GET', url: '/nowhere' }), 404, 'NOT_FOUND');
    checkProblem(t, await test.inject({ method: 'GET', url: '/problems/NOWHERE' }), 404, 'NOT_FOUND');
  });

  await t.test(
    '200: the type of a problem leads to what it means; 302: the front door to the documentation',
    async (t) => {
      const meaning = await test.inject({ method: 'GET', url: '/problems/FORM_INVALID' });
      t.equal(meaning.statusCode, 200);
      t.match(meaning.json(), { code: 'FORM_INVALID', status: 400, help: /formData/ });
      const door = await test.inject({ method: 'GET', url: '/' });
      t.equal(door.statusCode, 302);
      t.equal(door.headers.location, '/docs');
    },
  );

  await t.test('400, 413, 415: bodies that are none', async (t) => {
    const headers = { authorization: `Bearer ${world.own.centre.token}`, 'content-type': 'application/json' };
    const post = (payload: string, more: Headers = {}) =>
      test.inject({ method: 'POST', url: '/api/v1/teams', headers: { ...headers, ...more }, payload });
    checkProblem(t, await post('{"name":'), 400, 'JSON_INVALID');
    checkProblem(t, await post(''), 400, 'JSON_INVALID');
    checkProblem(
      t,
      await post('<team/>', { 'content-type': 'application/xml' }),
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    );
    checkProblem(t, await post(`{"name":"${'x'.repeat(1_100_000)}"}`), 413, 'BODY_TOO_LARGE');
    checkProblem(t, await post('{"name":"a\\u0000b"}'), 400, 'TEXT_NOT_STORABLE', '/name');
    checkProblem(t, await post('{"name":"5","memberIds":"5"}'), 400, 'VALIDATION_FAILED', '/memberIds');
  });
});

/** A program with one route, held to the house rules. */
async function routeWith(options: object, answer: (status: number) => unknown = () => ({})) {
  const app = fastify();
  registerProblems(app);
  registerRouteRules(app);
  app.route<{ Params: { status: string } }>({
    method: 'POST',
    url: '/:status',
    ...options,
    async handler(request, reply) {
      const status = Number(request.params.status);
      return reply.code(status).send(answer(status));
    },
  });
  await app.ready();
  return app;
}

const declared = {
  config: { access: 'public' },
  schema: { response: { 200: { type: 'object' }, 204: { type: 'null' } } },
};

tap.test('500: an answer with a status that the route does not declare', async (t) => {
  const answers: [name: string, answer: () => unknown][] = [
    ['an object', () => ({ secret: 1 })],
    ['nothing', () => null],
    ['text', () => 'secret'],
  ];
  for (const [name, answer] of answers) {
    const app = await routeWith(declared, answer);
    const undeclared = await app.inject({ method: 'POST', url: '/202' });
    t.equal(undeclared.statusCode, 500, `${name}: 500`);
    t.notMatch(undeclared.body, 'secret', `${name}: shows nothing`);
    await app.close();
  }
  const app = await routeWith(declared);
  t.equal((await app.inject({ method: 'POST', url: '/200' })).statusCode, 200, 'a declared one passes');
  await app.close();
});

tap.test('start: a route that breaks the house rules is no route', async (t) => {
  await t.rejects(routeWith({}), /does not say who may call it/);
  const open = { type: 'object', properties: {} };
  const access = { config: { access: 'public' } };
  await t.rejects(routeWith({ ...access, schema: { querystring: open } }), /takes unknown fields/);
  await t.rejects(
    routeWith({ ...access, schema: { body: { anyOf: [open, { type: 'null' }] } } }),
    /takes unknown fields/,
  );
});
