import tap from 'tap';
import { readUnderHat } from '../../../../src/platform/db/hat.ts';
import type { Caller } from '../../../support/app.ts';
import {
  charged,
  DUE,
  freezePlanned,
  issued,
  type PlanBody,
  planInForce,
  planMust,
  planOf,
  runDue,
  startReceivablesWorld,
} from '../../../support/receivables.ts';
import { must } from '../../../support/services.ts';

/** What members read of plans and settlements, beside what the centre reads of the same. */

interface Part {
  readonly id: string;
  readonly organisationId: string;
  readonly amountCents: number;
  readonly dueOn: string;
  readonly status: string;
  readonly problems: readonly unknown[];
  readonly checkedAt: string | null;
}

const items = async <Item = Part>(caller: Caller, url: string): Promise<Item[]> =>
  (await must<{ items: Item[] }>(caller, 'GET', url)).items;

tap.test('a member reads its own part of plans that were approved, and nothing else (34)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { test, finance, colleague, member, otherMember, clock, erwitte, anroechte, marriage } = world;
  const parts = (caller: Caller, id: string, query = '') =>
    items(caller, `/instalment-plans/${id}/instalments?limit=200&${query}`);
  const shares = (caller: Caller, id: string, query = '') =>
    items(caller, `/instalment-plans/${id}/shares?limit=200&${query}`);
  const rows = (caller: Caller, table: string) =>
    readUnderHat(test.db, caller.context, (sql) => sql`select 1 as one from ${sql(table)}`);

  await t.test('404: nothing of a draft, not even in the database', async (t) => {
    const draft = await must<PlanBody>(finance, 'POST', '/instalment-plans', planOf(world));
    for (const path of ['', '/shares', '/instalments'])
      t.equal((await member.call('GET', `/instalment-plans/${draft.id}${path}`)).statusCode, 404, path);
    t.same(await items(member, '/instalment-plans'), []);
    for (const table of ['instalment_plans', 'instalment_plan_shares', 'instalments'])
      t.equal((await rows(member, table)).length, 0, table);
    await planMust(colleague, draft, 'reject', { reason: 'Probe' });
  });

  const plan = await planInForce(world);
  await t.test('200: what it pays and when, as the centre has it', async (t) => {
    for (const [caller, { id: organisationId }] of [
      [member, erwitte],
      [otherMember, anroechte],
    ] as const) {
      const theirs = `organisationId=${organisationId}`;
      t.same(await shares(caller, plan.id), await shares(finance, plan.id, theirs), 'shares');
      t.same(await parts(caller, plan.id), await parts(finance, plan.id, theirs), 'instalments');
      const own = await must<PlanBody>(caller, 'GET', `/instalment-plans/${plan.id}`);
      const sum = (await shares(caller, plan.id)).reduce((total, { amountCents }) => total + amountCents, 0);
      t.match(own, {
        status: 'in_force',
        dueOn: DUE,
        amountCents: sum,
        progress: { count: DUE.length, amountCents: sum },
        invoicedCents: null,
        contentHash: null,
        resultHash: null,
        created: { by: null },
        submitted: { by: null },
        approved: { by: null },
        availableActions: [],
      });
      t.same(await items(caller, '/instalment-plans'), [own], 'the list has the same');
    }
    const centrePlan = await must<PlanBody>(finance, 'GET', `/instalment-plans/${plan.id}`);
    t.match(centrePlan, { amountCents: 1_050_001, created: { by: {} } }, 'the centre has the whole');
    t.same(centrePlan.availableActions, ['end', 'issue-due']);
    t.same(
      (await must<PlanBody>(world.auditor, 'GET', `/instalment-plans/${plan.id}`)).availableActions,
      [],
      'not for who only reads',
    );
    for (const path of ['shares', 'instalments'])
      t.same(await items(member, `/instalment-plans/${plan.id}/${path}?organisationId=${anroechte.id}`), []);
    t.equal((await rows(member, 'instalments')).length, DUE.length, 'also in the database');
    t.equal((await rows(member, 'instalment_plan_shares')).length, 4);
  });

  await t.test(
    'why an instalment waits is the centre’s own; to its member it is still to come',
    async (t) => {
      await test.owner.sql`delete from billing_recipients where organisation_id = ${erwitte.id}`;
      clock.set('2026-10-06T09:00:00.000Z');
      await runDue(world);
      const [blocked] = await parts(finance, plan.id, 'status=blocked');
      t.match(blocked, { organisationId: erwitte.id, problems: [{}], checkedAt: /^2026/ });
      const pending = await parts(member, plan.id, 'status=pending');
      t.match(pending, [{ id: blocked?.id, status: 'pending', problems: [], checkedAt: null }, {}, {}]);
      t.same(await parts(member, plan.id, 'status=blocked'), []);
      t.match(await must(member, 'GET', `/instalment-plans/${plan.id}`), {
        progress: { blocked: 0, pending: 3 },
      });
      t.match(await parts(otherMember, plan.id, 'status=issued'), [
        { statementId: /./, statementNumber: /./, dueOn: DUE[0] },
      ]);
    },
  );

  await t.test('404: a plan that others pay by, and one that ended stays readable', async (t) => {
    const periodId = (await must(finance, 'POST', '/billing-periods', { code: '2027-Q1' })).id;
    const amounts = [{ organisationId: anroechte.id, serviceId: marriage, amountCents: 300 }];
    const theirs = await planInForce(world, { periodId, dueOn: ['2027-02-01'], amounts });
    t.equal((await member.call('GET', `/instalment-plans/${theirs.id}`)).statusCode, 404);
    t.same(
      (await items(otherMember, '/instalment-plans')).map(({ id }) => id),
      [theirs.id, plan.id],
    );
    const ended = await planMust(finance, plan, 'end', { from: DUE[1] as string, reason: 'Interner Grund' });
    t.same(ended.availableActions, ['issue-due'], 'what was due before can still be issued');
    t.match(await must(member, 'GET', `/instalment-plans/${plan.id}`), {
      status: 'ended',
      endedFrom: DUE[1],
      endReason: null,
      ended: { by: null },
    });
    await t.rejects(
      test.owner.sql`update instalment_plans set member_ids = '{}' where id = ${theirs.id}`,
      { code: 'VB409' },
      'who pays by a plan never changes',
    );
  });
});

