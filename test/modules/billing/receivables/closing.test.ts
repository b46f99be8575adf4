import tap from 'tap';
import type { OpenItemRow } from '../../../../src/modules/billing/payments/open-items.types.ts';
import { planOffsets } from '../../../../src/modules/billing/settlements/settlement-figures.rules.ts';
import { camt } from '../../../support/camt.ts';
import { addCost, addWording, createRun, postRun, problemOf, use } from '../../../support/costing.ts';
import { beforeSettling, figuresOf } from '../../../support/late-usage.ts';
import { waitingFor } from '../../../support/locks.ts';
import {
  budget,
  charged,
  freezePlanned,
  issued,
  openItems,
  PLANNED_OVER,
  type PlanBody,
  pay,
  planInForce,
  planMust,
  planOf,
  planStep,
  type ReceivablesWorld,
  runDue,
  runInstalmentJobs,
  sendBankFile,
  startReceivablesWorld,
} from '../../../support/receivables.ts';
import { must } from '../../../support/services.ts';
import {
  creditNote,
  issue,
  prepare,
  recipientOf,
  type StatementBody,
  statement,
  statementStep,
  statementsOf,
} from '../../../support/statements.ts';
import { until } from '../../../support/waiting.ts';

interface InstalmentBody {
  readonly organisationId: string;
  readonly dueOn: string;
  readonly problems: readonly { readonly code: string }[];
}

const instalmentsOf = async ({ finance }: ReceivablesWorld, { id }: PlanBody, status: string) =>
  (
    await must<{ items: InstalmentBody[] }>(
      finance,
      'GET',
      `/instalment-plans/${id}/instalments?status=${status}`,
    )
  ).items;

/** The batch of the planned period, as people and workers issue it. */
const billPlanned = async (world: ReceivablesWorld) => {
  const ofPeriod = { ...world, periodId: world.planned };
  return issue(ofPeriod, await prepare(ofPeriod));
};

async function settle({ finance, planned }: ReceivablesWorld, credits = 'payout') {
  const figures = await must<{ contentHash: string }>(
    finance,
    'GET',
    `/settlements/figures?periodId=${planned}`,
  );
  return finance.call('POST', '/settlements', {
    periodId: planned,
    contentHash: figures.contentHash,
    credits,
  });
}

