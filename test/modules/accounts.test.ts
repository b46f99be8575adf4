import type { LightMyRequestResponse } from 'fastify';
import tap, { type Test } from 'tap';
import { fixedClock, plusSeconds } from '../../src/platform/clock.ts';
import { newId } from '../../src/platform/ids.ts';
import { type Caller, PLATFORM, startTestApp, type TestApp } from '../support/app.ts';
import { bodyOf } from '../support/bodies.ts';
import { must, setRoles, tagOf } from '../support/services.ts';
import { until } from '../support/waiting.ts';

const LIMIT = 5;
const clock = fixedClock('2026-11-22T10:00:00.000Z');

interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

interface Entry {
  readonly action: string;
  readonly actor: { readonly kind: string };
  readonly hat: { readonly id: string };
  readonly details: Record<string, unknown>;
}

interface Scene {
  readonly test: TestApp;
  readonly admin: Caller;
  readonly memberAdmin: Caller;
  readonly platform: Caller;
  readonly person: (name: string) => Promise<Person>;
  /** The same person with a role at the member too. */
  readonly guest: (person: Person) => Promise<void>;
  readonly post: (url: string, payload: object, token?: string) => Promise<LightMyRequestResponse>;
  readonly signIn: (person: Person, password?: string) => Promise<LightMyRequestResponse>;
  readonly act: (caller: Caller, id: string, action: 'disable' | 'enable') => Promise<LightMyRequestResponse>;
  readonly entries: (caller: Caller, entityId: string) => Promise<Entry[]>;
}

tap.test('accounts', async (t) => {
  const test = await startTestApp(t, { clock, env: { LOGIN_ATTEMPTS: String(LIMIT) } });
  const member = await test.organisation('Erwitte');
  const centre = await test.centre('SOE', [member]);
  const admin = await test.caller(centre, ['centre-admin'], 'Ada Admin');
  const memberAdmin = await test.caller(member, ['member-admin'], 'Mia Mitglied');
  const platform = await test.caller(PLATFORM, ['platform-admin'], 'Paula Plattform');
  let address = 0;
  const post: Scene['post'] = (url, payload, token) => {
    address += 1; // an address of its own for each call, so that the limits of one test do not reach another
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const remoteAddress = `10.${address >> 8}.${address & 255}.1`;
    return test.inject({ method: 'POST', url: `/api/v1${url}`, payload, headers, remoteAddress });
  };
  const scene: Scene = {
    test,
    admin,
    memberAdmin,
    platform,
    async person(name) {
      const body = { email: `${name}@example.org`, name, roles: ['caseworker'] };
      const { id, temporaryPassword } = await must<{ id: string; temporaryPassword: string }>(
        admin,
        'POST',
        '/users',
        body,
      );
      return { id, email: body.email, password: temporaryPassword };
    },
    guest: ({ email }) =>
      must(platform, 'POST', '/users', { email, name: 'Gast', roles: ['requester'], hat: member }),
    post,
    signIn: ({ email, password }, other = password) => post('/auth/token', { email, password: other }),
    act: async (caller, id, action) => {
      const tag = await tagOf(caller, `/users/${id}`);
      return caller.call('POST', `/users/${id}/actions/${action}`, undefined, { 'if-match': `"${tag}"` });
    },
    entries: async (caller, entityId) =>
      (await must<{ items: Entry[] }>(caller, 'GET', `/audit-entries?entityId=${entityId}`)).items,
  };
  for (const part of [disabling, administrators, changes, leaving, finding, signInAudit, programAudit])
    await t.test(part.name, (t) => part(t, scene));
});

const withToken = (test: TestApp, url: string, token: string) =>
  test.inject({ url: `/api/v1${url}`, headers: { authorization: `Bearer ${token}` } });

