import type { LightMyRequestResponse } from 'fastify';
import tap, { type Test } from 'tap';
import { permissionsOf } from '../../src/platform/permissions.ts';
import { type Caller, startTestApp } from '../support/app.ts';
import { type Operation, operationsOf, urlOf } from '../support/operations.ts';
import type { Reach, Target, TenantRow } from '../support/tenant-row.ts';
import { TENANT_ROWS } from '../support/tenant-rows.ts';
import {
  allRoles,
  makeTenantWorld,
  rolesWithout,
  type Side,
  type TenantWorld,
} from '../support/tenant-world.ts';

/**
 * Every route of the API document × every kind of caller who has no business there. The rows (test/support/tenant-rows.ts) say
 * how to make something that the own hat may touch; what follows for all others is derived here. The own hat calls last, so
 * that a refusal can never be one of a request that nobody could make.
 */

interface Expected {
  readonly status: number | 'whatever is their own';
  readonly code?: string;
}

interface Outsider {
  readonly name: string;
  readonly token: string | undefined;
  /** Sees the target rightfully. */
  readonly isShown: boolean;
  readonly expected: Expected;
}

function send(
  world: TenantWorld,
  operation: Operation,
  target: Target,
  token?: string,
): Promise<LightMyRequestResponse> {
  return world.test.inject({
    method: operation.method,
    url: urlOf(operation, target),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(target.contentType === undefined ? {} : { 'content-type': target.contentType }),
      ...(target.ifMatch === undefined ? {} : { 'if-match': `"${target.ifMatch}"` }),
    },
    ...(target.body === undefined ? {} : { payload: target.body as object }),
  });
}

/** What a hat with nothing to do with the target is to be answered. */
function expectedFor(row: TenantRow, access: string, caller: Caller, reach: Reach): Expected {
  const mayCall = access === 'signed-in' || permissionsOf(allRoles(caller.hat)).has(access);
  if (!mayCall) return { status: 403, code: 'FORBIDDEN' };
  if (reach === 'hidden') return { status: 404, code: 'NOT_FOUND' };
  return { status: reach === 'self' ? 'whatever is their own' : row.own };
}

async function foreignHats(
  world: TenantWorld,
  row: TenantRow,
  access: string,
  isEnding: boolean,
): Promise<Outsider[]> {
  const { own, other, platform, test } = world;
  const hats: [string, Caller, Reach][] = [
    ['the neighbour at the same centre', own.neighbour, row.neighbour ?? row.reach],
    ['a municipality elsewhere', other.member, row.reach],
    ['another centre', other.centre, row.reach],
  ];
  if (row.as !== 'platform' && row.platformMay === undefined)
    hats.push(['the platform', platform, row.reach]);
  const outsiders = hats.map(async ([name, caller, reach]) => ({
    name,
    token: isEnding ? (await test.caller(caller.hat, allRoles(caller.hat))).token : caller.token,
    isShown: reach === 'open',
    expected: expectedFor(row, access, caller, reach),
  }));
  return Promise.all(outsiders);
}

async function brokenTokens(world: TenantWorld, caller: Caller): Promise<Outsider[]> {
  const { app, owner } = world.test;
  const claims = app.jwt.decode<Record<string, unknown>>(caller.token) ?? {};
  const { iat: _iat, exp: _exp, ...lasting } = claims;
  const [head = '', , signature = ''] = caller.token.split('.');
  const better = caller.hat.kind === 'platform' ? world.other.centre.hat : world.platform.hat;
  const promoted = { ...claims, hat: [better.kind, better.id], rol: allRoles(better) };
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const ended = await world.test.caller(caller.hat, allRoles(caller.hat));
  await owner.sql`update sessions set revoked_at = now() where user_id = ${ended.userId}`;
  const tokens: [name: string, token: string | undefined, code: string][] = [
    ['nobody', undefined, 'TOKEN_INVALID'],
    ['a token with changed content', `${head}.${encode(promoted)}.${signature}`, 'TOKEN_INVALID'],
    [
      'a token without signature',
      `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`,
      'TOKEN_INVALID',
    ],
    [
      'an expired token',
      app.jwt.sign({ ...lasting, iat: 1_600_000_000 } as never, { expiresIn: 60 }),
      'TOKEN_INVALID',
    ],
    ['a session that was ended', ended.token, 'SESSION_ENDED'],
  ];
  return tokens.map(([name, token, code]) => ({
    name,
    token,
    isShown: false,
    expected: { status: 401, code },
  }));
}

/** A hat of the same party that holds every role but those that give the permission. */
async function withoutPermission({ test }: TenantWorld, caller: Caller, access: string): Promise<Outsider[]> {
  if (access === 'signed-in') return [];
  const { token } = await test.caller(caller.hat, rolesWithout(caller.hat, access));
  const expected = { status: 403, code: 'FORBIDDEN' };
  return [{ name: 'the same party without the permission', token, isShown: false, expected }];
}