tap.test('a period is billed finally, settled, and closed (numbers: invariants of the README)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { finance, colleague, clock, erwitte, anroechte, marriage, planned, centre, test } = world;
  const plan = await planInForce(world);
  clock.set('2026-10-06T09:00:00.000Z');
  await runDue(world);
  await addCost(world, marriage, 300_000, '2026-10-15');
  await freezePlanned(world);
  await postRun(world, await createRun(world, { periodId: planned }));
  await billPlanned(world);
  const valid = async (kind: number) =>
    (await statementsOf(finance, `&periodId=${planned}&status=issued&kind=${kind}`)).filter(
      ({ supersededBy }) => supersededBy === null,
    );
  const takeBack = async (document: StatementBody) => {
    const credit = (await creditNote(finance, document)).json<StatementBody>();
    return statementStep(colleague, credit, 'issue', { contentHash: credit.contentHash });
  };

  await t.test('no instalment is issued beside the final document of its member (25)', async (t) => {
    const finals = await valid(380);
    t.equal(finals.length, 2);
    const other = finals.find(({ organisationId }) => organisationId === anroechte.id);
    t.equal((await takeBack(other as StatementBody)).statusCode, 200);
    await runDue(world);
    const billed = { organisationId: erwitte.id, problems: [{ code: 'INSTALMENT_PERIOD_BILLED' }] };
    t.match(await instalmentsOf(world, plan, 'cancelled'), [
      { dueOn: '2026-11-20', ...billed },
      { dueOn: '2026-12-18', ...billed },
    ]);
    t.equal((await instalmentsOf(world, plan, 'cancelled')).length, 2);
    const instalments = await valid(326);
    t.same(
      instalments.map(({ organisationId }) => organisationId).toSorted(),
      [erwitte.id, anroechte.id, anroechte.id, anroechte.id].toSorted(),
      'whose final document was taken back goes on paying',
    );
    t.match(await billPlanned(world), { progress: { statements: 1, issued: 1 }, blocked: [] });
  });

  await t.test('settling and issuing wait for one another, and settling for payments (30)', async (t) => {
    const late = (await creditNote(finance, (await valid(380))[0] as StatementBody)).json<StatementBody>();
    const sign = () => statementStep(finance, late, 'issue', { contentHash: late.contentHash });
    t.equal(problemOf(await sign()).code, 'FOUR_EYES_REQUIRED', 'it could be issued by another person');
    t.match(await figuresOf(finance, planned), {
      gaps: [],
      drafts: [{ statementId: late.id, memberName: late.memberName, kind: 381 }],
    });
    t.match(problemOf(await settle(world)), {
      code: 'SETTLEMENT_DRAFT_OPEN',
      errors: [{ pointer: '/periodId', code: 'DRAFT_OPEN', detail: /^.+: Die Rechnungskorrektur/ }],
    });
    t.equal((await statementStep(finance, late, 'discard')).statusCode, 200);
    t.same((await figuresOf(finance, planned)).drafts, []);
    const wrong = () =>
      finance.call('POST', '/settlements', {
        periodId: planned,
        contentHash: 'a'.repeat(64),
        credits: 'payout',
      });
    for (const name of ['statements', 'payments'])
      t.equal(problemOf(await waitingFor(test, centre.id, name, wrong)).code, 'SETTLEMENT_MISMATCH');
    t.equal((await settle(world)).statusCode, 201);
    const left = await beforeSettling(test, planned, async () =>
      (await creditNote(finance, (await valid(380))[0] as StatementBody)).json<StatementBody>(),
    );
    t.same((await figuresOf(finance, planned)).drafts, [], 'a settled period waits for nothing');
    const second = () => statementStep(colleague, left, 'issue', { contentHash: left.contentHash });
    const refused = await waitingFor(test, centre.id, 'statements', second);
    t.equal(problemOf(refused).code, 'BILLING_PERIOD_SETTLED', 'a draft from before is not issued');
    t.equal((await statementStep(finance, left, 'discard')).statusCode, 200);
  });

  await t.test('who drafts a credit note waits for who settles, and leaves no draft behind', async (t) => {
    const { sql } = test.owner;
    const [final] = await valid(380);
    await sql`update billing_periods set state = 'frozen' where id = ${planned}`;
    const settling = await sql.reserve();
    await settling`begin`;
    await settling`update billing_periods set state = 'settled' where id = ${planned}`;
    const drafting = creditNote(finance, final as StatementBody);
    await until('the draft waits', async () => {
      const waiting = await sql`select from pg_locks where not granted and locktype = 'transactionid'`;
      return waiting.length > 0;
    });
    await settling`commit`;
    settling.release();
    t.equal(problemOf(await drafting).code, 'BILLING_PERIOD_SETTLED');
    t.same(await statementsOf(finance, `&periodId=${planned}&status=draft`), []);
  });

  await t.test('409: nothing of a settled period is charged, credited or planned (30)', async (t) => {
    const [final] = await valid(380);
    const refused = [
      await finance.call('POST', '/statement-batches', { periodId: planned }),
      await creditNote(finance, final as StatementBody),
    ];
    // As where an earlier version let a running period be settled.
    clock.set('2026-10-06T09:00:00.000Z');
    refused.push(await finance.call('POST', '/instalment-plans', planOf(world, { dueOn: ['2026-12-18'] })));
    clock.set(PLANNED_OVER);
    for (const answer of refused) t.equal(problemOf(answer).code, 'BILLING_PERIOD_SETTLED');
  });
});

