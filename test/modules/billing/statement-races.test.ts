import tap from 'tap';
import { systemContext } from '../../../src/platform/context.ts';
import { newId } from '../../../src/platform/ids.ts';
import type { TestApp } from '../../support/app.ts';
import {
  addCost,
  type CostingWorld,
  createRun,
  freeze,
  movePeriod,
  postRun,
  problemOf,
  startCostingWorld,
  step,
} from '../../support/costing.ts';
import { billedQuarter } from '../../support/late-usage.ts';
import { must } from '../../support/services.ts';
import {
  type BatchBody,
  creditNote,
  issue,
  prepare,
  pricedQuarter,
  type StatementBody,
  statement,
  statementStep,
  statementsOf,
  work,
} from '../../support/statements.ts';
import { determination, OPEN_FACTS } from '../../support/vat.ts';
import { until } from '../../support/waiting.ts';

const jobContext = ({ centre, clock }: CostingWorld) => systemContext(centre, clock.now(), newId());

/** How many transactions of this database wait for another one. */
const waiting = async ({ owner: { sql } }: TestApp): Promise<number> =>
  (await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
    .length;

/** Whoever issues comes as far as its number, and no farther until it is let go. */
async function holdNumbers({ test, centre }: CostingWorld): Promise<() => Promise<void>> {
  const held = await test.owner.sql.reserve();
  await held`begin`;
  await held`insert into statement_numbers (centre_id, year, last) values (${centre.id}, 2026, 0) on conflict do nothing`;
  await held`select from statement_numbers where centre_id = ${centre.id} for update`;
  return async () => {
    await held`commit`;
    held.release();
  };
}

const sign = ({ finance }: CostingWorld, { id, version, contentHash }: BatchBody) =>
  must<BatchBody>(
    finance,
    'POST',
    `/statement-batches/${id}/actions/issue`,
    { contentHash },
    { 'if-match': `"${version}"` },
  );

const issueOne = ({ finance }: CostingWorld, one: StatementBody) =>
  statementStep(finance, one, 'issue', { contentHash: one.contentHash });

const discard = ({ finance }: CostingWorld, { id, version }: Pick<BatchBody, 'id' | 'version'>) =>
  finance.call('POST', `/statement-batches/${id}/actions/discard`, undefined, { 'if-match': `"${version}"` });

const readBatch = ({ finance }: CostingWorld, id: string) =>
  must<BatchBody>(finance, 'GET', `/statement-batches/${id}`);

tap.test(
  'a left draft that is issued while the next batch is prepared is not charged again (19)',
  async (t) => {
    const world = await pricedQuarter(t);
    const { test, finance, colleague, erwitte, marriage, periodId } = world;
    const batch = await prepare(world);
    // Something stands against the draft of one member for a while.
    const open = determination(marriage, [erwitte.id], { facts: OPEN_FACTS });
    const question = await must<{ id: string; version: number }>(
      finance,
      'POST',
      '/vat-determinations',
      open,
    );
    t.match(await issue(world, batch), {
      progress: { issued: 1 },
      blocked: [{ organisationId: erwitte.id }],
    });
    const etag = { 'if-match': `"${question.version}"` };
    await must(
      colleague,
      'POST',
      `/vat-determinations/${question.id}/actions/reject`,
      { reason: 'Geklärt' },
      etag,
    );
    const [left] = (await statementsOf(finance, '&status=draft')) as [StatementBody];

    const letGo = await holdNumbers(world);
    const issuing = issueOne(world, left);
    await until('issuing waits for its number', async () => (await waiting(test)) === 1);
    const { id } = await must<BatchBody>(finance, 'POST', '/statement-batches', { periodId });
    const preparing = work(world);
    await until('preparing waits for who issues', async () => (await waiting(test)) === 2);
    await letGo();
    t.equal((await issuing).statusCode, 200);
    await preparing;
    t.match(await readBatch(world, id), { status: 'issued', progress: { statements: 0 }, blocked: [] });
    t.same(await statementsOf(finance, '&status=draft'), []);
    t.equal((await prepare(world)).status, 'issued', 'and the period takes further batches');
  },
);

tap.test('a valid invoice blocks another one beside it, and no other draft (19)', async (t) => {
  const world = await pricedQuarter(t);
  const { test, finance, erwitte, anroechte } = world;
  const { sql } = test.owner;
  const batch = await prepare(world);
  const [draft] = (await statementsOf(finance, `&organisationId=${erwitte.id}`)) as [StatementBody];
  // A second one, as earlier versions could draft it.
  const copy = newId();
  await sql`insert into statements select (jsonb_populate_record(s, jsonb_build_object('id', ${copy}::text))).* from statements s where id = ${draft.id}`;
  await sql`insert into statement_lines select (jsonb_populate_record(l, jsonb_build_object('statement_id', ${copy}::text))).*
    from statement_lines l where statement_id = ${draft.id}`;
  t.equal((await issueOne(world, draft)).statusCode, 200);
  const { number } = await statement(finance, draft.id);
  const refused = problemOf(await issueOne(world, await statement(finance, copy)));
  t.match(refused, { code: 'STATEMENT_CHARGED_ALREADY', detail: new RegExp(`${number}`) });
  const done = await issue(world, batch);
  t.match(done, {
    status: 'issued',
    progress: { statements: 3, issued: 2 },
    blocked: [{ statementId: copy, errors: [{ code: 'STATEMENT_CHARGED_ALREADY' }] }],
  });
  const sent = await statementsOf(finance, '&status=issued');
  t.same(sent.map(({ organisationId }) => organisationId).toSorted(), [erwitte.id, anroechte.id].toSorted());
});

tap.test('a batch whose job was given up is ended by a person, and blocks nothing', async (t) => {
  const world = await pricedQuarter(t);
  const { test, finance, periodId } = world;
  const { sql } = test.owner;
  const { batches } = test.modules.billing;
  const giveUp = () => sql`update outbox_jobs set completed_at = now() where completed_at is null`;

  await t.test('200: while it was prepared; a job that comes back does nothing', async (t) => {
    const { id } = await must<BatchBody>(finance, 'POST', '/statement-batches', { periodId });
    await giveUp();
    const stuck = await readBatch(world, id);
    t.match(stuck, { status: 'preparing', availableActions: ['discard'] });
    const done = await discard(world, stuck);
    t.match(done.json(), { status: 'discarded', availableActions: [], progress: { statements: 0 } });
    await batches.prepare(jobContext(world), id);
    t.equal((await readBatch(world, id)).status, 'discarded');
    t.same(await statementsOf(finance), []);
  });

  await t.test('200: while it was issued; what is issued stays issued, the rest is dropped', async (t) => {
    const signed = await sign(world, await prepare(world));
    await giveUp();
    t.match(signed, { status: 'issuing', availableActions: ['discard'] });
    const [one] = (await statementsOf(finance, '&status=draft')) as [StatementBody];
    t.equal((await issueOne(world, one)).statusCode, 200);
    const done = await discard(world, signed);
    t.match(done.json(), {
      status: 'discarded',
      progress: { statements: 1, issued: 1 },
      availableActions: [],
    });
    await batches.issueAll(jobContext(world), signed.id);
    const drafted = await statementsOf(finance, `&batchId=${signed.id}`);
    t.same(drafted.map(({ status }) => status).toSorted(), ['discarded', 'issued']);
    const next = await issue(world, await prepare(world));
    t.match(
      next,
      { status: 'issued', progress: { statements: 1, issued: 1 } },
      'the next one takes up the rest',
    );
  });
});

tap.test('412: who discards waits for the job, and sees first what that did', async (t) => {
  const world = await pricedQuarter(t);
  const { test, finance } = world;
  const signed = await sign(world, await prepare(world));
  const letGo = await holdNumbers(world);
  const working = work(world);
  await until('the job waits for its numbers', async () => (await waiting(test)) === 1);
  const discarding = discard(world, signed);
  await until('who discards waits for the job', async () => (await waiting(test)) === 2);
  await letGo();
  await working;
  t.equal(problemOf(await discarding).code, 'PRECONDITION_FAILED');
  t.match(await readBatch(world, signed.id), { status: 'issued', progress: { statements: 2, issued: 2 } });
  t.equal((await statementsOf(finance, '&status=issued')).length, 2);
  t.equal(problemOf(await discard(world, await readBatch(world, signed.id))).code, 'STATEMENT_STATE_REFUSED');
});

tap.test('a credit note by hand and a batch of the same period take turns', async (t) => {
  const world = await startCostingWorld(t);
  const { test, finance, periodId, anroechte, marriage } = world;
  const { sql } = test.owner;
  const run = await billedQuarter(world);
  const issued = `&periodId=${periodId}&status=issued&organisationId=${anroechte.id}`;
  const [document] = (await statementsOf(finance, issued)) as [StatementBody];
  await step(finance, run, 'supersede', { reason: 'Nachbuchung' });
  await movePeriod(finance, periodId, 'reopen');
  await addCost(world, marriage, 100_000);
  await freeze(world);
  await postRun(world, await createRun(world));
  // The credit note stops for a moment between locking the document and writing its draft.
  await sql`create function public.pause() returns trigger language plpgsql as $$ begin
    if new.batch_id is null then perform pg_advisory_xact_lock(4711); end if; return new; end $$`;
  await sql`create trigger aa_pause before insert on statements for each row execute function public.pause()`;
  await sql`grant execute on function public.pause to public`;
  const holder = await sql.reserve();
  await holder`begin`;
  await holder`select pg_advisory_xact_lock(4711)`;
  const crediting = creditNote(finance, document);
  await until('the credit note is about to be written', async () => (await waiting(test)) === 1);
  const { id } = await must<BatchBody>(finance, 'POST', '/statement-batches', { periodId });
  const preparing = test.modules.billing.batches.prepare(jobContext(world), id);
  await until('preparing waits', async () => (await waiting(test)) === 2);
  await holder`commit`;
  holder.release();
  t.equal((await crediting).statusCode, 201);
  await preparing;
  t.match(await readBatch(world, id), { status: 'failed', failure: { code: 'STATEMENT_SUPERSEDED' } });
});
