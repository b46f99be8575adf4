import tap, { type Test } from 'tap';
import type { Caller } from '../../support/app.ts';
import {
  act,
  createRun,
  fillQuarter,
  freeze,
  type RunBody,
  startCostingWorld,
  step,
  use,
} from '../../support/costing.ts';
import { admit } from '../../support/late-usage.ts';
import { must } from '../../support/services.ts';

const REASON = { reason: 'Späte Fälle' };

/** The actions that a run and the list of runs name, after each other one was tried and refused. */
async function actionsOf(t: Test, caller: Caller, { id }: { id: string }): Promise<readonly string[]> {
  const run = await must<RunBody>(caller, 'GET', `/allocation-runs/${id}`);
  const { items } = await must<{ items: RunBody[] }>(caller, 'GET', '/allocation-runs');
  const { availableActions } = run;
  t.same(items.find((item) => item.id === id)?.availableActions, availableActions, 'the list says the same');
  const { resultHash } = run;
  for (const [action, body] of Object.entries({
    submit: undefined,
    approve: { resultHash },
    reject: REASON,
    post: undefined,
    supersede: REASON,
  })) {
    if (availableActions.includes(action)) continue;
    t.match(String((await act(caller, run, action, body)).statusCode), /^40[39]$/, `${action} is refused`);
  }
  return availableActions;
}

tap.test('a run names exactly what its periods let through', async (t) => {
  const world = await startCostingWorld(t);
  const { clock, colleague, finance, marriage, member, periodId, test } = world;
  await fillQuarter(world);
  const settle = (id: string) =>
    test.owner
      .sql`update billing_periods set state = 'settled', frozen_at = coalesce(frozen_at, ${clock.now()}) where id = ${id}`;
  const approve = async (draft: RunBody) =>
    step(colleague, await step(finance, draft, 'submit'), 'approve', { resultHash: draft.resultHash });
  const approved = await approve(await createRun(world));

  await t.test('an approved run is posted once its period is frozen', async (t) => {
    t.same(await actionsOf(t, finance, approved), ['reject']);
    await freeze(world);
    t.same(await actionsOf(t, finance, approved), ['reject', 'post']);
  });

  const draft = await createRun(world);
  const inReview = await step(finance, await createRun(world), 'submit');
  const second = await approve(await createRun(world));
  const posted = await step(finance, approved, 'post');

  await t.test('only one run of a period is posted', async (t) => {
    t.same(await actionsOf(t, finance, second), ['reject']);
    t.same(await actionsOf(t, finance, posted), ['supersede']);
    t.same(await actionsOf(t, colleague, inReview), ['approve', 'reject']);
  });

  await settle(periodId);
  await t.test('of a settled period nothing is approved, posted or superseded', async (t) => {
    t.same(await actionsOf(t, finance, posted), []);
    t.same(await actionsOf(t, finance, second), ['reject']);
    t.same(await actionsOf(t, colleague, inReview), ['reject']);
    t.same(await actionsOf(t, finance, draft), ['submit', 'reject']);
  });

  clock.set('2026-10-20T08:00:00.000Z');
  await use(world, world.anroechte, marriage, '3');
  await t.test('late usage lets the posted run be superseded', async (t) => {
    t.same(await actionsOf(t, finance, posted), ['supersede']);
    await step(finance, posted, 'supersede', REASON);
    t.same(await actionsOf(t, colleague, inReview), ['reject'], 'none of it is admitted');
  });

  const next = await must<{ id: string }>(finance, 'POST', '/billing-periods', { code: '2026-Q4' });
  t.equal((await admit(finance, periodId, { billingPeriodId: next.id })).statusCode, 200);
  const correction = await step(finance, await createRun(world), 'submit');
  await t.test('a settled period takes its correction, billed where it says', async (t) => {
    t.same(await actionsOf(t, colleague, inReview), ['reject'], 'billed in the settled period itself');
    t.same(await actionsOf(t, colleague, correction), ['approve', 'reject']);
    await step(colleague, correction, 'approve', { resultHash: correction.resultHash });
  });

  await t.test('until that period is settled too', async (t) => {
    t.same(await actionsOf(t, finance, correction), ['reject', 'post']);
    await settle(next.id);
    t.same(await actionsOf(t, finance, correction), ['reject']);
  });

  await t.test('members are offered nothing', async (t) => {
    t.same((await must<RunBody>(member, 'GET', `/allocation-runs/${posted.id}`)).availableActions, []);
  });
});
