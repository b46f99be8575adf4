import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '../src/backing.ts';
import { type DatabaseTarget, openDatabase } from '../src/platform/db/database.ts';
import { startThrowaway } from '../src/platform/embedded/index.ts';
import { type Acknowledged, pause, startLoad } from './chaos-load.ts';
import { embeddedServer, freePort, keepRunning, type Victim, verbund } from './chaos-processes.ts';
import { BENCH_SECRET, makeWorld, type World } from './world.ts';

/**
 * Kills processes while requests are filed and worked off, and then counts: nothing that was acknowledged may be missing, nothing
 * may have happened twice, and all jobs must be done. `npm run chaos -- SECONDS` bounds each of the two scenes.
 */
const SECONDS = Number(process.argv[2] ?? 40);
const CALLERS = 6;
/** Work goes on for so long before the next kill, counted from when the program is ready again. */
const PAUSE_BETWEEN_KILLS_MS = 1500;
const REDIS = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/usr/bin/valkey-server'].find(
  (file) => existsSync(file),
);

interface Scene {
  readonly title: string;
  readonly address: string;
  readonly victims: readonly Pick<Victim, 'name' | 'kills' | 'kill'>[];
  /** A moment later than the start: the embedded server is found only once it runs. */
  readonly target: () => DatabaseTarget;
  stop(): Promise<void>;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One process with everything in it, and the database server it keeps. */
async function embeddedScene(folder: string): Promise<Scene> {
  const port = await freePort();
  const dataDir = path.join(folder, 'data');
  const program = verbund('program (API and workers)', 'all', {
    ...quiet(),
    PORT: String(port),
    VERBUND_DATA_DIR: dataDir,
    DEMO_DATA: 'off',
    DATABASE_URL: '',
    REDIS_URL: '',
  });
  const server = embeddedServer(dataDir);
  return {
    title: 'one process, embedded PostgreSQL, queues on PostgreSQL',
    address: `http://127.0.0.1:${port}`,
    victims: [program, server],
    target: () => ({ kind: 'socket', ...server.socket(), database: 'verbund' }),
    stop: () => program.stop(),
  };
}

/** API and workers as processes of their own, queues on a Redis that forgets everything when it is killed. */
async function redisScene(redis: string): Promise<Scene> {
  const [apiPort, redisPort] = [await freePort(), await freePort()];
  const server = await startThrowaway({
    settings: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
  });
  const url = `postgres://postgres@localhost:${server.port}/postgres?host=${encodeURIComponent(server.host)}`;
  const target: DatabaseTarget = {
    kind: 'socket',
    host: server.host,
    port: server.port,
    database: 'postgres',
  };
  await migrate(target);
  const env = {
    ...quiet(),
    PORT: String(apiPort),
    DATABASE_URL: url,
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  };
  const victims = [
    keepRunning('Redis (comes back empty)', redis, [
      '--port',
      String(redisPort),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
    ]),
    verbund('API', 'serve', env),
    verbund('worker 1', 'work', env),
    verbund('worker 2', 'work', env),
  ];
  return {
    title: 'API and two workers, PostgreSQL, queues on Redis',
    address: `http://127.0.0.1:${apiPort}`,
    victims,
    target: () => target,
    async stop() {
      for (const victim of victims.toReversed()) await victim.stop();
      await server.stop();
    },
  };
}

function quiet(): Record<string, string> {
  return { LOG_LEVEL: 'fatal', AUTH_SECRET: BENCH_SECRET, RATE_LIMIT_PER_MINUTE: '100000000' };
}

async function play(scene: Scene): Promise<boolean> {
  say(`\n${scene.title}`);
  try {
    await ready(scene.address);
    const owner = openDatabase(scene.target(), 'owner', 1);
    const world = await makeWorld(owner.sql);
    await owner.end();
    const load = startLoad(scene.address, world, CALLERS);
    await killInTurn(scene, load.done);
    await ready(scene.address);
    await load.stop();
    return await judge(scene, world, load.done);
  } finally {
    await scene.stop();
  }
}

async function killInTurn(scene: Scene, done: Acknowledged): Promise<void> {
  const end = performance.now() + SECONDS * 1000;
  for (let turn = 0; performance.now() < end; turn += 1) {
    await pause(PAUSE_BETWEEN_KILLS_MS);
    const victim = scene.victims[turn % scene.victims.length];
    victim?.kill();
    await ready(scene.address);
    say(
      `  kill -9 ${victim?.name.padEnd(28)} filed ${done.filed.size}, closed ${done.closed.size}, tried again ${done.retries}`,
    );
  }
}

async function ready(address: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(2000) }).catch(
      () => undefined,
    );
    if (answer?.status === 200) return;
    await pause(200);
  }
  throw new Error(`${address} did not become ready`);
}