tap.test('a member reads its own row of a settlement, and nothing else (34)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { test, finance, member, otherMember, stranger, erwitte, anroechte, planned } = world;
  const requester = await test.caller(erwitte, ['requester']);
  const own = await issued(world, erwitte, { kind: 380, netCents: 9_000 });
  await issued(world, anroechte, { kind: 380, netCents: 7_000 });
  await charged(world, [
    [erwitte, 9_000],
    [anroechte, 7_000],
  ]);
  await freezePlanned(world);
  const { contentHash } = await must<{ contentHash: string }>(
    finance,
    'GET',
    `/settlements/figures?periodId=${planned}`,
  );
  const body = { periodId: planned, contentHash, credits: 'keep' };
  const whole = await must<{ id: string; members: { organisationId: string }[]; period: object }>(
    finance,
    'POST',
    '/settlements',
    body,
  );
  t.equal(whole.members.length, 2);
  for (const [caller, { id: organisationId }] of [
    [member, erwitte],
    [otherMember, anroechte],
  ] as const) {
    const part = await must(caller, 'GET', `/settlements/${whole.id}`);
    t.match(part, { id: whole.id, contentHash: null, settled: { by: null, at: /^2027/ } });
    t.match(part, { period: whole.period });
    t.same(
      (part as unknown as typeof whole).members,
      whole.members.filter((one) => one.organisationId === organisationId),
      'its row as the centre has it',
    );
    for (const query of ['', `periodId=${planned}`])
      t.same(await items<unknown>(caller, `/settlements?${query}`), [part], 'the list has the same');
  }
  const seen = (await member.call('GET', `/settlements/${whole.id}`)).body;
  t.ok(seen.includes(own.number));
  for (const secret of [anroechte.id, 'Anröchte', 'Fina Finanz', finance.userId, contentHash])
    t.notOk(seen.includes(secret), secret);
  t.equal((await stranger.call('GET', `/settlements/${whole.id}`)).statusCode, 404);
  t.equal((await member.call('GET', `/settlements/figures?periodId=${planned}`)).statusCode, 404);
  t.equal((await member.call('GET', `/settlements/${whole.id}/payouts`)).statusCode, 403);
  t.equal((await requester.call('GET', `/settlements/${whole.id}`)).statusCode, 403, 'not for every role');
  const inDatabase = (table: string) =>
    readUnderHat<{ organisation_id: string }>(
      test.db,
      member.context,
      (sql) => sql`select * from ${sql(table)}`,
    );
  t.same(await inDatabase('settlements'), [], 'the whole is not theirs to read');
  t.match(await inDatabase('settlement_members'), [{ organisation_id: erwitte.id }]);
  t.equal((await inDatabase('settlement_members')).length, 1);
  await t.rejects(test.owner.sql`delete from settlement_members`, { code: 'VB409' }, 'kept for good');
});
