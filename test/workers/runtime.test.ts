import { setTimeout as delay } from 'node:timers/promises';
import tap, { type Test } from 'tap';
import { systemClock } from '../../src/platform/clock.ts';
import type { HatContext } from '../../src/platform/context.ts';
import { DomainError } from '../../src/platform/errors.ts';
import { NOT_FOUND } from '../../src/platform/http/problems.ts';
import { newId } from '../../src/platform/ids.ts';
import { startWorkers } from '../../workers/main.ts';
import { startSchedulers } from '../../workers/schedulers.ts';
import { bodyOf } from '../support/bodies.ts';
import {
  ask,
  isDead,
  isDone,
  log,
  playParts,
  QUICK,
  rowOf,
  running,
  type Scene,
  work,
} from '../support/jobs.ts';
import { requestDriver } from '../support/requests.ts';
import { until } from '../support/waiting.ts';

tap.test('jobs', (t) =>
  playParts(t, [outboxToEffect, failures, deadLetters, timetable, stopping, requestJobs]),
);

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