async function disabling(t: Test, scene: Scene): Promise<void> {
  const { test, admin, platform, person, guest, post, signIn, act, entries } = scene;
  await t.test(
    '200: tokens stop at once, under all hats, and the roles come back with the person',
    async (t) => {
      const anna = await person('anna');
      await guest(anna);
      const tokens = bodyOf(await signIn(anna));
      const elsewhere = bodyOf(await post('/auth/hat', scene.memberAdmin.hat, tokens.accessToken));
      const disabled = await act(platform, anna.id, 'disable');
      t.match(bodyOf(disabled), { id: anna.id, isDisabled: true });
      for (const { accessToken, refreshToken } of [tokens, elsewhere]) {
        t.equal(bodyOf(await withToken(test, '/service-requests', accessToken)).code, 'SESSION_ENDED');
        t.equal(bodyOf(await withToken(test, '/me', accessToken)).code, 'SESSION_ENDED');
        t.equal(bodyOf(await post('/auth/refresh', { refreshToken })).code, 'REFRESH_TOKEN_INVALID');
      }
      t.equal(bodyOf(await signIn(anna)).code, 'CREDENTIALS_WRONG');
      t.match(bodyOf(await act(platform, anna.id, 'enable')), { isDisabled: false });
      t.strictSame(bodyOf(await signIn(anna)).hat.roles, ['caseworker']);
      t.equal(
        bodyOf(await withToken(test, '/me', tokens.accessToken)).code,
        'SESSION_ENDED',
        'old ones stay ended',
      );
      for (const side of [admin, scene.memberAdmin]) {
        const told = new Set((await entries(side, anna.id)).map(({ action }) => action));
        for (const action of ['identity.account-enabled', 'identity.account-disabled'])
          t.ok(told.has(action), `every hat of the person reads ${action}`);
      }
    },
  );
  await t.test('401: a sign-in under way when the account is disabled opens nothing', async (t) => {
    const bert = await person('bert');
    let answer: Promise<LightMyRequestResponse> | undefined;
    await test.owner.sql.begin(async (sql) => {
      await sql`update users set is_disabled = true where id = ${bert.id}`;
      answer = signIn(bert);
      await until('the sign-in waits for the outcome', async () => {
        const waiting = await test.owner.sql`select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%from users%for share%'`;
        return waiting.length > 0;
      });
    });
    t.equal((await answer)?.statusCode, 401);
    const live = await test.owner.sql`select from sessions where user_id = ${bert.id} and revoked_at is null`;
    t.equal(live.length, 0);
  });
  await t.test('409: of somebody with roles elsewhere only the platform decides', async (t) => {
    const carla = await person('carla');
    t.equal(
      (await act(admin, carla.id, 'disable')).statusCode,
      200,
      'of the own people the own administrator',
    );
    t.equal((await act(admin, carla.id, 'enable')).statusCode, 200);
    await guest(carla);
    for (const action of ['disable', 'enable'] as const)
      t.equal(bodyOf(await act(admin, carla.id, action)).code, 'ACCOUNT_SHARED');
    t.equal((await act(platform, carla.id, 'disable')).statusCode, 200);
  });
}

async function administrators(t: Test, { test, platform, act }: Scene): Promise<void> {
  const centre = await test.centre('ADM');
  const first = await test.caller(centre, ['centre-admin'], 'Erste');
  await t.test('409: nobody disables himself', async (t) => {
    t.equal(bodyOf(await act(first, first.userId, 'disable')).code, 'ACCOUNT_IS_OWN');
    t.equal(bodyOf(await act(platform, platform.userId, 'disable')).code, 'ACCOUNT_IS_OWN');
  });
  await t.test('409: the last administrator of a hat is neither disabled nor relieved', async (t) => {
    t.equal(bodyOf(await act(platform, first.userId, 'disable')).code, 'LAST_ADMINISTRATOR');
    const relieve = (roles: string[]) => setRoles(first, first.userId, roles);
    await t.rejects(relieve([]), /LAST_ADMINISTRATOR/);
    await t.rejects(relieve(['caseworker']), /LAST_ADMINISTRATOR/);
    const second = await test.caller(centre, ['centre-admin'], 'Zweite');
    t.equal((await act(first, second.userId, 'disable')).statusCode, 200);
    await t.rejects(relieve([]), /LAST_ADMINISTRATOR/, 'one who cannot sign in does not count');
    t.equal((await act(first, second.userId, 'enable')).statusCode, 200);
    t.equal((await act(platform, first.userId, 'disable')).statusCode, 200);
    await act(platform, first.userId, 'enable');
  });
  await t.test('409: of two who shut each other out at once one stays', async (t) => {
    for (let round = 0; round < 5; round += 1) {
      const other = await test.centre(`TWO${'ABCDE'[round]}`);
      const anna = await test.caller(other, ['centre-admin']);
      const otto = await test.caller(other, ['centre-admin']);
      const tags = [await tagOf(anna, `/users/${otto.userId}`), await tagOf(otto, `/users/${anna.userId}`)];
      const disable = (caller: Caller, { userId }: Caller, tag = '') =>
        caller.call('POST', `/users/${userId}/actions/disable`, undefined, { 'if-match': `"${tag}"` });
      const answers = await Promise.all([disable(anna, otto, tags[0]), disable(otto, anna, tags[1])]);
      t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 1);
      const left = await test.owner
        .sql`select from users where id in (${anna.userId}, ${otto.userId}) and not is_disabled`;
      t.equal(left.length, 1);
    }
  });
}

