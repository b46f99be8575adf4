import tap from 'tap';
import {
  act,
  addCost,
  addWording,
  createRun,
  freeze,
  linesOf,
  movePeriod,
  postRun,
  problemOf,
  type RunBody,
  startCostingWorld,
  step,
  use,
} from '../../../support/costing.ts';
import {
  admit,
  beforeSettling,
  billedQuarter,
  figuresOf,
  type PeriodBody,
  readPeriod,
  settle,
} from '../../../support/late-usage.ts';
import { waitingFor } from '../../../support/locks.ts';
import { cardInForce, cardTerms, pricedBy, unitPrice } from '../../../support/rates.ts';
import { openItems, pay } from '../../../support/receivables.ts';
import { must } from '../../../support/services.ts';
import {
  creditNote,
  issue,
  prepare,
  readyToIssue,
  type StatementBody,
  statementStep,
  statementsOf,
  taxable,
} from '../../../support/statements.ts';
import { until } from '../../../support/waiting.ts';

const REASON = { reason: 'Späte Fälle' };

tap.test('late usage of a settled year (numbers: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, clock, finance, colleague, stranger, member, erwitte, anroechte, marriage, periodId } = world;
  const { sql } = test.owner;
  const first = await billedQuarter(world);
  const valid = async () =>
    (await statementsOf(finance, `&periodId=${periodId}&status=issued`)).filter(
      ({ supersededBy }) => supersededBy === null,
    );
  for (const { id, organisationId, payableCents } of await valid())
    await pay(finance, {
      organisationId,
      amountCents: payableCents,
      matches: [{ statementId: id, amountCents: payableCents }],
    });
  t.equal((await settle(finance, periodId)).statusCode, 201);
  const kept = async () => sql`select members, content_hash from settlements where period_id = ${periodId}`;
  const settlement = await kept();
  const next = await must<PeriodBody>(finance, 'POST', '/billing-periods', { code: '2026-Q4' });
  const earlier = await must<PeriodBody>(finance, 'POST', '/billing-periods', { code: '2026-Q2' });

  await t.test('409: nothing is superseded or admitted where nothing came late', async (t) => {
    t.match(await readPeriod(finance, periodId), { state: 'settled', lateEvents: 0, availableActions: [] });
    t.equal(problemOf(await act(finance, first, 'supersede', REASON)).code, 'PERIOD_STATE_REFUSED');
  });

  clock.set('2026-10-20T08:00:00.000Z');
  await use(world, anroechte, marriage, '3');

  await t.test('200: what came late waits and is counted; nothing of it is charged (2)', async (t) => {
    const period = await readPeriod(finance, periodId);
    t.match(period, { lateEvents: 1, correctionBillingPeriod: null, availableActions: [] });
    t.equal(period.recordedUntil, period.frozenAt);
  });

  await t.test('409: not over a posted run, and no run without admission', async (t) => {
    const early = await admit(finance, periodId, { billingPeriodId: next.id });
    t.equal(problemOf(early).code, 'PERIOD_HAS_POSTED_RUN');
    await step(finance, first, 'supersede', REASON);
    t.same((await readPeriod(finance, periodId)).availableActions, ['admit-late-usage']);
    const run = await finance.call('POST', '/allocation-runs', { periodId });
    t.equal(problemOf(run).code, 'PERIOD_STATE_REFUSED');
    const batch = await finance.call('POST', '/statement-batches', { periodId });
    t.equal(problemOf(batch).code, 'BILLING_PERIOD_SETTLED');
  });

  await t.test(
    '422, 412, 404: a settled period is corrected in a later, open one of the centre',
    async (t) => {
      const missing = await admit(finance, periodId);
      t.match(problemOf(missing), {
        code: 'CORRECTION_PERIOD_REFUSED',
        errors: [{ pointer: '/billingPeriodId' }],
      });
      for (const { id } of [earlier, { id: periodId }]) {
        const answer = await admit(finance, periodId, { billingPeriodId: id });
        t.equal(problemOf(answer).code, 'CORRECTION_PERIOD_REFUSED');
      }
      const foreign = await must(stranger, 'POST', '/billing-periods', { code: '2026-Q4' });
      const unknown = await admit(finance, periodId, { billingPeriodId: foreign.id });
      t.match(problemOf(unknown), { code: 'PERIOD_UNKNOWN', errors: [{ pointer: '/billingPeriodId' }] });
      const url = `/billing-periods/${periodId}/actions/admit-late-usage`;
      const body = { ...REASON, billingPeriodId: next.id };
      const etag = { 'if-match': '"1"' };
      t.equal((await finance.call('POST', url, body, etag)).statusCode, 412);
      t.equal((await finance.call('POST', url, body)).statusCode, 428);
      t.equal((await finance.call('POST', url, { billingPeriodId: next.id }, etag)).statusCode, 400);
      t.equal((await stranger.call('POST', url, body, etag)).statusCode, 404);
      t.equal((await member.call('POST', url, body, etag)).statusCode, 403);
      const open = await admit(finance, next.id);
      t.equal(problemOf(open).code, 'PERIOD_STATE_REFUSED', 'an open period takes all usage');
    },
  );

  await t.test('200: what was recorded until now counts, and where it is billed is kept', async (t) => {
    const answer = await admit(finance, periodId, { billingPeriodId: next.id });
    t.equal(answer.statusCode, 200, answer.body);
    t.match(answer.json(), {
      state: 'settled',
      lateEvents: 0,
      recordedUntil: clock.now(),
      correctionBillingPeriod: { id: next.id, code: '2026-Q4', state: 'open' },
      availableActions: [],
    });
    const [entry] = await sql`select details from audit_entries where action = 'costing.late-usage-admitted'`;
    t.match(entry?.details, { code: '2026-Q3', events: 1, reason: 'Nachmeldung', billingPeriod: '2026-Q4' });
    const again = await admit(finance, periodId, { billingPeriodId: next.id });
    t.equal(problemOf(again).code, 'LATE_USAGE_NONE');
  });

  const missing = async () =>
    (await figuresOf(finance, next.id)).corrections.map(({ code, memberName }) => [code, memberName]);
  let second: RunBody;
  await t.test('201: the run corrects the superseded one and is billed there only', async (t) => {
    t.same(await missing(), [['RUN_MISSING', null]]);
    const elsewhere = await must(finance, 'POST', '/billing-periods', { code: '2027-Q1' });
    const other = await finance.call('POST', '/allocation-runs', { periodId, billingPeriodId: elsewhere.id });
    t.equal(problemOf(other).code, 'CORRECTION_PERIOD_REFUSED');
    const draft = await createRun(world);
    t.match(draft, {
      correctsRunId: first.id,
      billingPeriod: { id: next.id, code: '2026-Q4' },
      period: { code: '2026-Q3' },
    });
    second = await postRun(world, draft);
    const lines = await linesOf(finance, second.id);
    const sum = lines.reduce((total, { amountCents }) => total + amountCents, 0);
    t.equal(sum, first.amountCents, 'lines add up to the pools (1)');
    t.match(
      lines
        .flatMap(({ trancheId, parts }) => (trancheId === 'use' ? (parts[0]?.share ?? '') : []))
        .toSorted(),
      ['0', '1/2', '1/2'],
      '7 of 14 cases each',
    );
    t.same(await missing(), [
      ['CHARGE_DIFFERS', '=Erwitte'],
      ['CHARGE_DIFFERS', 'Anröchte'],
    ]);
    const eventsOf = async ({ id }: RunBody) => {
      const line = (await linesOf(finance, id)).find(
        ({ trancheId, organisationId }) => trancheId === 'use' && organisationId === anroechte.id,
      );
      const { links } = await must<{ links: { usageEvents: string } }>(
        finance,
        'GET',
        `/allocation-runs/${id}/lines/${line?.position}/why`,
      );
      const path = links.usageEvents.replace('/api/v1/', '/');
      return (await must<{ items: { quantity: string }[] }>(finance, 'GET', path)).items.length;
    };
    t.same([await eventsOf(first), await eventsOf(second)], [1, 2], 'each leads to what it counts');
  });

  await t.test('corrected invoices keep both periods; a credit note by hand is still refused', async (t) => {
    const [issuedBefore] = await valid();
    const byHand = await creditNote(finance, issuedBefore as StatementBody);
    t.equal(problemOf(byHand).code, 'BILLING_PERIOD_SETTLED');
    const batch = await prepare(world);
    t.match(batch, { status: 'ready', progress: { statements: 2 }, blocked: [] });
    t.same(
      (await missing()).map(([code]) => code),
      ['CHARGE_DIFFERS', 'CHARGE_DIFFERS', 'DRAFT_OPEN', 'DRAFT_OPEN'],
    );
    const early = await settle(finance, next.id);
    t.equal(problemOf(early).code, 'SETTLEMENT_CORRECTION_OPEN');
    t.match(problemOf(early).errors[1]?.detail, /^2026-Q3: .*Anröchte: /);
    t.match(await issue(world, batch), { progress: { issued: 2 }, blocked: [] });
    const corrected = (await valid()).filter(({ kind }) => kind === 384);
    t.equal(corrected.length, 2);
    for (const one of corrected) {
      t.match(one, { period: { code: '2026-Q3' }, billingPeriod: { id: next.id, code: '2026-Q4' } });
      const csv = await finance.call('GET', `/statements/${one.id}/documents/xrechnung-ubl`);
      t.match(csv.body, /abgerechnet im Zeitraum 2026-Q4/);
    }
    const [own] = (await statementsOf(member)).filter(({ kind }) => kind === 384);
    t.match(own, { billingPeriod: { id: null, code: '2026-Q4' } }, 'periods are the own of the centre');
    t.same(await missing(), []);
  });

  await t.test('claims and credits of the correction are open items; kept figures stay (30)', async (t) => {
    const open = await openItems(finance);
    t.equal(open.length, 2);
    const credit = open.find(({ organisationId }) => organisationId === erwitte.id);
    const claim = open.find(({ organisationId }) => organisationId === anroechte.id);
    t.ok((credit?.openCents ?? 0) < 0 && (claim?.openCents ?? 0) > 0);
    t.ok(Math.abs((credit?.openCents ?? 0) + (claim?.openCents ?? 0)) <= 1, 'but for the cent of VAT');
    const net = (await valid()).reduce((total, { netCents }) => total + netCents, 0);
    t.equal(net, second.amountCents, 'members are charged the pools (18)');
    t.same(await kept(), settlement);
    t.match(
      await prepare(world),
      { status: 'issued', progress: { statements: 0 } },
      'nothing is missing (19)',
    );
  });

  const ofNext = { ...world, periodId: next.id };
  await t.test('once the billing period is settled as well, the old one is closed again', async (t) => {
    clock.set('2027-01-04T09:00:00.000Z');
    await addCost(world, marriage, 100_000, '2026-11-01');
    await use(world, erwitte, marriage, '1', { occurredAt: '2026-11-01T10:00:00Z' });
    await freeze(ofNext);
    await postRun(world, await createRun(ofNext));
    await issue(ofNext, await prepare(ofNext));
    t.equal((await settle(finance, next.id)).statusCode, 201);
    t.match(await readPeriod(finance, periodId), { correctionBillingPeriod: { state: 'settled' } });
    const batch = await finance.call('POST', '/statement-batches', { periodId });
    t.equal(problemOf(batch).code, 'BILLING_PERIOD_SETTLED');
    t.equal(problemOf(await act(finance, second, 'supersede', REASON)).code, 'PERIOD_STATE_REFUSED');
  });

  await t.test('200: and is opened once more by later usage, for a later period', async (t) => {
    await use(world, erwitte, marriage, '2');
    clock.set('2027-01-05T09:00:00.000Z');
    await step(finance, second, 'supersede', REASON);
    const settled = await admit(finance, periodId, { billingPeriodId: next.id });
    t.equal(problemOf(settled).code, 'CORRECTION_PERIOD_REFUSED');
    const [{ id: later } = { id: '' }] = (
      await must<{ items: { id: string; code: string }[] }>(finance, 'GET', '/billing-periods')
    ).items.filter(({ code }) => code === '2027-Q1');
    t.equal((await admit(finance, periodId, { billingPeriodId: later })).statusCode, 200);
    const third = await postRun(world, await createRun(world));
    t.match(third, { correctsRunId: second.id, billingPeriod: { code: '2027-Q1' } });
    t.match(await issue(world, await prepare(world)), { progress: { statements: 2, issued: 2 } });
    t.equal((await statementsOf(colleague, `&periodId=${periodId}&kind=384&status=issued`)).length, 4);
  });
});

