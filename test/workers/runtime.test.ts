import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import tap, { type Test } from 'tap';
import { Type } from 'typebox';
import { type Clock, fixedClock, plusSeconds, systemClock } from '../../src/platform/clock.ts';
import type { HatContext } from '../../src/platform/context.ts';
import { type Database, openDatabase } from '../../src/platform/db/database.ts';
import { withHatTx } from '../../src/platform/db/hat.ts';
import { DomainError } from '../../src/platform/errors.ts';
import { NOT_FOUND } from '../../src/platform/http/problems.ts';
import { newId } from '../../src/platform/ids.ts';
import { defineJob } from '../../src/platform/jobs/contract.ts';
import { type EnqueueOptions, enqueue } from '../../src/platform/jobs/outbox.ts';
import type { QueueSystem } from '../../src/platform/jobs/queues.ts';
import { startWorkers } from '../../workers/main.ts';
import { type RelayOptions, startRelay } from '../../workers/outbox-relay.ts';
import { type Processor, processor, startProcessors } from '../../workers/runtime.ts';
import { startSchedulers } from '../../workers/schedulers.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { bodyOf } from '../support/bodies.ts';
import { openTestQueues } from '../support/queues.ts';
import { requestDriver } from '../support/requests.ts';
import { makeOrderable, type OrderableWorld } from '../support/services.ts';
import { until } from '../support/waiting.ts';

const payload = Type.Object({ mark: Type.String() }, { additionalProperties: false });
const work = defineJob({ queue: 'costing', name: 'test.work', payload, attempts: 3, backoffMs: 5 });

/** Nothing is looked after again unless a test asks for it. */
const QUICK: RelayOptions = { pollMs: 5, reconcileAfterMs: 600_000, batchSize: 50 };
const log = pino({ level: 'silent' });

interface Scene {
  readonly test: TestApp;
  readonly world: OrderableWorld;
  readonly outbox: Database;
  readonly queues: QueueSystem;
}

tap.test('jobs', async (t) => {
  const test = await startTestApp(t);
  const world = await makeOrderable(test);
  const { queues, remove } = openTestQueues(test);
  const outbox = openDatabase(test.target, 'verbund_jobs', 4);
  const scene = { test, world, outbox, queues };
  try {
    for (const part of [
      outboxToEffect,
      transactionsDecide,
      relaysShare,
      relayDies,
      queueForgets,
      failures,
      deadLetters,
      delayed,
      timetable,
      stopping,
      requestJobs,
    ])
      await t.test(part.name, (t) => part(t, scene));
  } finally {
    await outbox.end();
    await remove();
  }
});

interface Row {
  id: string;
  dispatchedAt: string | null;
  completedAt: string | null;
  failedAt: string | null;
  failure: string | null;
  redrives: number;
}

async function rowOf({ test }: Scene, mark: string): Promise<Row> {
  const [row] = await test.owner.sql<
    Row[]
  >`select id, dispatched_at as "dispatchedAt", completed_at as "completedAt",
    failed_at as "failedAt", failure, redrives from outbox_jobs where payload ->> 'mark' = ${mark}`;
  if (row === undefined) throw new Error(`no job ${mark}`);
  return row;
}

const isDone = async (scene: Scene, mark: string) => (await rowOf(scene, mark)).completedAt !== null;
const isDead = async (scene: Scene, mark: string) => (await rowOf(scene, mark)).failedAt !== null;

/** Asks for jobs in one transaction of the centre. */
async function ask(
  { test, world }: Scene,
  marks: readonly string[],
  options: EnqueueOptions = {},
): Promise<void> {
  await withHatTx(test.db, world.admin.context, async (tx) => {
    for (const mark of marks) await enqueue(tx, world.admin.context, work, { mark }, options);
  });
}

interface RunOptions {
  readonly clock?: Clock;
  readonly relay?: Partial<RelayOptions>;
  readonly queues?: QueueSystem;
  readonly log?: Logger;
}

