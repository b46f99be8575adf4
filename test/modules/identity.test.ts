import crypto, { createHmac } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { Writable } from 'node:stream';
import type { LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import tap, { type Test } from 'tap';
import { buildApp } from '../../src/app.ts';
import { createModules, moduleSettings } from '../../src/modules.ts';
import { fixedClock, plusSeconds } from '../../src/platform/clock.ts';
import { newId } from '../../src/platform/ids.ts';
import { type Caller, PLATFORM, startTestApp, type TestApp } from '../support/app.ts';
import { bodyOf } from '../support/bodies.ts';
import { runStatement } from '../support/database.ts';
import { must, setRoles } from '../support/services.ts';

const SECRET = 'a secret for tests only, long enough to sign';
const LIMIT = 5;
const WINDOW_SECONDS = 900;
const clock = fixedClock('2026-11-22T10:00:00.000Z');

interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

interface Scene {
  readonly test: TestApp;
  readonly admin: Caller;
  readonly memberAdmin: Caller;
  readonly person: (name: string, caller?: Caller, roles?: string[]) => Promise<Person>;
  readonly post: (
    url: string,
    payload: object,
    headers?: Record<string, string>,
    ip?: string,
  ) => Promise<LightMyRequestResponse>;
  readonly signIn: (
    person: Pick<Person, 'email' | 'password'>,
    more?: object,
    ip?: string,
  ) => Promise<LightMyRequestResponse>;
  readonly get: (url: string, token: string) => Promise<LightMyRequestResponse>;
}

/** The costs of the keys derived from passwords from now on: what makes a sign-in take its time, without a clock. */
function recordDerivations(t: Test): number[] {
  const costs: number[] = [];
  const derive = crypto.scrypt;
  const restore = () => {
    crypto.scrypt = derive;
    syncBuiltinESMExports();
  };
  crypto.scrypt = ((...args: Parameters<typeof derive>) => {
    costs.push(args[3].N ?? 0);
    derive(...args);
  }) as typeof derive;
  syncBuiltinESMExports();
  t.teardown(restore);
  return costs;
}

tap.test('identity', async (t) => {
  const test = await startTestApp(t, { clock, env: { LOGIN_ATTEMPTS: String(LIMIT) } });
  const member = await test.organisation('Erwitte');
  const centre = await test.centre('SOE', [member]);
  const admin = await test.caller(centre, ['centre-admin'], 'Ada Admin');
  const memberAdmin = await test.caller(member, ['member-admin'], 'Mia Mitglied');
  let address = 0;
  const post: Scene['post'] = (url, payload, headers = {}, ip) => {
    address += 1; // an address of its own for each call, so that the limits of one test do not reach another
    const remoteAddress = ip ?? `10.${address >> 8}.${address & 255}.1`;
    return test.inject({ method: 'POST', url: `/api/v1${url}`, payload, headers, remoteAddress });
  };
  const scene: Scene = {
    test,
    admin,
    memberAdmin,
    async person(name, caller = admin, roles = ['caseworker']) {
      const email = `${name}@example.org`;
      const { id, temporaryPassword } = await must<{ id: string; temporaryPassword: string }>(
        caller,
        'POST',
        '/users',
        { email, name, roles },
      );
      return { id, email, password: temporaryPassword };
    },
    post,
    signIn: ({ email, password }, more = {}, ip) => post('/auth/token', { email, password, ...more }, {}, ip),
    get: (url, token) => test.inject({ url: `/api/v1${url}`, headers: { authorization: `Bearer ${token}` } }),
  };
  for (const part of [signingIn, throttling, hats, sessions, accounts, programs, tokens, secrecy])
    await t.test(part.name, (t) => part(t, scene));
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** What a token says, unchecked. */
function claimsOf(token: string): { iat: number; exp: number } {
  const body = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return JSON.parse(body) as { iat: number; exp: number };
}

async function signingIn(t: Test, { test, person, signIn, get }: Scene): Promise<void> {
  await t.test('200: by e-mail address in any case, for the life of a token', async (t) => {
    const anna = await person('anna.Adler');
    const answer = await signIn({ ...anna, email: 'ANNA.adler@EXAMPLE.org' });
    t.equal(answer.statusCode, 200, answer.body);
    const { accessToken, tokenType, expiresInSeconds, hat } = bodyOf(answer);
    t.match(
      { tokenType, expiresInSeconds, hat },
      { tokenType: 'Bearer', expiresInSeconds: 600, hat: { roles: ['caseworker'] } },
    );
    const claims = claimsOf(accessToken);
    t.equal(claims.exp - claims.iat, 600);
    t.equal(answer.headers['cache-control'], 'no-store');
    t.match(bodyOf(await get('/me', accessToken)), {
      id: anna.id,
      email: anna.email,
      hats: [{ roles: ['caseworker'] }],
    });
  });
  await t.test('401: unknown, disabled and wrong are answered alike and take alike', async (t) => {
    const known = await person('bert');
    const gone = await person('carla');
    await test.owner.sql`update users set is_disabled = true where id = ${gone.id}`;
    const cases = {
      wrong: () => ({ email: known.email, password: 'not the password' }),
      disabled: () => gone,
      unknown: () => ({ email: `${newId()}@example.org`, password: 'not the password' }),
    };
    const derivations = recordDerivations(t);
    const bodies = new Set<string>();
    for (const [name, make] of Object.entries(cases)) {
      const answer = await signIn(make());
      t.same(derivations.splice(0), [2 ** 12], `${name}: one key is derived, at the cost of all others`);
      const { instance: _, ...body } = bodyOf(answer);
      bodies.add(JSON.stringify([answer.statusCode, body]));
    }
    t.equal(bodies.size, 1, [...bodies].join('\n'));
    t.match([...bodies][0], /^\[401,.*CREDENTIALS_WRONG/);
  });
  await t.test('200: a hash made with another cost is replaced on signing in', async (t) => {
    const dora = await person('dora');
    const dear = { ...moduleSettings(test.config, SECRET) };
    const modules = createModules({
      db: test.db,
      clock,
      settings: { ...dear, sessions: { ...dear.sessions, passwordCost: 13 } },
    });
    const hash = async () =>
      (await test.owner.sql`select password_hash as hash from users where id = ${dora.id}`)[0]?.[
        'hash'
      ] as string;
    const before = await hash();
    t.match(before, /^\$scrypt\$ln=12\$/);
    await t.rejects(modules.sessions.signIn({ ...dora, password: 'wrong' }, '10.0.0.9', newId()));
    t.equal(await hash(), before, 'not by a wrong password');
    await modules.sessions.signIn(dora, '10.0.0.9', newId());
    const after = await hash();
    t.match(after, /^\$scrypt\$ln=13\$/);
    await modules.sessions.signIn(dora, '10.0.0.9', newId());
    t.equal(await hash(), after, 'once is enough');
  });
}

async function throttling(t: Test, { test, person, signIn }: Scene): Promise<void> {
  const wrong = (email: string) => ({ email, password: 'wrong' });
  const limited = (t: Test, answer: LightMyRequestResponse, seconds: number) => {
    t.equal(answer.statusCode, 429, answer.body);
    t.equal(bodyOf(answer).code, 'TOO_MANY_SIGN_INS');
    t.equal(answer.headers['retry-after'], String(seconds));
  };
  await t.test(
    '429: per account, from any address; the right password does not help; time does',
    async (t) => {
      const emil = await person('emil');
      for (let i = 0; i < LIMIT; i += 1) t.equal((await signIn(wrong(emil.email))).statusCode, 401);
      limited(t, await signIn(wrong(emil.email)), WINDOW_SECONDS);
      limited(t, await signIn(emil), WINDOW_SECONDS);
      limited(t, await signIn({ ...emil, email: 'EMIL@example.org' }), WINDOW_SECONDS);
      const other = await person('fritz');
      t.equal((await signIn(other)).statusCode, 200, 'others are not held up');
      clock.set(plusSeconds(clock.now(), 600));
      limited(t, await signIn(emil), WINDOW_SECONDS - 600);
      clock.set(plusSeconds(clock.now(), 300));
      t.equal((await signIn(emil)).statusCode, 200, 'the window is over');
    },
  );
  await t.test('200: a success starts the account anew', async (t) => {
    const gerd = await person('gerd');
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < LIMIT - 1; i += 1) t.equal((await signIn(wrong(gerd.email))).statusCode, 401);
      t.equal((await signIn(gerd)).statusCode, 200);
    }
  });
  await t.test('429: per address, over many accounts, known or not', async (t) => {
    const hilde = await person('hilde');
    const ip = '10.99.0.1';
    for (let i = 0; i < LIMIT * 10; i += 1)
      t.equal((await signIn(wrong(`${newId()}@example.org`), {}, ip)).statusCode, 401);
    limited(t, await signIn(hilde, {}, ip), WINDOW_SECONDS);
    t.equal((await signIn(hilde, {}, '10.99.0.2')).statusCode, 200);
  });
  await t.test('429: of many guesses at once no more than the limit learn anything', async (t) => {
    const ida = await person('ida');
    const guesses = Array.from({ length: 24 }, (_, i) => (i === 20 ? ida : wrong(ida.email)));
    const answers = await Promise.all(guesses.map((guess) => signIn(guess)));
    const told = answers.filter(({ statusCode }) => statusCode === 401).length;
    const right = answers.filter(({ statusCode }) => statusCode === 200).length;
    t.ok(right === 1 || told <= LIMIT, `${told} told, ${right} right`);
    t.ok(told <= LIMIT * (right + 1), `${told} told`);
  });
  await t.test('200: many right sign-ins at once are all let in', async (t) => {
    const jan = await person('jan');
    const answers = await Promise.all(Array.from({ length: LIMIT * 3 }, () => signIn(jan)));
    t.strictSame(new Set(answers.map(({ statusCode }) => statusCode)), new Set([200]));
  });
  await t.test('nothing readable is kept of accounts and addresses', async (t) => {
    const rows = await test.owner.sql`select subject from login_attempts`;
    t.ok(rows.length > 0);
    t.notMatch(JSON.stringify(rows), /example|10\.99/);
  });
}

async function hats(t: Test, { test, admin, memberAdmin, person, signIn, post, get }: Scene): Promise<void> {
  const karl = await person('karl');
  const platform = await test.caller(PLATFORM, ['platform-admin']);
  await must(platform, 'POST', '/users', {
    email: karl.email,
    name: 'Karl',
    roles: ['requester'],
    hat: memberAdmin.hat,
  });
  await t.test('200: the first hat by default, or the one named; 403: one not held', async (t) => {
    t.equal(bodyOf(await signIn(karl)).hat.id, admin.hat.id, 'centres come first');
    const named = await signIn(karl, { hat: memberAdmin.hat });
    t.match(bodyOf(named).hat, { id: memberAdmin.hat.id, roles: ['requester'] });
    for (const hat of [
      PLATFORM,
      { kind: 'centre', id: newId() },
      { kind: 'organisation', id: admin.hat.id },
    ]) {
      const answer = await signIn(karl, { hat });
      t.equal(answer.statusCode, 403);
      t.equal(bodyOf(answer).code, 'HAT_NOT_HELD');
    }
    const nobody = await person('nobody');
    await setRoles(admin, nobody.id, []);
    t.equal(bodyOf(await signIn(nobody)).code, 'HAT_NOT_HELD', 'who holds none gets in nowhere');
  });
  await t.test('200: another hat, with its permissions and no others', async (t) => {
    const first = bodyOf(await signIn(karl));
    const switched = await post('/auth/hat', memberAdmin.hat, bearer(first.accessToken));
    t.equal(switched.statusCode, 200, switched.body);
    const second = bodyOf(switched);
    t.equal((await get('/teams', first.accessToken)).statusCode, 200);
    t.equal((await get('/teams', second.accessToken)).statusCode, 403);
    t.equal(bodyOf(await get('/me', second.accessToken)).hat.id, memberAdmin.hat.id);
    t.equal((await post('/auth/hat', PLATFORM, bearer(first.accessToken))).statusCode, 403);
    t.equal((await post('/auth/logout', {}, bearer(second.accessToken))).statusCode, 204);
    t.equal(
      bodyOf(await get('/me', first.accessToken)).code,
      'SESSION_ENDED',
      'logout ends all hats of the sign-in',
    );
  });
  await t.test('403: a disabled account switches to nothing and renews nothing', async (t) => {
    const lena = await person('lena');
    const { accessToken, refreshToken } = bodyOf(await signIn(lena));
    await test.owner.sql`update users set is_disabled = true where id = ${lena.id}`;
    t.equal((await post('/auth/hat', admin.hat, bearer(accessToken))).statusCode, 403);
    t.equal((await post('/auth/refresh', { refreshToken })).statusCode, 401);
  });
}

async function sessions(
  t: Test,
  { test, admin, memberAdmin, person, signIn, post, get }: Scene,
): Promise<void> {
  const refresh = (refreshToken: string) => post('/auth/refresh', { refreshToken });
  const ended = async (t: Test, token: string, name: string) => {
    for (const url of ['/me', '/service-requests', '/teams']) {
      const answer = await get(url, token);
      t.equal(answer.statusCode, 401, `${name} ${url}`);
      t.equal(bodyOf(answer).code, 'SESSION_ENDED');
    }
  };
  await t.test('401: each refresh token is good once; re-use ends the sign-in at once', async (t) => {
    const max = await person('max');
    const first = bodyOf(await signIn(max));
    const other = bodyOf(await signIn(max));
    const second = await refresh(first.refreshToken);
    t.equal(second.statusCode, 200);
    t.equal((await get('/me', bodyOf(second).accessToken)).statusCode, 200);
    t.not(bodyOf(second).refreshToken, first.refreshToken);
    t.equal(bodyOf(await refresh(first.refreshToken)).code, 'REFRESH_TOKEN_INVALID');
    await ended(t, first.accessToken, 'first');
    await ended(t, bodyOf(second).accessToken, 'second');
    t.equal((await refresh(bodyOf(second).refreshToken)).statusCode, 401);
    t.equal((await get('/me', other.accessToken)).statusCode, 200, 'another sign-in of the person goes on');
    t.equal((await refresh('x'.repeat(43))).statusCode, 401);
  });
  await t.test('401: of two refreshes at once with one token one wins', async (t) => {
    const nora = await person('nora');
    const { refreshToken } = bodyOf(await signIn(nora));
    const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(refreshToken)));
    t.strictSame(
      answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
      [200, 401, 401, 401, 401, 401],
    );
  });
  await t.test('401: a refresh token has an end', async (t) => {
    const olaf = await person('olaf');
    const { refreshToken } = bodyOf(await signIn(olaf));
    const now = clock.now();
    clock.set(plusSeconds(now, test.config.REFRESH_TOKEN_SECONDS));
    t.equal((await refresh(refreshToken)).statusCode, 401);
    clock.set(now);
  });
  await t.test('401: a change of roles ends the sessions under that hat, and no others', async (t) => {
    const paul = await person('paul');
    const platform = await test.caller(PLATFORM, ['platform-admin']);
    await must(platform, 'POST', '/users', {
      email: paul.email,
      name: 'Paul',
      roles: ['requester'],
      hat: memberAdmin.hat,
    });
    const atCentre = bodyOf(await signIn(paul, { hat: admin.hat }));
    const atMember = bodyOf(await signIn(paul, { hat: memberAdmin.hat }));
    await setRoles(admin, paul.id, ['finance']);
    await ended(t, atCentre.accessToken, 'centre');
    t.equal((await refresh(atCentre.refreshToken)).statusCode, 401);
    t.equal((await get('/service-requests', atMember.accessToken)).statusCode, 200);
    t.strictSame(bodyOf(await signIn(paul, { hat: admin.hat })).hat.roles, ['finance']);
  });
  await t.test('204: a new password ends the other sign-ins; 401: without the present one', async (t) => {
    const rosa = await person('rosa');
    const here = bodyOf(await signIn(rosa));
    const elsewhere = bodyOf(await signIn(rosa));
    const change = (currentPassword: string) =>
      post('/auth/password', { currentPassword, newPassword: 'eine lange Losung' }, bearer(here.accessToken));
    t.equal((await change('falsch')).statusCode, 401);
    t.equal((await change(rosa.password)).statusCode, 204);
    t.equal((await get('/me', here.accessToken)).statusCode, 200);
    await ended(t, elsewhere.accessToken, 'elsewhere');
    t.equal((await signIn(rosa)).statusCode, 401, 'the old password is gone');
    t.equal((await signIn({ ...rosa, password: 'eine lange Losung' })).statusCode, 200);
    const short = { currentPassword: 'eine lange Losung', newPassword: 'kurz' };
    t.equal((await post('/auth/password', short, bearer(here.accessToken))).statusCode, 400);
  });
}