tap.test('what is under way when a correction opens and closes', async (t) => {
  const world = await startCostingWorld(t);
  const { test, clock, centre, finance, colleague, anroechte, marriage, periodId } = world;
  const { sql } = test.owner;
  const first = await billedQuarter(world);
  const [document] = await statementsOf(finance, `&periodId=${periodId}&status=issued`);
  const stale = await createRunOfBefore();
  t.equal((await settle(finance, periodId)).statusCode, 201);
  const byHand = (
    await beforeSettling(test, periodId, () => creditNote(finance, document as StatementBody))
  ).json<StatementBody>();
  const next = await must<PeriodBody>(finance, 'POST', '/billing-periods', { code: '2026-Q4' });
  const later = await must<PeriodBody>(finance, 'POST', '/billing-periods', { code: '2027-Q1' });
  const locked = async (type: string) =>
    (await sql`select from pg_locks where not granted and locktype = ${type}`).length > 0;

  /** Approved before the period was settled, beside the posted run. */
  async function createRunOfBefore(): Promise<RunBody> {
    const posted = await step(finance, first, 'supersede', REASON);
    const draft = await createRun(world);
    const submitted = await step(finance, draft, 'submit');
    const approved = await step(colleague, submitted, 'approve', { resultHash: draft.resultHash });
    await postRun(world, await createRun(world));
    t.equal(posted.status, 'superseded');
    return approved;
  }

  const posted = async () => {
    const { items } = await must<{ items: RunBody[] }>(finance, 'GET', '/allocation-runs?status=posted');
    return items.find(({ correctsRunId }) => correctsRunId !== null) as RunBody;
  };

  clock.set('2026-10-20T08:00:00.000Z');
  await t.test('admitting waits for usage that is being recorded, and counts it', async (t) => {
    await use(world, anroechte, marriage, '1');
    await step(finance, await posted(), 'supersede', REASON);
    const underWay = await sql.reserve();
    await underWay`begin`;
    await underWay`select app.hold_freezing(${centre.id})`;
    const [event] = await underWay<{ id: string }[]>`
      insert into usage_events (id, centre_id, organisation_id, service_id, agreement_version_id, source, idempotency_key, kind, meter, unit,
        quantity, occurred_at, occurred_on, attributes, recorded_by, recorded_at)
      select gen_random_uuid(), centre_id, organisation_id, service_id, agreement_version_id, source, 'under-way', kind, meter, unit, 3,
        occurred_at, occurred_on, attributes, recorded_by, ${clock.now()}
      from usage_events where organisation_id = ${anroechte.id} and occurred_on < '2026-10-01' limit 1 returning id`;
    t.ok(event);
    let isDone = false;
    const admitting = admit(finance, periodId, { billingPeriodId: next.id }).finally(() => {
      isDone = true;
    });
    await until('the admission waits', () => locked('advisory'));
    t.notOk(isDone);
    await underWay`commit`;
    underWay.release();
    const answer = await admitting;
    t.match([answer.statusCode, answer.json<PeriodBody>().lateEvents], [200, 0], answer.body);
    const draft = await createRun(world);
    const uses = (await linesOf(finance, draft.id)).filter(({ trancheId }) => trancheId === 'use');
    t.match(uses[0]?.parts[0], { weightTotal: '15' });
    await step(colleague, draft, 'reject', REASON);
  });

  await t.test('usage that waited for the admission is late again', async (t) => {
    const admission = await sql.reserve();
    await admission`begin`;
    await admission`select app.lock_freezing(${centre.id})`;
    const recording = use(world, anroechte, marriage, '9');
    await until('the recording waits', () => locked('advisory'));
    await admission`update billing_periods set recorded_until = ${clock.now()}::timestamptz + interval '1 second' where id = ${periodId}`;
    await admission`commit`;
    admission.release();
    await recording;
    t.match(await readPeriod(finance, periodId), { lateEvents: 1 });
    await t.rejects(
      sql`update billing_periods set recorded_until = frozen_at where id = ${periodId}`,
      { code: 'VB409' },
      'what counts is never taken back',
    );
  });

  clock.set('2026-10-21T08:00:00.000Z');
  await t.test('409: a run and drafts of before are no correction', async (t) => {
    const refused = problemOf(await act(finance, stale, 'post'));
    t.match(refused, { code: 'RUN_INPUTS_CHANGED', detail: /is billed in 2026-Q4/ });
    const sign = { contentHash: byHand.contentHash };
    t.equal(problemOf(await statementStep(colleague, byHand, 'issue', sign)).code, 'BILLING_PERIOD_SETTLED');
    await statementStep(finance, byHand, 'discard');
  });

  await t.test('settling the billing period and admitting to it exclude each other', async (t) => {
    await use(world, anroechte, marriage, '1');
    clock.set('2026-10-22T08:00:00.000Z');
    const settling = await sql.reserve();
    await settling`begin`;
    await settling`select from billing_periods where id = ${later.id} for no key update`;
    const admitting = admit(finance, periodId, { billingPeriodId: later.id });
    await until('the admission waits for the settlement', () => locked('transactionid'));
    await settling`update billing_periods set state = 'settled', frozen_at = now() where id = ${later.id}`;
    await settling`commit`;
    settling.release();
    t.equal(problemOf(await admitting).code, 'CORRECTION_PERIOD_REFUSED');

    const admission = await sql.reserve();
    await admission`begin`;
    await admission`select from billing_periods where id = ${next.id} for share`;
    const wanted = settle(finance, next.id);
    await until('the settlement waits for the admission', () => locked('transactionid'));
    await admission`commit`;
    admission.release();
    t.equal(problemOf(await wanted).code, 'SETTLEMENT_CORRECTION_OPEN');
  });

  await t.test('issuing a correction and settling where it is billed wait for one another', async (t) => {
    await admit(finance, periodId, { billingPeriodId: next.id });
    await postRun(world, await createRun(world));
    const { id: batchId } = await prepare(world);
    const [draft] = await statementsOf(finance, `&batchId=${batchId}&status=draft`);
    const sign = () =>
      statementStep(finance, draft as StatementBody, 'issue', { contentHash: draft?.contentHash });
    t.equal(
      problemOf(await waitingFor(test, centre.id, 'statements', () => settle(finance, next.id))).code,
      'SETTLEMENT_CORRECTION_OPEN',
    );
    const settling = await sql.reserve();
    await settling`begin`;
    await settling`select pg_advisory_xact_lock(hashtextextended('statements', hashtext(${centre.id})))`;
    const issuing = sign();
    await until('issuing waits', () => locked('advisory'));
    await settling`update billing_periods set state = 'settled', frozen_at = now() where id = ${next.id}`;
    await settling`commit`;
    settling.release();
    t.equal(problemOf(await issuing).code, 'BILLING_PERIOD_SETTLED');
    t.equal(
      problemOf(await finance.call('POST', '/allocation-runs', { periodId })).code,
      'PERIOD_STATE_REFUSED',
      'and no run any more',
    );
  });
});