/** A relay and the workers for `run`; what it did is in `runs`. */
function running(
  scene: Scene,
  run: (ctx: HatContext, mark: string) => Promise<void> | void = () => undefined,
  options: RunOptions = {},
) {
  const runs: string[] = [];
  const processors: Processor[] = [
    processor(work, async (ctx, { mark }) => {
      runs.push(mark);
      await run(ctx, mark);
    }),
  ];
  const clock = options.clock ?? systemClock;
  const deps = { queues: scene.queues, outbox: scene.outbox, clock, log, concurrency: 5 };
  const workers = startProcessors(deps, processors);
  const relay = relaying(scene, options);
  const stop = async () => {
    await relay.stop();
    await Promise.all(workers.map((worker) => worker.close()));
  };
  return { runs, stop };
}

function relaying(scene: Scene, options: RunOptions = {}) {
  return startRelay(
    {
      outbox: scene.outbox,
      queues: options.queues ?? scene.queues,
      contracts: new Map([[work.name, work]]),
      clock: options.clock ?? systemClock,
      log: options.log ?? log,
    },
    { ...QUICK, ...options.relay },
  );
}

async function outboxToEffect(t: Test, scene: Scene): Promise<void> {
  const marks = Array.from({ length: 30 }, (_, i) => `way-${i}`);
  const contexts: HatContext[] = [];
  await ask(scene, marks);
  const { runs, stop } = running(scene, (ctx) => void contexts.push(ctx));
  await until('all are done', async () =>
    (await Promise.all(marks.map((mark) => isDone(scene, mark)))).every(Boolean),
  );
  await stop();
  t.strictSame(runs.toSorted(), marks.toSorted(), 'each ran once');
  const { admin } = scene.world;
  for (const ctx of contexts) {
    t.strictSame(ctx.hat, admin.hat, 'under the hat that the row names');
    t.equal(ctx.requestId, admin.context.requestId, 'for the request that caused it');
    t.equal(ctx.actor.kind, 'system');
  }
}

async function transactionsDecide(t: Test, scene: Scene): Promise<void> {
  const { test, world } = scene;
  const { runs, stop } = running(scene);
  const ctx = world.admin.context;
  await t.test('a job exists when its transaction commits, and not before', async (t) => {
    await withHatTx(test.db, ctx, async (tx) => {
      await enqueue(tx, ctx, work, { mark: 'open' });
      await ask(scene, ['beside']);
      await until('the other job is done', () => isDone(scene, 'beside'));
      t.notOk(runs.includes('open'));
    });
    await until('it is done', () => isDone(scene, 'open'));
  });
  await t.test('a job whose transaction is taken back never was', async (t) => {
    const rolledBack = withHatTx(test.db, ctx, async (tx) => {
      await enqueue(tx, ctx, work, { mark: 'never' });
      throw new Error('taken back');
    });
    await t.rejects(rolledBack, /taken back/);
    await ask(scene, ['after']);
    await until('the next is done', () => isDone(scene, 'after'));
    t.notOk(runs.includes('never'));
  });
  await stop();
}

/** The same queues, with a look at what is handed over to them. */
function watched(queues: QueueSystem, onAdd: (ids: readonly string[]) => void): QueueSystem {
  return {
    ...queues,
    queue(name) {
      const queue = queues.queue(name);
      return {
        ...queue,
        async addAll(jobs) {
          await queue.addAll(jobs);
          onAdd(jobs.map(({ id }) => id));
        },
      };
    },
  };
}

async function relaysShare(t: Test, scene: Scene): Promise<void> {
  const marks = Array.from({ length: 200 }, (_, i) => `shared-${i}`);
  await ask(scene, marks);
  const added: string[][] = [[], []];
  const relays = added.map((ids) =>
    relaying(scene, { queues: watched(scene.queues, (more) => ids.push(...more)), relay: { batchSize: 7 } }),
  );
  const { runs, stop } = running(scene, undefined, { relay: { pollMs: 60_000, batchSize: 1 } });
  await until('all are done', async () => {
    const [row] = await scene.test.owner.sql<{ n: number }[]>`select count(*)::int as n from outbox_jobs
      where payload ->> 'mark' like 'shared-%' and completed_at is not null`;
    return row?.n === 200;
  });
  await Promise.all([stop(), ...relays.map((relay) => relay.stop())]);
  t.equal(new Set(runs).size, runs.length, 'none ran twice');
  const all = added.flat();
  t.equal(new Set(all).size, all.length, 'none was handed over twice');
  t.ok(
    added.every((ids) => ids.length > 0),
    `both had a share: ${added.map((ids) => ids.length).join(' and ')}`,
  );
}

