import tap, { type Test } from 'tap';
import { fixedClock, plusSeconds, systemClock } from '../../src/platform/clock.ts';
import { withHatTx } from '../../src/platform/db/hat.ts';
import { enqueue } from '../../src/platform/jobs/outbox.ts';
import {
  ask,
  isDone,
  playParts,
  relaying,
  rowOf,
  rowsOf,
  running,
  type Scene,
  watched,
  work,
} from '../support/jobs.ts';
import { until } from '../support/waiting.ts';

tap.test('outbox relay', (t) =>
  playParts(t, [
    transactionsDecide,
    relaysShare,
    relayDies,
    queueIsSilent,
    killedInBetween,
    queueForgets,
    delayed,
  ]),
);

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

async function relaysShare(t: Test, scene: Scene): Promise<void> {
  const marks = Array.from({ length: 200 }, (_, i) => `shared-${i}`);
  await ask(scene, marks);
  const added: string[][] = [[], []];
  const relays = added.map((ids) =>
    relaying(scene, {
      queues: watched(scene.queues, (more) => void ids.push(...more)),
      relay: { batchSize: 7 },
    }),
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
  const dyingRelay = relaying(scene, { queues: dying });
  await until('it has come through', async () => deaths === 3 && handed.length > 3 * marks.length);
  await dyingRelay.stop();
  t.ok((await rowsOf(scene, marks)).every(({ dispatchedAt }) => dispatchedAt !== null));
  const { runs, stop } = running(scene);
  await until('all are done', async () =>
    (await rowsOf(scene, marks)).every(({ completedAt }) => completedAt !== null),
  );
  await stop();
  t.ok(handed.length >= 4 * marks.length, 'they were handed over again and again');
  t.strictSame(runs.toSorted(), marks, 'and had one effect');
}

/** A queue that takes rows and says nothing, as one that is away. */
async function queueIsSilent(t: Test, scene: Scene): Promise<void> {
  const taken: string[] = [];
  const never = new Promise<never>(() => undefined);
  const silent = watched(scene.queues, (ids) => {
    taken.push(...ids);
    return never;
  });
  const marks = ['silent-1', 'silent-2'];
  await ask(scene, marks);
  const relay = relaying(scene, { queues: silent });
  await until('the queue was given them', () => taken.length === marks.length);
  await t.test('no row is locked while the queue takes its time', async () => {
    await scene.test.owner.sql`select from outbox_jobs where id = any(${taken}) for update nowait`;
  });
  await t.test('nothing more is taken while it says nothing', async (t) => {
    await ask(scene, ['silent-3']);
    await until('the relay gave up on it', async () =>
      (await rowsOf(scene, marks)).every(({ dispatchedAt }) => dispatchedAt === null),
    );
    t.equal((await rowOf(scene, 'silent-3')).dispatchedAt, null);
  });
  await t.test('it holds no stop up', async (t) => {
    const began = performance.now();
    await relay.stop();
    t.ok(performance.now() - began < 4000);
  });
  const { runs, stop } = running(scene);
  await until('another relay hands them over', () => isDone(scene, 'silent-3'));
  await stop();
  t.strictSame(new Set(runs), new Set([...marks, 'silent-3']), 'nothing is lost');
}

/** As `kill -9` leaves it: rows are marked, and no queue has them. */
async function killedInBetween(t: Test, scene: Scene): Promise<void> {
  const marks = ['killed-1', 'killed-2', 'killed-3'];
  await ask(scene, marks);
  await scene.test.owner
    .sql`update outbox_jobs set dispatched_at = now() - interval '1 hour' where payload ->> 'mark' = any(${marks})`;
  const { runs, stop } = running(scene, undefined, { relay: { reconcileAfterMs: 600_000, batchSize: 2 } });
  await until('all are done', async () =>
    (await rowsOf(scene, marks)).every(({ completedAt }) => completedAt !== null),
  );
  await stop();
  t.strictSame(runs.toSorted(), marks);
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
  const queues = watched(scene.queues, (more) => void readded.push(...more));
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