async function accounts(t: Test, { test, admin, memberAdmin, signIn }: Scene): Promise<void> {
  const create = (caller: Caller, body: object, key?: string) =>
    caller.call('POST', '/users', body, key === undefined ? {} : { 'idempotency-key': key });
  await t.test('201: a password is shown once: not on replay, not for an account that exists', async (t) => {
    const body = { email: 'sara@example.org', name: 'Sara', roles: ['caseworker'] };
    const first = await create(admin, body, 'sara');
    t.type(bodyOf(first).temporaryPassword, 'string');
    const again = await create(admin, body, 'sara');
    t.equal(again.headers['idempotency-replayed'], 'true');
    t.strictSame(bodyOf(again), { ...bodyOf(first), temporaryPassword: null });
    const platform = await test.caller(PLATFORM, ['platform-admin']);
    const elsewhere = { ...body, email: 'SARA@example.org', roles: ['requester'] };
    const given = await create(platform, { ...elsewhere, hat: memberAdmin.hat });
    t.match(bodyOf(given), { id: bodyOf(first).id, temporaryPassword: null });
  });
  await t.test('409: roles of one hat never come to an account that another hat has made', async (t) => {
    const body = { email: 'wilma@example.org', name: 'Falscher Name', roles: ['requester'] };
    await must(admin, 'POST', '/users', { ...body, name: 'Wilma Verborgen', roles: ['caseworker'] });
    const refused = await create(memberAdmin, body);
    t.equal(refused.statusCode, 409);
    t.equal(bodyOf(refused).code, 'ACCOUNT_EXISTS');
    t.notMatch(refused.body, /Verborgen/, 'and nobody learns whose it is');
  });
  await t.test('201: what is refused leaves no account behind whose password nobody knows', async (t) => {
    const body = { email: 'theo@example.org', name: 'Theo', roles: ['caseworker'] };
    t.equal(bodyOf(await create(admin, body, 'sara')).code, 'IDEMPOTENCY_KEY_REUSED');
    t.equal(bodyOf(await create(admin, { ...body, roles: ['requester'] })).code, 'ROLE_UNKNOWN');
    t.equal((await create(admin, { ...body, hat: memberAdmin.hat })).statusCode, 403);
    t.equal((await test.owner.sql`select from users where email = ${body.email}`).length, 0);
    const made = await create(admin, body);
    t.equal(
      (await signIn({ email: body.email, password: bodyOf(made).temporaryPassword ?? '' })).statusCode,
      200,
    );
  });
  await t.test('201: the same person made by many at once is one account with one password', async (t) => {
    const body = { email: 'udo@example.org', name: 'Udo', roles: ['caseworker'] };
    const answers = await Promise.all(Array.from({ length: 6 }, () => create(admin, body)));
    t.equal(new Set(answers.map((answer) => bodyOf(answer).id)).size, 1);
    t.equal(answers.filter((answer) => bodyOf(answer).temporaryPassword !== null).length, 1);
  });
}