async function relayDies(t: Test, scene: Scene): Promise<void> {
  let deaths = 0;
  const handed: string[] = [];
  const dying = watched(scene.queues, (ids) => {
    handed.push(...ids);
    if (deaths < 3) {
      deaths += 1;
      throw new Error('died after adding');
    }
  });
  const marks = ['dying-1', 'dying-2', 'dying-3'];
  await ask(scene, marks);
  const { runs, stop } = running(scene, undefined, { queues: dying });
  await until('all are marked and done', async () => {
    const rows = await Promise.all(marks.map((mark) => rowOf(scene, mark)));
    return rows.every(({ dispatchedAt, completedAt }) => dispatchedAt !== null && completedAt !== null);
  });
  await stop();
  t.equal(deaths, 3);
  t.ok(handed.length >= 2 * marks.length, 'they were handed over again and again');
  t.strictSame(runs.toSorted(), marks, 'and had one effect');
}

async function queueForgets(t: Test, scene: Scene): Promise<void> {
  const marks = ['lost-1', 'lost-2', 'kept'];
  await ask(scene, marks);
  const first = relaying(scene);
  await until('all are with the queue', async () =>
    (await Promise.all(marks.map((mark) => rowOf(scene, mark)))).every(
      ({ dispatchedAt }) => dispatchedAt !== null,
    ),
  );
  await first.stop();
  const queue = scene.queues.queue('costing');
  const ids = await Promise.all(marks.slice(0, 2).map(async (mark) => (await rowOf(scene, mark)).id));
  await queue.remove(ids);
  t.equal((await queue.held(ids)).size, 0, 'the queue has lost two');
  const readded: string[] = [];
  const queues = watched(scene.queues, (more) => readded.push(...more));
  const second = relaying(scene, { queues, relay: { reconcileAfterMs: 50 } });
  await until('they are back', async () => (await queue.held(ids)).size === 2);
  await second.stop();
  t.strictSame(new Set(readded), new Set(ids), 'only what was lost is handed over again');
  const { runs, stop } = running(scene);
  await until('all are done', async () =>
    (await Promise.all(marks.map((mark) => isDone(scene, mark)))).every(Boolean),
  );
  await stop();
  await queue.close();
  t.strictSame(runs.toSorted(), marks.toSorted());
}

async function failures(t: Test, scene: Scene): Promise<void> {
  let bad = 0;
  const { runs, stop } = running(scene, async (_ctx, mark) => {
    if (mark === 'twice' && bad++ < 2) throw new Error('not yet');
    if (mark === 'always') throw new Error('the person’s name');
    if (mark === 'refused') throw new DomainError(NOT_FOUND, 'There is no such thing.');
    if (mark === 'late') {
      await scene.test.owner
        .sql`update outbox_jobs set completed_at = now() where payload ->> 'mark' = 'late'`;
      throw new DomainError(NOT_FOUND, 'Another run was quicker.');
    }
  });
  const times = (mark: string) => runs.filter((run) => run === mark).length;
  await t.test('what fails for a while is tried again', async (t) => {
    await ask(scene, ['twice']);
    await until('it is done', () => isDone(scene, 'twice'));
    t.equal(times('twice'), 3);
  });
  await t.test('what fails for good becomes a dead letter that tells nothing personal', async (t) => {
    await ask(scene, ['always']);
    await until('it is given up', () => isDead(scene, 'always'));
    t.equal(times('always'), work.attempts);
    const { failure, completedAt } = await rowOf(scene, 'always');
    t.match(failure, /^INTERNAL_ERROR/);
    t.notMatch(failure, /name/);
    t.equal(completedAt, null);
  });
  await t.test('what a rule refuses is given up at once', async (t) => {
    await ask(scene, ['refused']);
    await until('it is given up', () => isDead(scene, 'refused'));
    t.equal(times('refused'), 1);
    t.equal((await rowOf(scene, 'refused')).failure, 'There is no such thing.');
  });
  await t.test('what another run has done is no dead letter', async (t) => {
    await ask(scene, ['late', 'next']);
    await until('the run is over', async () => times('late') > 0 && (await isDone(scene, 'next')));
    const queue = scene.queues.queue('costing');
    const { id } = await rowOf(scene, 'late');
    await until('the queue is through with it', async () => (await queue.held([id])).size === 0);
    await queue.close();
    t.notOk(await isDead(scene, 'late'));
  });
  await t.test('a payload that does not fit its contract never reaches the work', async (t) => {
    const { id } = scene.world.centre;
    await scene.test.owner
      .sql`insert into outbox_jobs (id, queue, name, payload, hat_kind, hat_id, request_id, available_at)
      values (${newId()}, 'costing', 'test.work', '{"mark": "misfit", "more": 1}'::jsonb, 'centre', ${id}, 'x', now())`;
    await until('it is given up', () => isDead(scene, 'misfit'));
    t.equal(times('misfit'), 0);
  });
  await stop();
}