interface Counts {
  requests: number;
  closed: number;
  usage: number;
  usageTwice: number;
  closedWithoutUsage: number;
  receiptsTwice: number;
  withoutReceipt: number;
  keysTwice: number;
  jobsOpen: number;
  jobsDead: number;
}

/** Waits until all jobs are done, then compares what callers were told with what is there. */
async function judge(scene: Scene, world: World, done: Acknowledged): Promise<boolean> {
  const owner = openDatabase(scene.target(), 'owner', 1);
  const deadline = performance.now() + 180_000;
  let counts = await count(owner.sql, world);
  while (counts.jobsOpen > 0 && performance.now() < deadline) {
    await pause(500);
    counts = await count(owner.sql, world);
  }
  const there = new Set(
    (await owner.sql<{ id: string }[]>`select id from service_requests`).map(({ id }) => id),
  );
  const closed = new Set(
    (await owner.sql<{ id: string }[]>`select id from service_requests where status = 'closed'`).map(
      ({ id }) => id,
    ),
  );
  await owner.end();
  const verdicts: [string, number][] = [
    ['acknowledged requests that are lost', [...done.filed].filter((id) => !there.has(id)).length],
    ['acknowledged closings that are lost', [...done.closed].filter((id) => !closed.has(id)).length],
    ['requests filed twice under one key', counts.keysTwice],
    ['usage events recorded twice', counts.usageTwice],
    ['closed requests without usage', counts.closedWithoutUsage],
    ['receipts made twice', counts.receiptsTwice],
    ['submitted requests without receipt', counts.withoutReceipt],
    ['jobs not done', counts.jobsOpen],
    ['dead letters', counts.jobsDead],
  ];
  say(
    `  kills: ${scene.victims.map((victim) => `${victim.name} ${victim.kills()}`).join(', ')}; answers tried again: ${done.retries}`,
  );
  say(
    `  acknowledged: ${done.filed.size} filed, ${done.closed.size} closed; in the database: ${counts.requests} requests, ${counts.closed} closed, ${counts.usage} usage events`,
  );
  for (const [what, number] of verdicts) say(`  ${number === 0 ? 'ok   ' : 'FAULT'} ${what}: ${number}`);
  return done.filed.size > 0 && done.closed.size > 0 && verdicts.every(([, number]) => number === 0);
}

async function count(sql: ReturnType<typeof openDatabase>['sql'], { centreId }: World): Promise<Counts> {
  const [row] = await sql<Counts[]>`select
    (select count(*)::int from service_requests where centre_id = ${centreId}) as requests,
    (select count(*)::int from service_requests where status = 'closed') as closed,
    (select count(*)::int from usage_events) as usage,
    (select count(*)::int from (select from usage_events group by request_id having count(*) > 1) d) as "usageTwice",
    (select count(*)::int from service_requests r where r.status = 'closed' and not exists (select from usage_events u where u.request_id = r.id)) as "closedWithoutUsage",
    (select count(*)::int from (select from service_request_events where type = 'received' group by request_id having count(*) > 1) d) as "receiptsTwice",
    (select count(*)::int from service_requests where receipt_at is null and status <> 'draft') as "withoutReceipt",
    (select count(*)::int from (select from service_requests group by subject having count(*) > 1) d) as "keysTwice",
    (select count(*)::int from outbox_jobs where completed_at is null and failed_at is null and available_at <= now()) as "jobsOpen",
    (select count(*)::int from outbox_jobs where failed_at is not null) as "jobsDead"`;
  if (row === undefined) throw new Error('counting gave nothing');
  return row;
}

const folder = mkdtempSync(path.join(tmpdir(), 'verbund-chaos-'));
let isGood = await play(await embeddedScene(folder));
if (REDIS === undefined) {
  say('\nThe scene with Redis needs redis-server or valkey-server on this machine.');
  isGood = false;
} else {
  isGood = (await play(await redisScene(REDIS))) && isGood;
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = isGood ? 0 : 1;