async function changes(t: Test, { admin, person }: Scene): Promise<void> {
  await t.test('412: of two changes of what both have read one holds, of roles as of teams', async (t) => {
    const dora = await person('dora');
    const team = await must<{ id: string }>(admin, 'POST', '/teams', { name: 'Urkunden' });
    const cases = [
      [`/users/${dora.id}`, `/users/${dora.id}/roles`, { roles: ['finance'] }, { roles: ['auditor'] }],
      [
        `/teams/${team.id}`,
        `/teams/${team.id}/members`,
        { memberIds: [dora.id] },
        { memberIds: [admin.userId] },
      ],
    ] as const;
    for (const [url, change, ...bodies] of cases) {
      const headers = { 'if-match': `"${await tagOf(admin, url)}"` };
      const answers = await Promise.all(bodies.map((body) => admin.call('PUT', change, body, headers)));
      t.strictSame(
        answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
        [200, 412],
        change,
      );
      const winner = answers.find(({ statusCode }) => statusCode === 200);
      t.equal(
        winner?.headers['etag'],
        `"${await tagOf(admin, url)}"`,
        'the answer bears the ETag of what is there now',
      );
      t.same(winner?.json(), bodyOf(await admin.call('GET', url)));
    }
  });
}

async function leaving(t: Test, scene: Scene): Promise<void> {
  const { admin, memberAdmin, platform, person, act, entries } = scene;
  await t.test('200: who loses all roles leaves the teams, and can be given roles again', async (t) => {
    const gerd = await person('gerlinde');
    const team = await must<{ id: string }>(admin, 'POST', '/teams', { name: 'Ausweise' });
    const members = `/teams/${team.id}/members`;
    const tag = async (url: string) => ({ 'if-match': `"${await tagOf(admin, url)}"` });
    await admin.call('PUT', members, { memberIds: [gerd.id] }, await tag(`/teams/${team.id}`));
    const url = `/users/${gerd.id}`;
    const left = await admin.call('PUT', `${url}/roles`, { roles: [] }, await tag(url));
    t.equal(left.statusCode, 200, left.body);
    t.match((await admin.call('GET', `/teams/${team.id}`)).json(), { memberIds: [] });
    const body = { email: gerd.email, name: 'gerlinde', roles: ['caseworker'] };
    const elsewhere = await memberAdmin.call('POST', '/users', { ...body, roles: ['requester'] });
    t.equal(elsewhere.statusCode, 409, 'a hat that never met the person');
    const back = await admin.call('POST', '/users', body);
    t.match(bodyOf(back), { id: gerd.id, roles: ['caseworker'], temporaryPassword: null }, back.body);
  });
  await t.test(
    '409: what the platform disabled only the platform enables, and the centre can read it',
    async (t) => {
      const hugo = await person('hubert');
      t.equal((await act(platform, hugo.id, 'disable')).statusCode, 200);
      t.match(bodyOf(await act(admin, hugo.id, 'enable')), { status: 409, code: 'ACCOUNT_LOCKED' });
      const actions = (await entries(admin, hugo.id)).map(({ action }) => action);
      t.ok(actions.includes('identity.account-disabled'), 'the centre sees what was done to its people');
      t.equal((await act(platform, hugo.id, 'enable')).statusCode, 200);
    },
  );
}

async function finding(t: Test, { admin, memberAdmin, platform, person }: Scene): Promise<void> {
  await t.test('200: the platform finds every account by its address, others find colleagues', async (t) => {
    const emil = await person('Emil.Eins');
    const find = async (caller: Caller) =>
      bodyOf(await caller.call('GET', `/users?email=${encodeURIComponent('emil.eins@EXAMPLE.org')}`)).items;
    t.match(await find(platform), [{ id: emil.id, roles: [] }]);
    t.match(await find(admin), [{ id: emil.id, roles: ['caseworker'] }]);
    t.same(await find(memberAdmin), []);
    t.same(bodyOf(await platform.call('GET', '/users?email=nobody@example.org')).items, []);
  });
  await t.test(
    '201: the answer shows all roles the person holds, and whether the account is disabled',
    async (t) => {
      const frida = await person('frida');
      const again = await admin.call('POST', '/users', { email: frida.email, name: 'x', roles: ['finance'] });
      t.match(bodyOf(again), { id: frida.id, isDisabled: false, roles: ['caseworker', 'finance'] });
    },
  );
}

