import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '../src/backing.ts';
import { systemClock } from '../src/platform/clock.ts';
import { type Database, type DatabaseTarget, openDatabase } from '../src/platform/db/database.ts';
import { startThrowaway } from '../src/platform/embedded/index.ts';
import { newId } from '../src/platform/ids.ts';
import type { QueueTarget } from '../src/platform/jobs/queues.ts';
import { pgbench, requestsPerSecond, type Shape, start } from './load.ts';
import { bareQueue, outboxQueue } from './queue.ts';
import { copiedEvents, fillYear, streamedEvents, sumsOfYear } from './usage.ts';
import { fillClaimable, fillRequests, makeWorld, type World } from './world.ts';

/** Every figure against a floor measured in the same run on the same server: ratios travel between machines, seconds do not. */
interface Figure {
  readonly what: string;
  readonly perSecond: number;
  readonly floor: string;
  readonly floorPerSecond: number;
  readonly aim: number;
}

const JOBS = 3000;
const SECONDS = Number(process.argv[2] ?? 6);
/** Events in the year that is summed up. */
const EVENTS = Number(process.argv[3] ?? 2_000_000);
const STREAMED = 50_000;
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
const folder = mkdtempSync(path.join(tmpdir(), 'verbund-bench-'));
const script = (name: string, text: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};

const THREE_INSERTS = `begin;
insert into floor_requests (body) values ('x') returning id \\gset
insert into floor_events (request_id, body) values (:id, 'x');
insert into floor_outbox (request_id, body) values (:id, 'x');
commit;
`;
const CLAIM = `begin;
update floor_queue set taken = true where id = (select id from floor_queue where not taken order by id limit 1 for update skip locked);
insert into floor_events (request_id, body) values (1, 'x');
insert into floor_outbox (request_id, body) values (1, 'x');
commit;
`;