tap.test('late usage that is paid by price needs no run', async (t) => {
  const world = await startCostingWorld(t);
  const { clock, finance, erwitte, anroechte, marriage, periodId } = world;
  await cardInForce(world, 'Preise 2026', cardTerms([unitPrice(marriage, 1_000)]));
  await addWording(world, [marriage], [erwitte, anroechte], null, {
    priceClause: pricedBy('Preise 2026', [marriage]),
  });
  await use(world, erwitte, marriage, '7');
  await use(world, anroechte, marriage, '4');
  await taxable(world);
  await readyToIssue(world);
  await freeze(world);
  await issue(world, await prepare(world));

  await t.test('in a frozen period it is admitted and billed in its own', async (t) => {
    await use(world, erwitte, marriage, '1');
    t.match(await prepare(world), { progress: { statements: 0 } }, 'what is late is not charged');
    clock.set('2026-10-06T08:00:00.000Z');
    const next = await must(finance, 'POST', '/billing-periods', { code: '2026-Q4' });
    const elsewhere = await admit(finance, periodId, { billingPeriodId: next.id });
    t.equal(problemOf(elsewhere).code, 'RUN_CORRECTS_NOTHING');
    t.equal((await admit(finance, periodId)).statusCode, 200);
    const batch = await issue(world, await prepare(world));
    t.match(batch, { progress: { statements: 1, issued: 1 } });
    const [corrected] = await statementsOf(finance, '&kind=384');
    t.match(corrected, { netCents: 8_000, billingPeriod: null });
  });

  await t.test('in a settled one the documents say where it is billed', async (t) => {
    t.equal((await settle(finance, periodId)).statusCode, 201);
    await use(world, anroechte, marriage, '1');
    clock.set('2026-10-07T08:00:00.000Z');
    const { items } = await must<{ items: { id: string; code: string }[] }>(
      finance,
      'GET',
      '/billing-periods',
    );
    const billingPeriodId = items.find(({ code }) => code === '2026-Q4')?.id;
    t.equal((await admit(finance, periodId, { billingPeriodId })).statusCode, 200);
    await addCost(world, marriage, 1, '2026-11-01');
    t.equal(
      problemOf(await finance.call('POST', '/allocation-runs', { periodId })).code,
      'RUN_WITHOUT_COST',
      'there is nothing to share out',
    );
    await issue(world, await prepare(world));
    const [corrected] = await statementsOf(finance, `&kind=384&organisationId=${anroechte.id}`);
    t.match(corrected, { netCents: 5_000, billingPeriod: { code: '2026-Q4' } });
    const xml = await finance.call('GET', `/statements/${corrected?.id}/documents/xrechnung-ubl`);
    t.match(xml.body, /Nachträglich erfasste Leistungen, abgerechnet im Zeitraum 2026-Q4/);
    t.same((await figuresOf(finance, billingPeriodId ?? '')).corrections, []);
  });
});