tap.test('the instalments of a settled period are cancelled, and say why (25)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { finance, marriage, planned } = world;
  const plan = await planInForce(world);
  await addCost(world, marriage, 300_000, '2026-10-15');
  await freezePlanned(world);
  await postRun(world, await createRun(world, { periodId: planned }));
  await billPlanned(world);
  t.equal((await settle(world)).statusCode, 201);
  await runDue(world);
  t.same(await statementsOf(finance, `&periodId=${planned}&kind=326`), []);
  const cancelled = await instalmentsOf(world, plan, 'cancelled');
  t.equal(cancelled.length, 6);
  t.ok(cancelled.every(({ problems }) => problems[0]?.code === 'BILLING_PERIOD_SETTLED'));
});

tap.test('an instalment that was paid and taken back is a credit like any other (30)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { test, finance, erwitte, anroechte, planned } = world;
  const first = await issued(world, erwitte, { netCents: 10_000 });
  await pay(finance, {
    organisationId: erwitte.id,
    amountCents: 11_900,
    matches: [{ statementId: first.id, amountCents: 11_900 }],
  });
  const back = await issued(world, erwitte, { kind: 381, netCents: 10_000, corrects: first });
  await issued(world, anroechte, { kind: 380, netCents: 5_000 });
  await charged(world, [[anroechte, 5_000]]);
  await freezePlanned(world);
  t.match(
    await must(finance, 'GET', `/settlements/figures?periodId=${planned}`),
    { gaps: [] },
    'who is charged nothing needs no final document',
  );
  const answer = await settle(world);
  t.equal(answer.statusCode, 201, answer.body);
  const settlement = answer.json<{ id: string; members: { organisationId: string }[] }>();
  t.match(
    settlement.members.find(({ organisationId }) => organisationId === erwitte.id),
    { credit: { amountCents: 11_900, payouts: [{ number: back.number, amountCents: 11_900 }] } },
  );
  const payouts = async () => (await finance.call('GET', `/settlements/${settlement.id}/payouts`)).body;
  t.match(await payouts(), new RegExp(`119,00;EUR;${back.number}`));
  const debit = (amount: string, reference: string) =>
    camt({
      opening: '500.00',
      statementId: reference,
      entries: [{ amount, debit: true, reference, text: [back.number] }],
    });
  t.equal((await sendBankFile(test, finance, debit('20.00', 'A1'))).statusCode, 201);
  t.match(await payouts(), new RegExp(`;99,00;EUR;${back.number}`), 'what is still open');
  t.equal((await sendBankFile(test, finance, debit('99.00', 'A2'))).statusCode, 201);
  t.notMatch(await payouts(), back.number, 'nothing is ordered twice');
  t.same(
    (await openItems(finance)).map(({ organisationId }) => organisationId),
    [anroechte.id],
  );
});

tap.test('plans are held to what was invoiced, member by member (24, 26)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { test, finance, colleague, erwitte, anroechte, centre } = world;
  const signed = ({ contentHash }: PlanBody) => ({ contentHash });
  const submitted = async () => {
    const draft = await must<PlanBody>(finance, 'POST', '/instalment-plans', planOf(world));
    return planMust(finance, draft, 'submit');
  };
  const first = await issued(world, erwitte, { netCents: 1_000 });
  const stale = await submitted();
  await issued(world, erwitte, { kind: 381, netCents: 1_000, corrects: first });
  await issued(world, anroechte, { netCents: 1_000 });
  const answer = await planStep(colleague, stale, 'approve', signed(stale));
  t.equal(problemOf(answer).code, 'INSTALMENT_PLAN_STALE', 'the sums are equal, the members are not');

  const anew = await submitted();
  const approve = () => planStep(colleague, anew, 'approve', signed(anew));
  const approved = await waitingFor(test, centre.id, 'instalment_plans', approve);
  t.equal(approved.statusCode, 200, approved.body);
  const create = () => finance.call('POST', '/instalment-plans', planOf(world));
  t.equal((await waitingFor(test, centre.id, 'instalment_plans', create)).statusCode, 201);
  await waitingFor(test, centre.id, 'payments', () =>
    pay(finance, { organisationId: erwitte.id, amountCents: 1 }),
  );
});