const FLOOR_TABLES = `
create table floor_requests (id bigserial primary key, body text);
create table floor_events (id bigserial primary key, request_id bigint, body text);
create table floor_outbox (id bigserial primary key, request_id bigint, body text);
create table floor_queue (id bigserial primary key, taken boolean not null default false);
create index on floor_queue (id) where not taken;
insert into floor_queue select from generate_series(1, 400000);
create table floor_usage (id uuid primary key, organisation_id uuid, service_id uuid, source text, key text, quantity numeric, occurred_at timestamptz, unique (source, key));
`;
const BATCH = 1000;
const USAGE_ROWS = `insert into floor_usage select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'floor', gen_random_uuid()::text, 1, now() from generate_series(1, ${BATCH});
`;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<void> {
  const server = await startThrowaway({ settings: DURABLE });
  try {
    const target: DatabaseTarget = {
      kind: 'socket',
      host: server.host,
      port: server.port,
      database: 'postgres',
    };
    await migrate(target);
    const owner = openDatabase(target, 'owner', 2);
    report(await measure(target, owner));
    await owner.end();
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

/** What every measurement stands on. */
interface Stage {
  readonly target: DatabaseTarget;
  readonly sql: Database['sql'];
  readonly world: World;
  readonly api: string;
  readonly constantPerSecond: number;
  readonly add: (figure: Figure) => void;
}

async function measure(target: DatabaseTarget, { sql }: Database): Promise<Figure[]> {
  const world = await makeWorld(sql);
  await sql.unsafe(FLOOR_TABLES);
  const constant = await start('constant.js');
  const constantPerSecond = await requestsPerSecond(constant.address, { method: 'GET', path: '/' }, SECONDS);
  constant.stop();
  const api = await start('api.js', JSON.stringify(target));
  const figures: Figure[] = [];
  const add = (figure: Figure): void => {
    figures.push(figure);
    say(lineOf(figure));
  };
  const stage: Stage = { target, sql, world, api: api.address, constantPerSecond, add };
  await measureQueues(stage); // first, while the outbox is empty
  await measureFiling(stage);
  await measureUsage(stage);
  await measureStream(stage);
  await measureSums(stage);
  await fillRequests(sql, world, 1, 10_000);
  await measureReading(stage);
  await measureListing(stage);
  api.stop();
  return figures;
}

async function measureFiling({ target, world, api, add }: Stage): Promise<void> {
  const perSecond = await requestsPerSecond(api, filing(world), SECONDS);
  const floorPerSecond = await pgbench(target, script('inserts.sql', THREE_INSERTS), SECONDS);
  add({ what: 'file a request', perSecond, floor: 'pgbench, 3 inserts', floorPerSecond, aim: 0.2 });
}

/** Events a second, against the same rows written by one statement without keys, agreements or rights. */
async function measureUsage({ target, world, api, add }: Stage): Promise<void> {
  const batches = await requestsPerSecond(api, usageBatch(world), SECONDS);
  const floor = await pgbench(target, script('usage.sql', USAGE_ROWS), SECONDS);
  add({
    what: 'usage events, batches of 1,000',
    perSecond: batches * BATCH,
    floor: 'pgbench, 1,000 rows in one insert',
    floorPerSecond: floor * BATCH,
    aim: 0.1,
  });
}

/** One sender, against COPY of the same rows into the same table. */
async function measureStream({ sql, world, api, add }: Stage): Promise<void> {
  const perSecond = await streamedEvents(api, world, STREAMED);
  const floorPerSecond = await copiedEvents(sql, world, STREAMED);
  add({ what: 'usage events, one NDJSON stream', perSecond, floor: 'COPY', floorPerSecond, aim: 0.3 });
}

/** The usage of a year as a run takes it; `npm run bench -- 6 10000000` for a big year. */
async function measureSums({ target, sql, world, add }: Stage): Promise<void> {
  say(`filling a year with ${EVENTS} usage events …`);
  await fillYear(sql, world, EVENTS);
  const { rollups, raw } = await sumsOfYear(sql, target, world);
  const floor = 'one aggregate over the events';
  add({ what: `usage of a year, ${EVENTS} events`, perSecond: rollups, floor, floorPerSecond: raw, aim: 50 });
  say(`  ${(1000 / rollups).toFixed(0)} ms instead of ${(1000 / raw).toFixed(0)} ms`);
}

async function measureReading({ sql, world, api, constantPerSecond, add }: Stage): Promise<void> {
  const perSecond = await requestsPerSecond(api, await reading(sql, world), SECONDS);
  add({
    what: 'read one request',
    perSecond,
    floor: 'constant route',
    floorPerSecond: constantPerSecond,
    aim: 0.15,
  });
}

async function measureListing({ target, sql, world, api, constantPerSecond, add }: Stage): Promise<void> {
  const versusConstant = { floor: 'constant route', floorPerSecond: constantPerSecond, aim: 0.03 };
  const small = await requestsPerSecond(api, listing(world), SECONDS);
  add({ what: 'newest 50 open of a team, 10,000 in the table', perSecond: small, ...versusConstant });
  await fillClaimable(sql, world, 40_000);
  const claim = {
    method: 'POST',
    path: '/api/v1/service-requests/claim',
    headers: bearer(world.caseworker),
  } as const;
  const claims = await requestsPerSecond(api, claim, Math.min(SECONDS, 6));
  const claimFloor = await pgbench(target, script('claim.sql', CLAIM), SECONDS);
  add({ what: 'claim', perSecond: claims, floor: 'pgbench, claim', floorPerSecond: claimFloor, aim: 0.1 });
  say('filling the table up to 1,000,000 requests …');
  await fillRequests(sql, world, 10_001, 1_000_000);
  const large = await requestsPerSecond(api, listing(world), SECONDS);
  add({ what: 'newest 50 open of a team, 1,000,000 in the table', perSecond: large, ...versusConstant });
  add({
    what: 'the same, against 10,000',
    perSecond: large,
    floor: 'list at 10,000',
    floorPerSecond: small,
    aim: 1 / 1.3,
  });
}

/** Both backends; Redis where one is given, for none comes with the program. */
async function measureQueues({ target: database, add }: Stage): Promise<void> {
  const { REDIS_URL } = process.env;
  const targets: QueueTarget[] = [{ backend: 'postgres', database }];
  if (REDIS_URL === undefined) say('queues on Redis are measured only with REDIS_URL');
  else targets.push({ backend: 'redis', url: REDIS_URL, prefix: `bench-${process.pid}` });
  for (const target of targets) {
    const floorPerSecond = await bareQueue(target, JOBS);
    const perSecond = await outboxQueue(database, target, JOBS);
    add({
      what: `jobs through the outbox, queues on ${target.backend}`,
      perSecond,
      floor: 'BullMQ alone',
      floorPerSecond,
      aim: 0.5,
    });
  }
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function usageBatch({ memberId: organisationId, serviceId, finance }: World): Shape {
  const headers = { ...bearer(finance), 'content-type': 'application/json' };
  const occurredAt = systemClock.now();
  const event = () => ({
    organisationId,
    serviceId,
    source: 'bench',
    idempotencyKey: newId(),
    quantity: '1',
    occurredAt,
  });
  return {
    method: 'POST',
    path: '/api/v1/usage-events',
    setupRequest: (request) => ({
      ...request,
      headers,
      body: JSON.stringify(Array.from({ length: BATCH }, event)),
    }),
  };
}

/** Each with a key of its own, as a careful client sends it. */
function filing(world: World): Shape {
  const body = JSON.stringify({
    serviceId: world.serviceId,
    subject: 'Geburtsurkunde',
    formData: { registerNumber: 'G 12/2026', copies: 2 },
    submit: true,
  });
  const headers = { ...bearer(world.requester), 'content-type': 'application/json' };
  return {
    method: 'POST',
    path: '/api/v1/service-requests',
    setupRequest: (request) => ({ ...request, body, headers: { ...headers, 'idempotency-key': newId() } }),
  };
}

async function reading(sql: Database['sql'], world: World): Promise<Shape> {
  const rows = await sql<{ id: string }[]>`select id from service_requests limit 1000`;
  let next = 0;
  const headers = bearer(world.requester);
  const setupRequest: NonNullable<Shape['setupRequest']> = (request) => {
    next = (next + 1) % rows.length;
    return { ...request, path: `/api/v1/service-requests/${rows[next]?.id}` };
  };
  return { method: 'GET', headers, setupRequest };
}

function listing(world: World): Shape {
  return {
    method: 'GET',
    path: `/api/v1/service-requests?teamId=${world.teamId}&open=true&limit=50`,
    headers: bearer(world.caseworker),
  };
}

function lineOf({ what, perSecond, floor, floorPerSecond, aim }: Figure): string {
  const ratio = perSecond / floorPerSecond;
  const verdict = ratio >= aim ? 'reached' : 'BELOW  ';
  return `${what.padEnd(50)} ${perSecond.toFixed(0).padStart(7)}/s  ${ratio.toFixed(3)} of ${floor} (${floorPerSecond.toFixed(0)}/s), aim ${aim.toFixed(3)}: ${verdict}`;
}

function report(figures: readonly Figure[]): void {
  const missed = figures.filter(({ perSecond, floorPerSecond, aim }) => perSecond / floorPerSecond < aim);
  say(`\n${figures.length - missed.length} of ${figures.length} aims reached`);
  process.exitCode = missed.length === 0 ? 0 : 1;
}

await main();