/** All who call before the own hat does. A route without access control has none. */
async function outsidersOf(
  world: TenantWorld,
  { access }: Operation,
  row: TenantRow,
  target: Target,
): Promise<Outsider[]> {
  if (access === 'public') return [];
  const caller = ownCaller(world, row, target);
  return [
    ...(await foreignHats(world, row, access, target.caller !== undefined)),
    ...(await withoutPermission(world, caller, access)),
    ...(await brokenTokens(world, caller)),
  ];
}

function judge(t: Test, answer: LightMyRequestResponse, who: Outsider, secret: string | undefined): void {
  const { name, expected, isShown } = who;
  const { statusCode, body } = answer;
  if (expected.status === 'whatever is their own') t.ok(statusCode < 500, `${statusCode}: ${name}`);
  else
    t.equal(
      statusCode,
      expected.status,
      `${expected.status}: ${name}${statusCode === expected.status ? '' : ` ${body}`}`,
    );
  if (expected.code !== undefined)
    t.equal(answer.json<{ code?: string }>().code, expected.code, `${name}: ${expected.code}`);
  if (secret !== undefined && !isShown) t.notOk(body.includes(secret), `${name} learns nothing of it`);
}

function ownCaller(world: TenantWorld, row: TenantRow, target: Target): Caller {
  if (target.caller !== undefined) return target.caller;
  return row.as === 'platform' ? world.platform : world.own[row.as === 'member' ? 'member' : 'centre'];
}

/** The other side's ids in what the own hat sends: refused, or found to be nothing. */
async function tryForeignIds(
  t: Test,
  world: TenantWorld,
  operation: Operation,
  row: TenantRow,
): Promise<void> {
  for (const [name, [change, status]] of Object.entries(row.foreignIds ?? {})) {
    const target = change(await row.make(world), world.other);
    const before = await world.journal.mark();
    const answer = await send(
      world,
      operation,
      target,
      row.as === 'nobody' ? undefined : ownCaller(world, row, target).token,
    );
    t.equal(
      answer.statusCode,
      status,
      `${status}: names ${name}${answer.statusCode === status ? '' : ` ${answer.body}`}`,
    );
    if (status === 200) t.same(answer.json<{ items: unknown[] }>().items, [], `names ${name}: an empty list`);
    t.same(await world.journal.since(before, idsOf(world.other)), [], `names ${name}: nothing changed there`);
  }
}

const idsOf = (side: Side): string[] => [side.centre.hat.id, side.member.hat.id];

/** Whose rows stay as they are. What the neighbour makes for itself at the same centre is nothing of the member's. */
const watched = (side: Side, { neighbour }: TenantRow): string[] =>
  neighbour === 'self' ? [side.member.hat.id] : idsOf(side);

tap.setTimeout(180_000);

tap.test('tenant matrix', async (t) => {
  // Nothing is mailed: no worker runs.
  const env = { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'verbund@example.org' };
  const test = await startTestApp(t, { env });
  const world = await makeTenantWorld(test);
  const operations = operationsOf(test.app);

  await t.test('rows: each operation has one, and each row an operation', async (t) => {
    const named = operations.map(({ id }) => id);
    const rows = Object.keys(TENANT_ROWS);
    t.ok(named.length > 40, 'the API document was read');
    t.same(
      named.filter((id) => !rows.includes(id)),
      [],
      'operations without a row in test/support/tenant-rows.ts',
    );
    t.same(
      rows.filter((id) => !named.includes(id)),
      [],
      'rows without an operation',
    );
  });

  for (const operation of operations) {
    const row = TENANT_ROWS[operation.id];
    if (row === undefined) continue;
    await t.test(`${row.own}: ${operation.id}, and nobody else`, async (t) => {
      const target = await row.make(world);
      const caller = ownCaller(world, row, target);
      const outsiders = await outsidersOf(world, operation, row, target);
      const before = await world.journal.mark();
      for (const who of outsiders)
        judge(t, await send(world, operation, target, who.token), who, target.secret);
      t.same(
        await world.journal.since(before, watched(world.own, row)),
        [],
        'none of them has changed anything',
      );
      const answer = await send(world, operation, target, row.as === 'nobody' ? undefined : caller.token);
      t.equal(
        answer.statusCode,
        row.own,
        `${row.own}: the own hat${answer.statusCode === row.own ? '' : ` ${answer.body}`}`,
      );
      if (target.secret !== undefined && answer.statusCode !== 204)
        t.ok(answer.body.includes(target.secret), 'the own hat is shown it');
      await tryForeignIds(t, world, operation, row);
    });
  }
});