tap.test(
  'a plan from the budget is approved on the figures there are, not on those there were (24)',
  async (t) => {
    const world = await startReceivablesWorld(t);
    const { finance, colleague, erwitte, marriage, periodId } = world;
    const submitted = async (change: object = {}) => {
      const draft = await must<PlanBody>(finance, 'POST', '/instalment-plans', planOf(world, change));
      return planMust(finance, draft, 'submit');
    };
    const approve = (plan: PlanBody) =>
      planStep(colleague, plan, 'approve', { contentHash: plan.contentHash });
    const stale = await submitted();
    const byHand = await submitted({
      amounts: [{ organisationId: erwitte.id, serviceId: marriage, amountCents: 100 }],
    });
    await budget(finance, marriage, 9_000_000);
    const answer = await approve(stale);
    t.equal(answer.statusCode, 409, answer.body);
    t.equal(problemOf(answer).code, 'INSTALMENT_BUDGET_CHANGED');
    const kept = await must<PlanBody>(finance, 'GET', `/instalment-plans/${stale.id}`);
    t.match(kept, { status: 'submitted', amountCents: 1_050_001, version: stale.version });

    t.equal((await approve(byHand)).statusCode, 200, 'amounts that a person named follow from nothing');
    const { id: replacesId } = byHand;
    const anew = await submitted({ replacesId, usagePeriodId: periodId });
    t.equal((anew as PlanBody & { usagePeriodId: string }).usagePeriodId, periodId);
    await budget(finance, marriage, -10_000_001);
    await budget(finance, world.certificates, -50_000);
    const gone = problemOf(await approve(anew));
    t.equal(gone.code, 'INSTALMENT_BUDGET_CHANGED', 'what can no longer be computed is said in the same way');
    await budget(finance, marriage, 10_000_001);
    await budget(finance, world.certificates, 50_000);
    t.equal(problemOf(await approve(anew)).code, 'INSTALMENT_BUDGET_CHANGED', 'its lines are other ones');
    const fresh = await submitted({ replacesId, usagePeriodId: periodId });
    t.equal((await approve(fresh)).statusCode, 200, 'shared out by the same usage as before');
  },
);

tap.test('usage that came in after a plan was made keeps nobody from approving it (24)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { test, clock, finance, colleague, erwitte, anroechte, marriage, certificates, periodId } = world;
  const byCases = {
    mode: 'cascade',
    tranches: [{ id: 't', label: 'Fälle', percent: '100', key: { type: 'cases', meter: 'cases' } }],
  };
  await test.owner.sql`update agreement_versions set valid_to = '2026-10-01'
    where ${marriage}::uuid = any(service_ids)`;
  const change = { from: '2026-10-01' };
  await addWording(world, [marriage, certificates], [erwitte, anroechte], byCases, change);
  for (const service of [marriage, certificates])
    for (const member of [erwitte, anroechte]) await use(world, member, service, '3');
  const made = async (wish: object) =>
    planMust(
      finance,
      await must<PlanBody>(finance, 'POST', '/instalment-plans', planOf(world, wish)),
      'submit',
    );
  const plan = await made({ usagePeriodId: periodId });
  clock.set('2026-10-05T08:05:00.000Z');
  await use(world, erwitte, marriage, '4');
  const approved = await planStep(colleague, plan, 'approve', { contentHash: plan.contentHash });
  t.equal(approved.statusCode, 200, approved.body);
  const later = await made({ usagePeriodId: periodId, replacesId: plan.id });
  t.not(later.contentHash, plan.contentHash, 'a plan that is made later counts it');
});

