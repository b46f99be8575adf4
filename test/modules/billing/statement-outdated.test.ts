import tap from 'tap';
import {
  act,
  addCost,
  createRun,
  freeze,
  movePeriod,
  postRun,
  problemOf,
  type RunBody,
  startCostingWorld,
  step,
  use,
} from '../../support/costing.ts';
import { admit } from '../../support/late-usage.ts';
import {
  creditNote,
  issue,
  postedQuarter,
  prepare,
  pricedQuarter,
  readyToIssue,
  type StatementBody,
  statement,
  statementStep,
  statementsOf,
  taxable,
} from '../../support/statements.ts';
import { until } from '../../support/waiting.ts';

const REASON = { reason: 'Kosten vergessen' };
const CHANGED = 'STATEMENT_CHARGES_CHANGED';

tap.test('drafts of a run are issued while it is posted (numbers: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, finance, colleague, marriage, periodId } = world;
  const { sql } = test.owner;
  let run: RunBody = await postedQuarter(world);
  await readyToIssue(world);
  await taxable(world);
  const first = await prepare(world);
  const drafts = await statementsOf(finance, `&batchId=${first.id}&status=draft`);
  const [draft] = drafts as [StatementBody];
  const sign = (one: StatementBody) => statementStep(finance, one, 'issue', { contentHash: one.contentHash });
  const issuedNow = () => statementsOf(finance, `&periodId=${periodId}&status=issued`);
  const waiting = async () =>
    (
      await sql`select from pg_locks where not granted and locktype in ('transactionid', 'tuple')
        and (database is null or database = (select oid from pg_database where datname = current_database()))`
    ).length;

  await t.test('409: its run was superseded (20)', async (t) => {
    await step(finance, run, 'supersede', REASON);
    const refused = problemOf(await sign(draft));
    t.match(refused, { code: CHANGED, detail: /Abrechnungslauf.*ersetzt.*2026-Q3/ });
    t.match((await statement(finance, draft.id)).obstacles, [{ code: CHANGED }], 'and it says so before');
  });

  await t.test('the batch of an open period issues nothing, and no number is lost (16, 20)', async (t) => {
    await movePeriod(finance, periodId, 'reopen');
    t.match(problemOf(await sign(draft)), { code: CHANGED, detail: /wieder geöffnet/ });
    const batch = await issue(world, first);
    t.equal(batch.progress.issued, 0);
    t.equal(batch.blocked.length, drafts.length);
    t.ok(batch.blocked.every(({ statementId, errors }) => statementId && errors[0]?.code === CHANGED));
    t.same(await issuedNow(), []);
  });

  await t.test('409: another run is posted now, and what it charges is what is issued (18)', async (t) => {
    await addCost(world, marriage, 60_000);
    await freeze(world);
    run = await postRun(world, await createRun(world));
    t.match(problemOf(await sign(draft)), { code: CHANGED, detail: /anderer Abrechnungslauf/ });
    const second = await prepare(world);
    await step(finance, run, 'supersede', REASON);
    run = await postRun(world, await createRun(world));
    const old = await issue(world, second);
    t.match(old, { progress: { issued: 0 }, blocked: [{ errors: [{ code: CHANGED }] }] });
    const third = await prepare(world);
    const [one, ...others] = (await statementsOf(finance, `&batchId=${third.id}`)) as [StatementBody];
    t.equal((await sign(one)).statusCode, 200);
    t.match(await issue(world, third), {
      progress: { statements: others.length + 1, issued: others.length + 1 },
      blocked: [],
    });
    const net = (await issuedNow()).reduce((sum, { netCents }) => sum + netCents, 0);
    t.equal(net, run.amountCents);
    t.ok((await issuedNow()).some(({ number }) => number === 'SOE-R-2026-000001'));
  });

  await t.test('200: a credit note by hand needs no run', async (t) => {
    const [document] = (await issuedNow()) as [StatementBody];
    const credit = (await creditNote(finance, document)).json<StatementBody>();
    await step(finance, run, 'supersede', REASON);
    t.same((await statement(finance, credit.id)).obstacles, []);
    const answer = await statementStep(colleague, credit, 'issue', { contentHash: credit.contentHash });
    t.equal(answer.statusCode, 200, answer.body);
    run = await postRun(world, await createRun(world));
  });

  const open = await prepare(world);
  const [missing] = (await statementsOf(finance, `&batchId=${open.id}&status=draft`)) as [StatementBody];

  await t.test('superseding waits for who issues', async (t) => {
    const held = await sql.reserve();
    await held`begin`;
    await held`select from statement_numbers for update`;
    const issuing = sign(missing);
    await until('issuing waits for its number', async () => (await waiting()) === 1);
    let isDone = false;
    const superseding = act(finance, run, 'supersede', REASON).finally(() => {
      isDone = true;
    });
    await until('superseding waits, too', async () => isDone || (await waiting()) === 2);
    t.notOk(isDone);
    await held`commit`;
    held.release();
    t.equal((await issuing).statusCode, 200);
    t.equal((await superseding).statusCode, 200);
  });

  await t.test('who issues waits for a supersession, and then issues nothing', async (t) => {
    await issue(world, open);
    run = await postRun(world, await createRun(world));
    const [document] = (await issuedNow()).filter(({ id }) => id === missing.id) as [StatementBody];
    const credit = (await creditNote(finance, document)).json<StatementBody>();
    await statementStep(colleague, credit, 'issue', { contentHash: credit.contentHash });
    const batch = await prepare(world);
    const [again] = (await statementsOf(finance, `&batchId=${batch.id}&status=draft`)) as [StatementBody];
    const superseding = await sql.reserve();
    await superseding`begin`;
    await superseding`update allocation_runs set status = 'superseded', ended_by = ${finance.userId}, ended_by_name = 'F',
      ended_at = now(), end_reason = 'X', version = version + 1 where id = ${run.id}`;
    const issuing = sign(again);
    await until('issuing waits', async () => (await waiting()) === 1);
    await superseding`commit`;
    superseding.release();
    t.equal(problemOf(await issuing).code, CHANGED);
  });
});

