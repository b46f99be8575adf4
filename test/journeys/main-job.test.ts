import tap, { type Test } from 'tap';
import type { RunDetailView, RunLineView } from '../../src/modules/costing/index.ts';
import { costingCalculations } from '../../src/modules/costing/index.ts';
import type { RequestView } from '../../src/modules/requests/index.ts';
import { runCompute } from '../../src/platform/calculations/run-compute.ts';
import { fixedClock } from '../../src/platform/clock.ts';
import { type Caller, startTestApp, type TestApp } from '../support/app.ts';
import { until } from '../support/embedded-machine.ts';
import { created, makeOrderable, must, type OrderableWorld } from '../support/services.ts';
import { startTestWorkers } from '../support/workers.ts';

const AFTER_OBJECTIONS = '2026-08-24T08:00:00.000Z';
const AFTER_QUARTER = '2026-10-05T08:00:00.000Z';

const CLAUSE = {
  mode: 'cascade',
  tranches: [
    { id: 'standby', label: 'Vorhaltung', percent: '30', key: { type: 'equal' } },
    { id: 'cases', label: 'Nach Urkunden', percent: '70', key: { type: 'cases', meter: 'certificates' } },
  ],
};

interface Job {
  readonly test: TestApp;
  readonly world: OrderableWorld;
  readonly neighbour: Caller;
  readonly payer: Caller;
}

tap.test('main job: from filing to the exported allocation', async (t) => {
  const clock = fixedClock('2026-08-03T08:00:00.000Z');
  const test = await startTestApp(t, { clock });
  const backend = await startTestWorkers(t, test, clock);
  const world = await makeOrderable(test);
  const neighbour = await test.caller(world.otherMember, ['requester'], 'Nina Nachbar');
  const payer = await test.caller(world.member, ['member-finance'], 'Kai Kämmerei');
  const job: Job = { test, world, neighbour, payer };
  await agreeOnCost(job);

  await t.test(`a request goes its way, on ${backend}`, (t) => workThrough(t, job));
  await t.test('nobody objects: the timer closes, once the time is over', async (t) => {
    const { id } = await resolved(job, neighbour, 2);
    clock.set('2026-08-10T08:00:00.000Z');
    t.equal((await read(neighbour, id)).status, 'resolved', 'before that it stays open');
    clock.set(AFTER_OBJECTIONS);
    await until('the timer closes', async () => (await read(neighbour, id)).status === 'closed');
    await counted(t, job, id, '2');
  });
  await t.test('the quarter is shared out', async (t) => {
    clock.set(AFTER_QUARTER);
    const run = await closeBooks(t, job);
    await explains(t, job, run);
    await exports(t, job, run);
  });
});

async function agreeOnCost({ world: { admin, member, otherMember, serviceId } }: Job): Promise<void> {
  const { items } = await must<{ items: { id: string }[] }>(admin, 'GET', '/agreements');
  const path = `/agreements/${items[0]?.id}`;
  await created(admin, `${path}/versions`, {
    validFrom: '2026-01-01',
    organisationIds: [member.id, otherMember.id],
    services: [serviceId],
    costClause: CLAUSE,
    dataProtectionRole: 'controller',
  });
  const { version } = await must(admin, 'GET', path);
  await must(admin, 'POST', `${path}/actions/bring-into-force`, undefined, { 'if-match': `"${version}"` });
}

async function workThrough(t: Test, job: Job): Promise<void> {
  const { requester, caseworker } = job.world;
  const { id } = await claimed(job, requester, 3);
  await act(caseworker, id, 'start');
  await act(caseworker, id, 'hold', { holdReason: 'awaiting_requester', reason: 'Bitte nachreichen.' });
  await created(requester, `/service-requests/${id}/messages`, { body: 'Liegt bei.' });
  t.equal((await read(caseworker, id)).status, 'in_progress', 'a reply resumes work by itself');
  await act(caseworker, id, 'resolve', { resultCode: 'done', resultText: 'Ausgestellt.' });
  await act(requester, id, 'object', { reason: 'Eine fehlt.' });
  await act(caseworker, id, 'resolve', { resultCode: 'done', resultText: 'Alle ausgestellt.' });
  const closed = await act(requester, id, 'accept-result');
  t.match(closed, { status: 'closed', availableActions: [] });
  await counted(t, job, id, '3');
}

/** Filed, routed and accepted by the workers, and given to the caseworker who asked for work. */
async function claimed({ world }: Job, requester: Caller, copies: number): Promise<RequestView> {
  const { id } = await created(requester, '/service-requests', {
    serviceId: world.serviceId,
    subject: 'Urkunden',
    formData: { registerNumber: 'G 1/2026', copies },
    submit: true,
  });
  await until('the workers accept', async () => (await read(requester, id)).status === 'accepted');
  const mine = await must<RequestView>(world.caseworker, 'POST', '/service-requests/claim');
  if (mine.id !== id) throw new Error('another request was claimed');
  return mine;
}