tap.test('a corrected invoice bills a period finally, and is no instalment (26)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { finance, colleague, erwitte } = world;
  const draft = await must<PlanBody>(finance, 'POST', '/instalment-plans', planOf(world));
  const submitted = await planMust(finance, draft, 'submit');
  const final = await issued(world, erwitte, { kind: 380, netCents: 1_000 });
  await issued(world, erwitte, { kind: 384, netCents: 2_000, corrects: final });
  const { contentHash } = draft;
  const approved = await planStep(colleague, submitted, 'approve', { contentHash });
  t.equal(problemOf(approved).code, 'INSTALMENT_PERIOD_BILLED');
  t.equal(
    problemOf(await finance.call('POST', '/instalment-plans', planOf(world))).code,
    'INSTALMENT_PERIOD_BILLED',
  );
});

tap.test('a corrected invoice asks for what is open, and nothing is counted twice (27, 37)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { test, finance, erwitte } = world;
  const items = async () =>
    (await openItems(finance)).map(({ claimCents, matchedCents, openCents }) => [
      claimCents,
      matchedCents,
      openCents,
    ]);
  const totalsOf = async ({ id }: { id: string }) => {
    const [row] = await test.owner.sql<{ document: { paidCents?: number; totals: object } }[]>`
      select document from statements where id = ${id}`;
    return { paidCents: row?.document.paidCents, ...row?.document.totals };
  };
  const final = await issued(world, erwitte, { kind: 380, netCents: 10_000 });
  t.match(await totalsOf(final), { paidCents: undefined, prepaidCents: 0, payableCents: 11_900 });
  const payment = { organisationId: erwitte.id, amountCents: 11_900 };
  await pay(finance, { ...payment, matches: [{ statementId: final.id, amountCents: 11_900 }] });
  const more = await issued(world, erwitte, { kind: 384, netCents: 12_000, corrects: final });
  t.match(await totalsOf(more), {
    paidCents: 11_900,
    grossCents: 14_280,
    prepaidCents: 11_900,
    payableCents: 2_380,
  });
  t.same(await items(), [[14_280, 11_900, 2_380]], 'open is what the document asks for');
  t.match(
    await must(finance, 'GET', `/statements/${more.id}`),
    { prepaidCents: 0, payableCents: 14_280 },
    'the claim',
  );

  const rest = { statementId: more.id, amountCents: 2_380 };
  await pay(finance, { organisationId: erwitte.id, amountCents: 2_380, matches: [rest] });
  t.same(await items(), [], 'paid as the document says, nothing is left');
  const less = await issued(world, erwitte, { kind: 384, netCents: 5_000, corrects: more });
  t.match(await totalsOf(less), { paidCents: 14_280, payableCents: 5_950 - 14_280 });
  t.same(await items(), [[5_950, 14_280, 5_950 - 14_280]], 'what was paid too much is a credit');
  const back = await issued(world, erwitte, { kind: 381, netCents: 5_000, corrects: less });
  t.match(await totalsOf(back), { paidCents: undefined, payableCents: 5_950 });
  t.same(await items(), [[0, 14_280, -14_280]], 'all that was paid, once');
});

tap.test('claims of later periods are set off first, each by the day it is due (28)', async (t) => {
  const item = (statementId: string, openCents: number, startsOn: string, dueOn: string) =>
    ({ statementId, organisationId: 'a', openCents, startsOn, dueOn }) as OpenItemRow;
  const claims = [
    item('old', 50, '2026-10-01', '2026-10-20'),
    item('next-2', 50, '2027-01-01', '2027-02-20'),
    item('next-1', 50, '2027-01-01', '2027-01-20'),
  ];
  const offsets = planOffsets([item('credit', -120, '2026-10-01', '2026-12-31')], claims, '2027-01-01');
  t.same(
    offsets.map(({ to, amountCents }) => [to.statementId, amountCents]),
    [
      ['next-1', 50],
      ['next-2', 50],
      ['old', 20],
    ],
  );
});