async function deadLetters(t: Test, scene: Scene): Promise<void> {
  const { admin, caseworker, requester } = scene.world;
  let mended = false;
  const { runs, stop } = running(scene, () => {
    if (!mended) throw new DomainError(NOT_FOUND, 'Broken.');
  });
  await ask(scene, ['letter']);
  await until('it is given up', () => isDead(scene, 'letter'));
  const { id } = await rowOf(scene, 'letter');
  const redrive = (caller = admin) => caller.call('POST', `/dead-letters/${id}/redrive`);
  const listed = async () =>
    bodyOf(await admin.call('GET', '/dead-letters?limit=200')).items.filter(
      (item: { id: string }) => item.id === id,
    );
  t.match(await listed(), [
    { name: 'test.work', payload: { mark: 'letter' }, failure: 'Broken.', redrives: 0 },
  ]);
  const foreign = await scene.test.centre('FREMD');
  const stranger = await scene.test.caller(foreign, ['centre-admin']);
  t.equal((await redrive(caseworker)).statusCode, 403);
  t.equal((await redrive(requester)).statusCode, 403);
  t.equal((await redrive(stranger)).statusCode, 404, 'dead letters of other centres do not exist');
  t.equal(bodyOf(await stranger.call('GET', '/dead-letters')).items.length, 0);
  mended = true;
  t.equal((await redrive()).statusCode, 204);
  await until('it is done', () => isDone(scene, 'letter'));
  t.equal(runs.length, 2);
  t.equal((await rowOf(scene, 'letter')).redrives, 1);
  t.strictSame(await listed(), []);
  t.equal((await redrive()).statusCode, 404, 'what is done is not done again');
  const entries = bodyOf(await admin.call('GET', `/audit-entries?entityId=${id}`)).items;
  t.match(entries, [{ action: 'operations.job-redriven', actor: { id: admin.userId } }]);
  await stop();
}

async function delayed(t: Test, scene: Scene): Promise<void> {
  const now = systemClock.now();
  const clock = fixedClock(now);
  const { runs, stop } = running(scene, undefined, { clock });
  await ask(scene, ['in an hour'], { availableAt: plusSeconds(now, 3600) });
  await ask(scene, ['now'], { availableAt: now });
  await until('what is due is done', () => isDone(scene, 'now'));
  clock.set(plusSeconds(now, 3599));
  await ask(scene, ['a little later'], { availableAt: now });
  await until('the next is done', () => isDone(scene, 'a little later'));
  t.strictSame(runs, ['now', 'a little later']);
  t.equal((await rowOf(scene, 'in an hour')).dispatchedAt, null);
  clock.set(plusSeconds(now, 3600));
  await until('its time has come', () => isDone(scene, 'in an hour'));
  await stop();
}