async function programs(t: Test, { test, admin, post, get }: Scene): Promise<void> {
  const make = { name: 'Fachverfahren', scopes: ['requests:read', 'requests:work'] };
  const created = await admin.call('POST', '/machine-accounts', make, { 'idempotency-key': 'machine' });
  const { clientId, clientSecret } = bodyOf(created);
  const grant = { grant_type: 'client_credentials' };
  const json = { ...grant, client_id: clientId, client_secret: clientSecret };
  const basic = (scheme: string, secret = clientSecret) => ({
    authorization: `${scheme} ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
  });
  const form = (body: Record<string, string>, headers: Record<string, string> = {}) =>
    test.inject({
      method: 'POST',
      url: '/api/v1/auth/client-token',
      payload: new URLSearchParams(body).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  await t.test('200: by JSON, by form, and by Basic', async (t) => {
    const answers = [
      await post('/auth/client-token', json),
      await form(json),
      await form(grant, basic('Basic')),
      await post('/auth/client-token', grant, basic('basic')),
    ];
    for (const answer of answers) {
      t.equal(answer.statusCode, 200, answer.body);
      t.match(bodyOf(answer), {
        token_type: 'Bearer',
        expires_in: 600,
        scope: 'requests:read requests:work',
      });
      t.equal((await get('/service-requests', bodyOf(answer).access_token)).statusCode, 200);
    }
  });
  await t.test('401: wrong secret, unknown client, none at all', async (t) => {
    for (const answer of [
      await post('/auth/client-token', { ...json, client_secret: 'x'.repeat(43) }),
      await post('/auth/client-token', { ...json, client_id: newId() }),
      await post('/auth/client-token', grant),
      await form(grant, basic('Basic', 'x'.repeat(43))),
      await form(grant, { authorization: `Basic ${Buffer.from('x:y').toString('base64')}` }),
    ]) {
      t.equal(answer.statusCode, 401, answer.body);
      t.equal(bodyOf(answer).code, 'CLIENT_INVALID');
    }
    t.equal((await form({ ...json, grant_type: 'password' })).statusCode, 400);
    t.equal((await form({ ...json, colour: 'red' })).statusCode, 400);
  });
  await t.test('422: no more scopes than held, or than programs may hold; fewer on demand', async (t) => {
    const less = bodyOf(await post('/auth/client-token', { ...json, scope: 'requests:read' }));
    t.equal(less.scope, 'requests:read');
    t.equal((await get('/service-requests', less.access_token)).statusCode, 200);
    const claim = {
      method: 'POST',
      url: '/api/v1/service-requests/claim',
      headers: bearer(less.access_token),
    } as const;
    t.equal((await test.inject(claim)).statusCode, 403);
    t.equal((await get('/users', less.access_token)).statusCode, 403);
    const more = await post('/auth/client-token', { ...json, scope: 'requests:read users:manage' });
    t.equal(bodyOf(more).code, 'SCOPE_INVALID');
    const bad = await admin.call('POST', '/machine-accounts', { name: 'x', scopes: ['users:manage'] });
    t.equal(bad.statusCode, 422);
  });
  await t.test('null: the secret is never shown again', async (t) => {
    const again = await admin.call('POST', '/machine-accounts', make, { 'idempotency-key': 'machine' });
    t.strictSame(bodyOf(again), { ...bodyOf(created), clientSecret: null });
    t.notOk((await admin.call('GET', '/machine-accounts')).body.includes(clientSecret));
  });
  await t.test('401: disabled at once', async (t) => {
    const { access_token } = bodyOf(await post('/auth/client-token', json));
    t.equal(
      (await post('/auth/hat', admin.hat, bearer(access_token))).statusCode,
      403,
      'a program has one hat',
    );
    t.equal((await admin.call('DELETE', `/machine-accounts/${clientId}`)).statusCode, 204);
    t.equal(bodyOf(await get('/service-requests', access_token)).code, 'SESSION_ENDED');
    t.equal(bodyOf(await post('/auth/client-token', json)).code, 'CLIENT_INVALID');
  });
}

async function tokens(t: Test, { admin, person, signIn, get }: Scene): Promise<void> {
  await t.test('401: expired, tampered, unsigned, or signed with another secret', async (t) => {
    const vera = await person('vera');
    const { accessToken } = bodyOf(await signIn(vera));
    const [head = '', body = '', signature = ''] = accessToken.split('.');
    const claims = claimsOf(accessToken);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const sign = (header: object, payload: object, secret = SECRET) => {
      const text = `${part(header)}.${part(payload)}`;
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    };
    const HS256 = { alg: 'HS256', typ: 'JWT' };
    t.equal((await get('/me', sign(HS256, claims))).statusCode, 200, 'the forger below does sign like us');
    const forged = {
      expired: sign(HS256, { ...claims, exp: claims.iat - 1 }),
      'another secret': sign(HS256, claims, 'another secret of the same length, or so'),
      'alg none': `${part({ alg: 'none', typ: 'JWT' })}.${body}.`,
      'alg none, signature kept': `${part({ alg: 'none' })}.${body}.${signature}`,
      'alg HS512': sign({ alg: 'HS512', typ: 'JWT' }, claims),
      'more roles': `${head}.${part({ ...claims, rol: ['centre-admin'] })}.${signature}`,
      'no signature': `${head}.${body}.`,
      cut: accessToken.slice(0, -4),
    };
    for (const [name, token] of Object.entries(forged)) {
      const answer = await get('/me', token);
      t.equal(answer.statusCode, 401, name);
      t.equal(bodyOf(answer).code, 'TOKEN_INVALID', name);
    }
    const borrowed = sign(HS256, { ...claims, hat: ['organisation', newId()] });
    t.equal(
      bodyOf(await get('/service-requests', borrowed)).code,
      'SESSION_ENDED',
      'hat and session belong together',
    );
    const other = sign(HS256, { ...claims, sub: admin.userId });
    t.equal(bodyOf(await get('/service-requests', other)).code, 'SESSION_ENDED', 'so do person and session');
  });
}

async function secrecy(t: Test, { test, admin }: Scene): Promise<void> {
  await t.test('logs and tables hold no password, no token, no e-mail address', async (t) => {
    const lines: string[] = [];
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const app = await buildApp({
      config: test.config,
      authSecret: SECRET,
      clock,
      logger: pino({ level: 'trace' }, sink),
      modules: test.modules,
      probes: [],
      measures: [],
    });
    t.teardown(() => app.close());
    const call = async (method: 'GET' | 'POST', url: string, payload?: object, token = admin.token) => {
      const headers = { ...bearer(token), 'idempotency-key': newId() };
      return app.inject({ method, url: `/api/v1${url}`, headers, ...(payload && { payload }) });
    };
    const email = 'geheim.person@example.org';
    const made = bodyOf(await call('POST', '/users', { email, name: 'Wanda Wissen', roles: ['caseworker'] }));
    const password = made.temporaryPassword ?? '';
    const signed = bodyOf(await call('POST', '/auth/token', { email, password }));
    const renewed = bodyOf(await call('POST', '/auth/refresh', { refreshToken: signed.refreshToken }));
    const machine = { name: 'x', scopes: ['requests:read'] };
    const { clientId, clientSecret } = bodyOf(await call('POST', '/machine-accounts', machine));
    const grant = { grant_type: 'client_credentials', client_id: clientId };
    const program = bodyOf(
      await call('POST', '/auth/client-token', { ...grant, client_secret: clientSecret }),
    );
    await call('GET', `/organisations?q=${encodeURIComponent(email)}`);
    await call('POST', '/auth/token', { email, password: 'falsches Passwort', colour: 1 });
    await call('POST', '/auth/token', { email, password: 'falsches Passwort' });
    await call('POST', '/auth/token', { email: `${email}\u0000`, password });
    await call('GET', '/me', undefined, renewed.accessToken);
    await call('GET', '/me', undefined, `${renewed.accessToken}x`);
    await test.owner.sql`alter table sessions rename to sessions_away`;
    t.equal(
      (await call('POST', '/auth/token', { email, password })).statusCode,
      500,
      'an error of ours is logged',
    );
    await test.owner.sql`alter table sessions_away rename to sessions`;
    const secrets = {
      email,
      password,
      'wrong password': 'falsches Passwort',
      accessToken: signed.accessToken,
      refreshToken: signed.refreshToken,
      renewed: renewed.refreshToken,
      clientSecret,
      'client token': program.access_token,
      'caller’s token': admin.token,
    };
    const log = lines.join('');
    t.match(log, /"route":"\/api\/v1\/auth\/token"/);
    t.match(log, /INTERNAL_ERROR/);
    const tables = [
      'idempotency_keys',
      'audit_entries',
      'sessions',
      'refresh_tokens',
      'machine_accounts',
      'login_attempts',
      'outbox_jobs',
    ];
    for (const [name, secret] of Object.entries(secrets)) {
      t.type(secret, 'string', name);
      t.notOk(log.includes(secret), `${name} in the log`);
      if (name === 'email') continue;
      for (const table of tables) {
        const rows = await runStatement(
          test.owner,
          `select from ${table} r where position($1 in r::text) > 0`,
          [secret],
        );
        t.equal(rows.length, 0, `${name} in ${table}`);
      }
    }
    const [audited] = await test.owner
      .sql`select count(*)::int as n from audit_entries where position(${email} in audit_entries::text) > 0`;
    t.equal(audited?.['n'], 0, 'the audit trail names people by id');
  });
}