async function signInAudit(t: Test, scene: Scene): Promise<void> {
  const { test, admin, memberAdmin, platform, person, guest, post, signIn, act, entries } = scene;
  const failures = async (caller: Caller, id: string) =>
    (await entries(caller, id)).filter(({ action }) => action === 'identity.sign-in-failed');
  const auditCount = async () =>
    (await test.owner.sql<{ n: number }[]>`select count(*)::int as n from audit_entries`)[0]?.n;
  await t.test('a failed sign-in is told to every hat of the account, and to no other', async (t) => {
    const gerd = await person('gerlinde');
    await signIn(gerd, 'falsch');
    const [entry] = await failures(admin, gerd.id);
    t.match(entry, {
      actor: { kind: 'system' },
      hat: admin.hat,
      details: { reason: 'password', failures: 1, isLocked: false },
    });
    t.same(await failures(memberAdmin, gerd.id), []);
    await guest(gerd);
    await signIn(gerd, 'falsch');
    t.match(await failures(memberAdmin, gerd.id), [{ hat: memberAdmin.hat, details: { failures: 2 } }]);
  });
  await t.test('a lock is told, and what is tried behind it writes nothing more', async (t) => {
    const hilde = await person('hilde');
    for (let i = 0; i < LIMIT * 3; i += 1) await signIn(hilde, 'falsch');
    const told = await failures(admin, hilde.id);
    t.equal(told.length, LIMIT);
    t.match(told[0], { details: { failures: LIMIT, isLocked: true } });
    t.equal(told.filter(({ details }) => details['isLocked']).length, 1);
    clock.set(plusSeconds(clock.now(), 901));
    await signIn(hilde, 'falsch');
    t.equal((await failures(admin, hilde.id)).length, LIMIT + 1, 'a new window is told again');
  });
  await t.test('the right password of a disabled account is told as such', async (t) => {
    const ida = await person('ida');
    await act(platform, ida.id, 'disable');
    await signIn(ida);
    t.match(await failures(admin, ida.id), [{ details: { reason: 'disabled' } }]);
  });
  await t.test('a wrong present password counts as a failed sign-in', async (t) => {
    const jan = await person('jan');
    const { accessToken } = bodyOf(await signIn(jan));
    await post(
      '/auth/password',
      { currentPassword: 'falsch', newPassword: 'eine lange Losung' },
      accessToken,
    );
    t.match(await failures(admin, jan.id), [{ details: { reason: 'password', failures: 1 } }]);
  });
  await t.test('of accounts that do not exist nothing is written', async (t) => {
    const before = await auditCount();
    for (let i = 0; i < 3; i += 1)
      await post('/auth/token', { email: `${newId()}@example.org`, password: 'falsch' });
    t.equal(await auditCount(), before);
  });
  await t.test('re-use of a refresh token is told once', async (t) => {
    const karl = await person('karl');
    const { refreshToken } = bodyOf(await signIn(karl));
    for (let i = 0; i < 4; i += 1) await post('/auth/refresh', { refreshToken });
    const told = (await entries(admin, karl.id)).filter(
      ({ action }) => action === 'identity.refresh-token-reused',
    );
    t.equal(told.length, 1);
  });
}

async function programAudit(t: Test, { test, admin, post, entries }: Scene): Promise<void> {
  const make = { name: 'Fachverfahren', scopes: ['requests:read', 'requests:work'] };
  const { clientId, clientSecret } = bodyOf(await admin.call('POST', '/machine-accounts', make));
  const token = (client_id: string, client_secret: string, more: object = {}) =>
    post('/auth/client-token', { grant_type: 'client_credentials', client_id, client_secret, ...more });
  const actions = async (action: string) =>
    (await entries(admin, clientId)).filter((entry) => entry.action === action);
  await t.test('each token is told, with its scopes', async (t) => {
    await token(clientId, clientSecret, { scope: 'requests:read' });
    t.match(await actions('identity.client-token-issued'), [
      { actor: { id: clientId, kind: 'machine' }, hat: admin.hat, details: { scopes: ['requests:read'] } },
    ]);
  });
  await t.test('refusals are told up to the limit of a window, and never hold up the program', async (t) => {
    for (let i = 0; i < LIMIT * 3; i += 1)
      t.equal(bodyOf(await token(clientId, 'x'.repeat(43))).code, 'CLIENT_INVALID');
    const told = await actions('identity.client-token-refused');
    t.equal(told.length, LIMIT);
    t.match(told[0], { actor: { kind: 'system' }, details: { failures: LIMIT, isDisabled: false } });
    t.equal((await token(clientId, clientSecret)).statusCode, 200);
  });
  await t.test('of ids that nobody has nothing is written, here or in the counters', async (t) => {
    const count = async () =>
      (await test.owner.sql`select from audit_entries`).length +
      (await test.owner.sql`select from login_attempts`).length;
    const before = await count();
    t.equal(bodyOf(await token(newId(), clientSecret)).code, 'CLIENT_INVALID');
    t.equal(await count(), before);
  });
  await t.test('the right secret of a disabled program is told as such, and opens nothing', async (t) => {
    clock.set(plusSeconds(clock.now(), 901));
    t.equal((await admin.call('DELETE', `/machine-accounts/${clientId}`)).statusCode, 204);
    t.equal(bodyOf(await token(clientId, clientSecret)).code, 'CLIENT_INVALID');
    t.match((await actions('identity.client-token-refused'))[0], {
      details: { failures: 1, isDisabled: true },
    });
  });
}