async function timetable(t: Test, scene: Scene): Promise<void> {
  const seconds: number[] = [];
  const tasks = [
    {
      name: 'test-every-second',
      pattern: '* * * * * *',
      async run() {
        seconds.push(Math.round(Date.parse(systemClock.now()) / 1000));
        if (seconds.length === 1) throw new Error('the first turn fails');
      },
    },
  ];
  const schedulers = [1, 2].map(() => startSchedulers(scene.queues, tasks, log));
  await until('there were three turns', () => seconds.length >= 3);
  const queue = scene.queues.queue('maintenance');
  const counts = await queue.counts();
  const planned = ['delayed', 'waiting', 'active'].map((state) => counts[state] ?? 0);
  t.ok(planned.reduce((sum, count) => sum + count) <= 1, 'two workers, one timetable');
  await Promise.all(schedulers.map((scheduler) => scheduler.close()));
  await queue.close();
  t.equal(new Set(seconds).size, seconds.length, `one run each turn: ${seconds.join(' ')}`);
}

async function stopping(t: Test, scene: Scene): Promise<void> {
  let begun = false;
  let finish = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { stop } = running(scene, async () => {
    begun = true;
    await gate;
  });
  await ask(scene, ['running']);
  await until('it has begun', () => begun);
  let stopped = false;
  const end = stop().then(() => {
    stopped = true;
  });
  await ask(scene, ['too late']);
  await delay(100); // long enough for a stop that does not wait; a stop that waits shows no difference
  t.notOk(stopped, 'stop waits for the running job');
  finish();
  await end;
  t.ok(await isDone(scene, 'running'));
  t.equal((await rowOf(scene, 'too late')).completedAt, null, 'what had not begun is left');
  const next = running(scene);
  await until('another worker does it', () => isDone(scene, 'too late'));
  await next.stop();
}

async function requestJobs(t: Test, scene: Scene): Promise<void> {
  const { test, world, queues, outbox } = scene;
  const { sql } = test.owner;
  const drive = requestDriver(test, world, systemClock);
  const ended = await drive.file({ submit: true });
  await sql`update agreement_coverage set valid_to = '2021-01-01' where service_id = ${world.serviceId}`;
  const workers = startWorkers({
    modules: test.modules,
    queues,
    outbox,
    clock: systemClock,
    log,
    concurrency: 4,
    relay: QUICK,
  });
  const status = async (id: string) => (await drive.get(id)).status;
  await t.test('rejected: the agreement ended between filing and processing', async (t) => {
    await until('it is processed', async () => (await status(ended.id)) !== 'submitted');
    t.match(await drive.get(ended.id), { status: 'rejected', rejectionCode: 'no_agreement', teamId: null });
    await sql`update agreement_coverage set valid_to = null where service_id = ${world.serviceId}`;
  });
  await t.test('accepted: received once, however often the job comes', async (t) => {
    const { id } = await drive.file({ submit: true });
    const receipts = async () =>
      bodyOf(await world.requester.call('GET', `/service-requests/${id}/messages`)).items as {
        body: string;
      }[];
    const isDoneAgain = async () =>
      (await sql`select from outbox_jobs where payload ->> 'requestId' = ${id} and completed_at is not null`)
        .length === 1;
    await until('it is accepted', async () => (await status(id)) === 'accepted');
    await until('the job is done', isDoneAgain);
    const before = await drive.get(id);
    await sql`update outbox_jobs set completed_at = null, dispatched_at = null where payload ->> 'requestId' = ${id}`;
    await until('the job is done again', isDoneAgain);
    await Promise.all([drive.process(id), drive.process(id)]);
    t.strictSame(await drive.get(id), before, 'nothing has changed');
    t.equal((await receipts()).length, 1);
    t.match((await receipts())[0]?.body, new RegExp(before.number));
  });
  await t.test('accepted: two runs at the same moment have one effect', async (t) => {
    await workers.stop();
    const { id } = await drive.file({ submit: true });
    await Promise.all([drive.process(id), drive.process(id), drive.process(id)]);
    const messages = bodyOf(await world.requester.call('GET', `/service-requests/${id}/messages`)).items;
    t.equal(messages.length, 1);
    t.match(await drive.get(id), { status: 'accepted', version: 3 });
  });
}
