import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '../src/backing.ts';
import { type Database, type DatabaseTarget, openDatabase } from '../src/platform/db/database.ts';
import { startThrowaway } from '../src/platform/embedded/index.ts';
import { newId } from '../src/platform/ids.ts';
import type { QueueTarget } from '../src/platform/jobs/queues.ts';
import { pgbench, requestsPerSecond, type Shape, start } from './load.ts';
import { bareQueue, outboxQueue } from './queue.ts';
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

async function measure(target: DatabaseTarget, owner: Database): Promise<Figure[]> {
  const { sql } = owner;
  const world = await makeWorld(sql);
  await sql.unsafe(`create table floor_requests (id bigserial primary key, body text); create table floor_events (id bigserial primary key, request_id bigint, body text);
    create table floor_outbox (id bigserial primary key, request_id bigint, body text); create table floor_queue (id bigserial primary key, taken boolean not null default false);
    create index on floor_queue (id) where not taken; insert into floor_queue select from generate_series(1, 400000);`);
  const constant = await start('constant.js');
  const api = await start('api.js', JSON.stringify(target));
  const figures: Figure[] = [];
  const add = (figure: Figure): void => {
    figures.push(figure);
    say(line(figure));
  };
  const constantPerSecond = await requestsPerSecond(constant.address, { method: 'GET', path: '/' }, SECONDS);
  const insertsPerSecond = await pgbench(target, script('inserts.sql', THREE_INSERTS), SECONDS);
  const versusConstant = { floor: 'constant route', floorPerSecond: constantPerSecond };

  add({
    what: 'file a request',
    perSecond: await requestsPerSecond(api.address, filing(world), SECONDS),
    floor: 'pgbench, 3 inserts',
    floorPerSecond: insertsPerSecond,
    aim: 0.2,
  });
  await measureQueues(target, add);
  await fillRequests(sql, world, 1, 10_000);
  add({
    what: 'read one request',
    perSecond: await requestsPerSecond(api.address, await reading(sql, world), SECONDS),
    ...versusConstant,
    aim: 0.15,
  });
  const small = await requestsPerSecond(api.address, listing(world), SECONDS);
  add({
    what: 'newest 50 open of a team, 10,000 in the table',
    perSecond: small,
    ...versusConstant,
    aim: 0.03,
  });
  await fillClaimable(sql, world, 40_000);
  const claimsPerSecond = await requestsPerSecond(
    api.address,
    { method: 'POST', path: '/api/v1/service-requests/claim', headers: bearer(world.caseworker) },
    Math.min(SECONDS, 6),
  );
  add({
    what: 'claim',
    perSecond: claimsPerSecond,
    floor: 'pgbench, claim',
    floorPerSecond: await pgbench(target, script('claim.sql', CLAIM), SECONDS),
    aim: 0.1,
  });
  say('filling the table up to 1,000,000 requests …');
  await fillRequests(sql, world, 10_001, 1_000_000);
  const large = await requestsPerSecond(api.address, listing(world), SECONDS);
  add({
    what: 'newest 50 open of a team, 1,000,000 in the table',
    perSecond: large,
    ...versusConstant,
    aim: 0.03,
  });
  add({
    what: 'the same, against 10,000',
    perSecond: large,
    floor: 'list at 10,000',
    floorPerSecond: small,
    aim: 1 / 1.3,
  });
  api.stop();
  constant.stop();
  return figures;
}

/** Both backends; Redis where one is given, for none comes with the program. */
async function measureQueues(database: DatabaseTarget, add: (figure: Figure) => void): Promise<void> {
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

function line({ what, perSecond, floor, floorPerSecond, aim }: Figure): string {
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