tap.test('an announced billing period ends with the state of the period', async (t) => {
  const world = await startCostingWorld(t);
  const { clock, finance, anroechte, marriage, periodId } = world;
  const first = await billedQuarter(world);
  const next = await must(finance, 'POST', '/billing-periods', { code: '2026-Q4' });
  await use(world, anroechte, marriage, '3');
  clock.set('2026-10-06T08:00:00.000Z');
  await step(finance, first, 'supersede', REASON);
  const admitted = await admit(finance, periodId, { billingPeriodId: next.id });
  t.match(admitted.json(), { state: 'frozen', correctionBillingPeriod: { code: '2026-Q4' } });
  const { sql } = world.test.owner;
  const moveTo = (state: string, frozenAt: string | null) =>
    sql`update billing_periods set state = ${state}, frozen_at = ${frozenAt} where id = ${next.id}`;
  const draft = await createRun(world);
  const submitted = await step(finance, draft, 'submit');
  await moveTo('settled', clock.now());
  const late = await act(world.colleague, submitted, 'approve', { resultHash: draft.resultHash });
  t.equal(problemOf(late).code, 'RUN_INPUTS_CHANGED', 'nothing is billed in what is settled');
  await moveTo('open', null);
  await step(finance, submitted, 'reject', REASON);
  const run = await postRun(world, await createRun(world));
  t.match(run, { billingPeriod: { code: '2026-Q4' } }, 'by default where it was admitted to');
  await issue(world, await prepare(world));
  t.equal((await settle(finance, periodId)).statusCode, 201);
  t.match(await readPeriod(finance, periodId), { state: 'settled', correctionBillingPeriod: null });
  t.equal(
    problemOf(await finance.call('POST', '/statement-batches', { periodId })).code,
    'BILLING_PERIOD_SETTLED',
    'what was frozen and is settled is closed',
  );
  await movePeriod(finance, next.id, 'close');
  t.match(await readPeriod(finance, next.id), { state: 'grace', lateEvents: 0, recordedUntil: null });
});
