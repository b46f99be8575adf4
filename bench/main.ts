import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '../src/backing.ts';
import { type Database, type DatabaseTarget, openDatabase } from '../src/platform/db/database.ts';
import type { QueueTarget } from '../src/platform/jobs/queues.ts';
import { ownTime, startTime, writeAllocation } from './compute.ts';
import { type Figure, lineOf, report, say } from './figures.ts';
import { pgbench, requestsPerSecond, start } from './load.ts';
import { bareQueue, outboxQueue } from './queue.ts';
import { bearer, filing, listing, reading, usageBatch } from './requests.ts';
import { startServer } from './server.ts';
import { statementsOfYear } from './statements.ts';
import { copiedEvents, streamedEvents } from './usage.ts';
import { fillClaimable, fillRequests, makeWorld, type World } from './world.ts';
import { makeYear } from './year.ts';
import { sharedYear, sumsOfYear } from './year-sums.ts';

const JOBS = 3000;
const SECONDS = Number(process.argv[2] ?? 6);
/** Events in the year that is summed up. */
const EVENTS = Number(process.argv[3] ?? 2_000_000);
/** Parts to measure; all when none is named. */
const WANTED = (process.argv[4] ?? '').split(',').filter((name) => name !== '');
/** Who is billed: a large centre. */
const MEMBERS = 400;
const STREAMED = Math.min(EVENTS, 1_000_000);
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

async function main(): Promise<void> {
  const server = await startServer(process.env['DATABASE_URL']);
  try {
    await migrate(server.target);
    const owner = openDatabase(server.target, 'owner', 2);
    report(await measure(server.target, owner));
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
  readonly add: (figure: Figure) => void;
}

/** In this order: queues first, while the outbox is empty. */
const PARTS = {
  queues: measureQueues,
  filing: measureFiling,
  usage: measureUsage,
  stream: measureStream,
  year: measureYear,
  compute: measureCompute,
  statements: measureStatements,
  requests: measureRequests,
} as const;

async function measure(target: DatabaseTarget, { sql }: Database): Promise<Figure[]> {
  const strange = WANTED.filter((name) => !Object.hasOwn(PARTS, name));
  if (strange.length > 0)
    throw new Error(`there are ${Object.keys(PARTS).join(', ')}, not ${strange.join(', ')}`);
  const world = await makeWorld(sql);
  await sql.unsafe(FLOOR_TABLES);
  const api = await start('api.js', JSON.stringify(target));
  const figures: Figure[] = [];
  const add = (figure: Figure): void => {
    figures.push(figure);
    say(lineOf(figure));
  };
  const stage: Stage = { target, sql, world, api: api.address, add };
  for (const [name, part] of Object.entries(PARTS)) {
    if (WANTED.length === 0 || WANTED.includes(name)) await part(stage);
  }
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
  const batches = await requestsPerSecond(api, usageBatch(world, BATCH), SECONDS);
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

/** A year of usage, shared out: `npm run bench -- 5 10000000 year` for a big one. */
async function measureYear({ target, sql, add }: Stage): Promise<void> {
  say(`filling a year with ${EVENTS} usage events …`);
  const year = await makeYear(sql, target, EVENTS);
  const { gathered, raw, sums, events, rollups } = await sumsOfYear(sql, target, year);
  add({
    what: `usage of a year, ${events} events`,
    perSecond: 1000 / gathered,
    floor: 'one aggregate over the events',
    floorPerSecond: 1000 / raw,
    // The aggregate grows with the events, the roll-ups do not.
    aim: 50 * Math.min(1, EVENTS / 10_000_000),
  });
  say(
    `  ${sums} sums, the same both ways, in ${ms(gathered)} instead of ${ms(raw)}; ${rollups} roll-ups by month`,
  );
  const { created, lines } = await sharedYear(sql, target, year);
  say(
    `  a run of ${lines} lines gathered, computed and stored in ${ms(created)}, ${(created / raw).toFixed(1)} of that aggregate`,
  );
}

/** Calculation files, offline. */
async function measureCompute({ add }: Stage): Promise<void> {
  for (const mode of ['cascade', 'composite'] as const) {
    const { allocating, whole, json } = await ownTime(writeAllocation(folder, mode), 9);
    add({
      what: `compute, 400 members, 200 tranches, ${mode}`,
      perSecond: 1000 / whole,
      floor: 'JSON in and out',
      floorPerSecond: 1000 / json,
      aim: 0.4,
    });
    say(`  ${ms(whole)} from the first byte to the last, of which ${ms(allocating)} check and share out`);
  }
  const { start: started, node } = await startTime(folder, 5);
  add({
    what: 'compute, from start to end, a small file',
    perSecond: 1000 / started,
    floor: 'node alone',
    floorPerSecond: 1000 / node,
    aim: 0.2,
  });
}

/** A year's documents of a large centre, by the workers of one process; the renderers are most of it. */
async function measureStatements({ target, sql, add }: Stage): Promise<void> {
  const { kept, drawn, peakMegabytes } = await statementsOfYear(target, sql, MEMBERS, say);
  add({
    what: `statements with all files, ${MEMBERS} members`,
    perSecond: kept,
    floor: 'drawing the files alone',
    floorPerSecond: drawn,
    aim: 0.7,
  });
  say(`  ${(MEMBERS / kept).toFixed(0)} s from the request to the last file, at most ${peakMegabytes} MB`);
}

function ms(time: number): string {
  return `${time.toFixed(0)} ms`;
}

async function measureRequests(stage: Stage): Promise<void> {
  const { sql, world } = stage;
  const constant = await start('constant.js');
  const constantPerSecond = await requestsPerSecond(constant.address, { method: 'GET', path: '/' }, SECONDS);
  constant.stop();
  await fillRequests(sql, world, 1, 10_000);
  await measureReading(stage, constantPerSecond);
  await measureListing(stage, constantPerSecond);
}

async function measureReading({ sql, world, api, add }: Stage, constantPerSecond: number): Promise<void> {
  const perSecond = await requestsPerSecond(api, await reading(sql, world), SECONDS);
  add({
    what: 'read one request',
    perSecond,
    floor: 'constant route',
    floorPerSecond: constantPerSecond,
    aim: 0.15,
  });
}

async function measureListing(
  { target, sql, world, api, add }: Stage,
  constantPerSecond: number,
): Promise<void> {
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

await main();