tap.test('what is due already is issued at once: by approval, and when somebody asks (25)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { test, finance, colleague, auditor, clock, anroechte } = world;
  const sql = test.owner.sql;
  const draft = await must<PlanBody>(finance, 'POST', '/instalment-plans', planOf(world));
  const submitted = await planMust(finance, draft, 'submit');
  t.equal(problemOf(await planStep(finance, submitted, 'issue-due')).code, 'INSTALMENT_PLAN_STATE_REFUSED');
  clock.set('2026-10-10T09:00:00.000Z');
  await sql`delete from billing_recipients where organisation_id = ${anroechte.id}`;
  const plan = await planMust(colleague, submitted, 'approve', { contentHash: draft.contentHash });
  t.equal(await runInstalmentJobs(world), 1, 'no task ran');
  t.equal((await instalmentsOf(world, plan, 'issued')).length, 1);
  t.match(await instalmentsOf(world, plan, 'blocked'), [{ organisationId: anroechte.id }]);
  const first = { 'if-match': '"0"' };
  await must(
    finance,
    'PUT',
    `/billing-recipients/${anroechte.id}`,
    recipientOf('Gemeinde Anröchte', 'AN'),
    first,
  );
  t.equal((await planStep(auditor, plan, 'issue-due')).statusCode, 403);
  clock.set('2026-10-10T09:05:00.000Z');
  t.match(await planMust(finance, plan, 'issue-due'), { version: plan.version });
  t.equal(await runInstalmentJobs(world), 1);
  t.equal((await instalmentsOf(world, plan, 'issued')).length, 2, 'the mended one too');
});

tap.test(
  'no instalment is taken back that a valid invoice sets off, whenever it was drafted (19)',
  async (t) => {
    const world = await startReceivablesWorld(t);
    const { finance, colleague, erwitte, marriage, planned } = world;
    await planInForce(world);
    await addCost(world, marriage, 1_000_001, '2026-10-15');
    world.clock.set('2026-10-06T09:00:00.000Z');
    await runDue(world);
    await freezePlanned(world);
    const [instalment] = (await statementsOf(finance, `&kind=326&organisationId=${erwitte.id}`)) as [
      StatementBody,
    ];
    const credit = (await creditNote(finance, instalment)).json<StatementBody>();
    t.same((await statement(finance, credit.id)).obstacles, []);
    const planWorld = { ...world, periodId: planned };
    await postRun(planWorld, await createRun(planWorld));
    await billPlanned(world);
    const finals = `&kind=380&organisationId=${erwitte.id}&periodId=${planned}`;
    const [final] = (await statementsOf(finance, finals)) as [StatementBody];
    t.ok(final.prepaidCents > 0);
    const claims = () => openItems(finance, `organisationId=${erwitte.id}&state=all`);
    const before = await claims();
    const signCredit = (one: StatementBody) =>
      statementStep(colleague, one, 'issue', { contentHash: one.contentHash });

    await t.test('409: the final document was issued since the credit note was drafted', async (t) => {
      const refused = problemOf(await signCredit(credit));
      const detail = `${final.number} sets ${instalment.number} off.`;
      t.match(refused, { code: 'STATEMENT_IS_SET_OFF', detail });
      t.match(
        (await statement(finance, credit.id)).obstacles,
        [{ code: 'STATEMENT_IS_SET_OFF' }],
        'and it says so before',
      );
      t.same(await claims(), before);
    });

    await t.test('200: once the final document is taken back', async (t) => {
      const first = (await creditNote(finance, final)).json<StatementBody>();
      t.equal((await signCredit(first)).statusCode, 200);
      t.equal((await signCredit(credit)).statusCode, 200);
      t.match(await statement(finance, instalment.id), { supersededBy: credit.id });
    });
  },
);