tap.test('drafts of prices are issued with the usage that counts', async (t) => {
  const world = await pricedQuarter(t);
  const { test, clock, finance, erwitte, anroechte, marriage, periodId } = world;
  const { sql } = test.owner;

  await t.test('409: usage was admitted since', async (t) => {
    const stale = await prepare(world);
    clock.set('2026-10-06T08:00:00.000Z');
    await use(world, erwitte, marriage, '1');
    clock.set('2026-10-07T08:00:00.000Z');
    t.equal((await admit(finance, periodId)).statusCode, 200);
    t.match(await issue(world, stale), {
      progress: { issued: 0 },
      blocked: [{ errors: [{ code: CHANGED, detail: /Leistungen/ }] }, { errors: [{ code: CHANGED }] }],
    });
    const anew = await prepare(world);
    const [first] = (await statementsOf(finance, `&batchId=${anew.id}&organisationId=${anroechte.id}`)) as [
      StatementBody,
    ];
    const sign = { contentHash: first.contentHash };
    t.equal((await statementStep(finance, first, 'issue', sign)).statusCode, 200);
  });

  await t.test('409: the period is open again; reopening waits for who issues', async (t) => {
    const [draft] = (await statementsOf(finance, '&status=draft')) as [StatementBody];
    const sign = () => statementStep(finance, draft, 'issue', { contentHash: draft.contentHash });
    const reopening = await sql.reserve();
    await reopening`begin`;
    await reopening`update billing_periods set state = 'open', frozen_at = null where id = ${periodId}`;
    const issuing = sign();
    await until('issuing waits', async () => {
      const locks = await sql`select from pg_locks where not granted and locktype = 'transactionid'`;
      return locks.length > 0;
    });
    await reopening`commit`;
    reopening.release();
    t.match(problemOf(await issuing), { code: CHANGED, detail: /wieder geöffnet/ });
    clock.set('2026-10-08T08:00:00.000Z');
    await freeze(world);
    t.match(
      problemOf(await sign()),
      { code: CHANGED },
      'frozen anew later, what counts may be something else',
    );
  });
});

tap.test('drafts that were priced while late usage was being admitted are not issued (20)', async (t) => {
  const world = await pricedQuarter(t);
  const { test, clock, finance, erwitte, marriage, periodId } = world;
  clock.set('2026-10-06T08:00:00.000Z');
  await use(world, erwitte, marriage, '100');
  clock.set('2026-10-07T08:00:00.000Z');
  // Somebody else keeps the period as it is for a moment, as each preparing or posting does.
  const holder = await test.owner.sql.reserve();
  await holder`begin`;
  await holder`select from billing_periods where id = ${periodId} for share`;
  const admitting = admit(finance, periodId);
  await until('the admission waits', async () => {
    const locks = await test.owner.sql`select from pg_locks where not granted and locktype = 'transactionid'`;
    return locks.length > 0;
  });
  clock.set('2026-10-07T08:00:01.000Z');
  const batch = await prepare(world);
  t.equal(batch.status, 'ready', 'it was asked for after the admission, and counts less');
  await holder`commit`;
  holder.release();
  t.equal((await admitting).statusCode, 200);
  t.match(await issue(world, batch), {
    progress: { issued: 0 },
    blocked: [{ errors: [{ code: CHANGED }] }, { errors: [{ code: CHANGED }] }],
  });
  t.match(await issue(world, await prepare(world)), { progress: { issued: 2 }, blocked: [] });
  const [document] = await statementsOf(finance, `&organisationId=${erwitte.id}&status=issued`);
  t.equal(document?.netCents, 107_000);
});