async function resolved(job: Job, requester: Caller, copies: number): Promise<RequestView> {
  const { caseworker } = job.world;
  const { id } = await claimed(job, requester, copies);
  await act(caseworker, id, 'start');
  return act(caseworker, id, 'resolve', { resultCode: 'done', resultText: 'Ausgestellt.' });
}

async function counted(
  t: Test,
  { world: { finance } }: Job,
  requestId: string,
  quantity: string,
): Promise<void> {
  const url = `/usage-events?requestId=${requestId}`;
  const events = () => must<{ items: { quantity: string; meter: string }[] }>(finance, 'GET', url);
  await until('the use is counted', async () => (await events()).items.length > 0);
  t.match((await events()).items, [{ quantity, meter: 'certificates' }], 'counted once, by the form');
}

async function closeBooks(t: Test, { world }: Job): Promise<RunDetailView> {
  const { finance, admin, serviceId } = world;
  for (const [bookedOn, amountCents] of [
    ['2026-07-31', 40_000],
    ['2026-09-30', 60_001],
  ] as const)
    await created(finance, '/cost-lines', {
      serviceId,
      bookedOn,
      costType: 'Personal',
      amountCents,
      text: 'Quartal',
    });
  let period = await created(finance, '/billing-periods', { code: '2026-Q3' });
  for (const action of ['close', 'freeze'])
    period = await step(finance, `/billing-periods/${period.id}`, action, {}, period.version);
  const draft = await must<RunDetailView>(finance, 'POST', '/allocation-runs', { periodId: period.id });
  const path = `/allocation-runs/${draft.id}`;
  const { version, resultHash } = await step<RunDetailView>(finance, path, 'submit', {}, draft.version);
  const own = await finance.call(
    'POST',
    `${path}/actions/approve`,
    { resultHash },
    { 'if-match': `"${version}"` },
  );
  t.match(own.json(), { status: 403, code: 'FOUR_EYES_REQUIRED' }, 'not by the one who submitted it');
  const approved = await step<RunDetailView>(admin, path, 'approve', { resultHash }, version);
  const posted = await step<RunDetailView>(finance, path, 'post', {}, approved.version);
  t.match(posted, { status: 'posted', amountCents: 100_001 });
  return posted;
}

async function explains(t: Test, { world, payer }: Job, run: RunDetailView): Promise<void> {
  const url = `/allocation-runs/${run.id}/lines`;
  const { items } = await must<{ items: RunLineView[] }>(world.finance, 'GET', url);
  t.equal(
    items.reduce((sum, line) => sum + line.amountCents, 0),
    100_001,
    'not a cent is lost',
  );
  const cases = items.filter(({ trancheId }) => trancheId === 'cases');
  const weights = cases.map(({ organisationId, parts }) => [organisationId, parts[0]?.weight] as const);
  t.same(
    Object.fromEntries(weights),
    { [world.member.id]: '3', [world.otherMember.id]: '2' },
    'what was closed counts',
  );
  const own = await must<{ items: RunLineView[] }>(payer, 'GET', url);
  t.same(
    [...new Set(own.items.map(({ organisationId }) => organisationId))],
    [world.member.id],
    'its own lines only',
  );
}

async function exports(t: Test, { world: { finance } }: Job, run: RunDetailView): Promise<void> {
  const csv = await finance.call('GET', `/allocation-runs/${run.id}/export?format=csv&locale=de`);
  t.equal(csv.statusCode, 200);
  t.match(csv.body, /;Betrag\r?\n/, 'German headings');
  t.match(csv.body, /;\d+,\d\d\r?\n/, 'German amounts');
  const file = (await finance.call('GET', `/allocation-runs/${run.id}/calculation`)).body;
  const said: string[] = [];
  const out = { write: (text: string) => said.push(text) };
  const readFile = async (): Promise<string> => file;
  const io = { stdin: process.stdin, stdout: out, stderr: out, readFile };
  const code = await runCompute(['--verify', 'run.json'], io, costingCalculations);
  t.equal(code, 0, said.join(''));
}

async function act(caller: Caller, id: string, action: string, body: object = {}): Promise<RequestView> {
  const { version } = await read(caller, id);
  return step(caller, `/service-requests/${id}`, action, body, version);
}

function step<T = { id: string; version: number }>(
  caller: Caller,
  path: string,
  action: string,
  body: object,
  version: number,
): Promise<T> {
  return must<T>(caller, 'POST', `${path}/actions/${action}`, body, { 'if-match': `"${version}"` });
}

function read(caller: Caller, id: string): Promise<RequestView> {
  return must<RequestView>(caller, 'GET', `/service-requests/${id}`);
}
