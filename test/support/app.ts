import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import type { Test } from 'tap';
import { buildApp } from '../../src/app.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { createModules, type Modules, moduleSettings } from '../../src/modules.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { type Hat, type HatContext, PLATFORM_HAT_ID } from '../../src/platform/context.ts';
import { type Database, type DatabaseTarget, openDatabase } from '../../src/platform/db/database.ts';
import { type Refusing, refusalsOf } from '../../src/platform/http/refusals.ts';
import { newId } from '../../src/platform/ids.ts';
import { permissionsOf } from '../../src/platform/permissions.ts';
import { createTestDatabase } from './database.ts';

const AUTH_SECRET = 'a secret for tests only, long enough to sign';

/** No password fits it. */
const UNUSABLE_HASH = `$scrypt$ln=12$${'A'.repeat(22)}$${'A'.repeat(43)}`;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A person under one hat, able to call the API. */
export interface Caller {
  readonly hat: Hat;
  readonly userId: string;
  readonly token: string;
  readonly context: HatContext;
  call(
    method: Method,
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>;
}

export interface TestApp {
  readonly app: FastifyInstance;
  readonly modules: Modules;
  readonly db: Database;
  /** As the schema's owner, outside row-level security where the owner is a superuser: for looking and for arranging. */
  readonly owner: Database;
  readonly target: DatabaseTarget;
  readonly config: Config;
  /** Makes an organisation, or a centre with its operator. */
  organisation(name: string, ags?: string): Promise<Hat>;
  centre(code: string, members?: readonly Hat[]): Promise<Hat>;
  caller(hat: Hat, roles: readonly string[], name?: string): Promise<Caller>;
  inject(options: InjectOptions): Promise<LightMyRequestResponse>;
}

export const PLATFORM: Hat = { kind: 'platform', id: PLATFORM_HAT_ID };

/** An application on a database of its own; both go when the test file ends. */
export async function startTestApp(
  t: Test,
  options: { clock?: Clock; env?: Record<string, string> } = {},
): Promise<TestApp> {
  const database = await createTestDatabase();
  const config = loadConfig({
    LOG_LEVEL: 'silent',
    PASSWORD_COST: '12',
    RATE_LIMIT_PER_MINUTE: '1000000',
    ...options.env,
  });
  const clock = options.clock ?? systemClock;
  const db = openDatabase(database.target, 'verbund_app', 10);
  const owner = openDatabase(database.target, 'owner', 2);
  const modules = createModules({ db, clock, settings: moduleSettings(config, AUTH_SECRET) });
  const logger = pino({ level: config.LOG_LEVEL });
  const app = await buildApp({
    config,
    authSecret: AUTH_SECRET,
    clock,
    logger,
    modules,
    probes: [],
    measures: [],
  });
  refuseUndeclared(app);
  await app.ready();
  t.teardown(async () => {
    await app.close();
    await Promise.all([db.end(), owner.end()]);
    await database.drop();
  });
  return {
    app,
    modules,
    db,
    owner,
    target: database.target,
    config,
    ...world(app, owner, clock),
    inject: (request) => app.inject(request),
  };
}

/** Whatever a route refuses in any test stands in the API document; what does not becomes a 500 that names it. */
function refuseUndeclared(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const { url, schema, config, method } = request.routeOptions;
    if (reply.statusCode < 400 || url === undefined || schema?.hide === true) return payload;
    const { code } = JSON.parse(String(payload)) as { code: string };
    if (refusalsOf({ config, method, schema } as Refusing).some((problem) => problem.code === code))
      return payload;
    reply.code(500);
    return `${method} ${url} answers ${code}, which neither follows from its schema nor stands in config.refuses`;
  });
}

function world(
  app: FastifyInstance,
  owner: Database,
  clock: Clock,
): Pick<TestApp, 'organisation' | 'centre' | 'caller'> {
  const { sql } = owner;
  const organisation = async (name: string, ags?: string): Promise<Hat> => {
    const id = newId();
    await sql`insert into organisations (id, ags, name, kind) values (${id}, ${ags ?? null}, ${name}, 'municipality')`;
    return { kind: 'organisation', id };
  };
  const centre = async (code: string, members: readonly Hat[] = []): Promise<Hat> => {
    const id = newId();
    const operator = await organisation(`Träger ${code}`);
    await sql`insert into centres (id, operator_id, code, name) values (${id}, ${operator.id}, ${code}, ${`Zentrum ${code}`})`;
    for (const member of members) {
      await sql`insert into centre_members (centre_id, organisation_id, joined_on) values (${id}, ${member.id}, '2020-01-01')`;
    }
    return { kind: 'centre', id };
  };
  const caller = async (hat: Hat, roles: readonly string[], name = 'Test Person'): Promise<Caller> => {
    const userId = newId();
    const sessionId = newId();
    await sql`insert into users (id, email, name, password_hash) values (${userId}, ${`${userId}@example.org`}, ${name}, ${UNUSABLE_HASH})`;
    for (const role of roles)
      await sql`insert into role_assignments (user_id, hat_kind, hat_id, role) values (${userId}, ${hat.kind}, ${hat.id}, ${role})`;
    await sql`insert into sessions (id, family_id, user_id, hat_kind, hat_id) values (${sessionId}, ${newId()}, ${userId}, ${hat.kind}, ${hat.id})`;
    const claims = {
      sub: userId,
      nam: name,
      act: 'user',
      sid: sessionId,
      hat: [hat.kind, hat.id],
      rol: roles,
    };
    const token = app.jwt.sign(claims as never, { expiresIn: 3600 });
    const actor = { id: userId, name, kind: 'user' as const };
    const context: HatContext = {
      hat,
      actor,
      sessionId,
      onBehalfOf: null,
      permissions: permissionsOf(roles),
      requestId: newId(),
      now: clock.now(),
      idempotency: null,
    };
    const call: Caller['call'] = (method, url, body, headers = {}) =>
      app.inject({
        method,
        url: `/api/v1${url}`,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      });
    return { hat, userId, token, context, call };
  };
  return { organisation, centre, caller };
}
