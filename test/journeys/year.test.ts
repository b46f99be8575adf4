import tap, { type Test } from 'tap';
import { ledgerCsv, ledgerTotalCents } from '../../src/demo/ledger.ts';
import { reportedEvents } from '../../src/demo/reported.ts';
import { seedBilling } from '../../src/demo/seed/billing.ts';
import type { SeededCentre } from '../../src/demo/seed/centres.ts';
import { at, type Quarter, quarterOf } from '../../src/demo/seed/days.ts';
import { seedStructure, type World } from '../../src/demo/seed/index.ts';
import { hatOf } from '../../src/demo/seed/organisations.ts';
import { fixedClock } from '../../src/platform/clock.ts';
import { type Caller, startTestApp, type TestApp } from '../support/app.ts';
import { camt } from '../support/camt.ts';
import { type RunBody, step, verifyFile } from '../support/costing.ts';
import { accountPlan, CSV_PROFILE } from '../support/ledger.ts';
import { must } from '../support/services.ts';
import type { BatchBody, StatementBody, StatementLineBody } from '../support/statements.ts';
import { until } from '../support/waiting.ts';
import { startTestWorkers } from '../support/workers.ts';

/**
 * A year of the demo's centres, from the budget to the settlement and into the next year, through the API and the workers: what
 * was planned, used, shared out, sent, paid and settled adds up for each centre and each member.
 */

const QUARTERS: readonly Quarter[] = ['2026-01-01', '2026-04-01', '2026-07-01', '2026-10-01'].map(quarterOf);
const DUE = ['2026-05-15', '2026-11-16'];
const NEXT_DUE = '2027-03-15';
const EURO = (cents: number) => (cents / 100).toFixed(2);
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

interface CentreYear {
  readonly test: TestApp;
  readonly seeded: SeededCentre;
  readonly finance: Caller;
  readonly second: Caller;
  readonly members: ReadonlyMap<string, Caller>;
  readonly periodId: string;
}

interface OpenItem {
  readonly number: string;
  readonly kind: number;
  readonly organisationId: string;
  readonly claimCents: number;
  readonly matchedCents: number;
  readonly openCents: number;
}

interface Figures {
  readonly contentHash: string;
  readonly gaps: readonly object[];
  readonly members: readonly {
    readonly organisationId: string;
    readonly invoicedCents: number;
    readonly paidCents: number;
    readonly actualCents: number;
    readonly settlementCents: number;
    readonly openCents: number;
    readonly netDueCents: number;
    readonly credit?: { readonly offsets: readonly { readonly amountCents: number }[] } | null;
  }[];
}

tap.setTimeout(240_000);

tap.test('a year of the demo, from usage to settlement', async (t) => {
  const clock = fixedClock(at('2026-01-12', 540));
  const test = await startTestApp(t, { clock });
  const backend = await startTestWorkers(t, test, clock);
  const directory = t.testdir({});
  const world = await seedStructure({ db: test.db, modules: test.modules, clock, directory }, clock.now());
  await world.passwordsSet;
  const years: CentreYear[] = [];
  for (const seeded of world.centres) years.push(await begin(test, world, seeded));
  const first = QUARTERS[0] as Quarter;

  await t.test(`January to March: what is used is recorded, on ${backend}`, async (t) => {
    clock.set(at('2026-04-08', 540));
    for (const year of years) await recordQuarter(year, first);
    t.pass();
  });

  await t.test('April: instalments are planned from the budget, by two people', async (t) => {
    for (const year of years) await plan(t, year);
  });

  await t.test('the documents of each due day are issued, once, and paid', async (t) => {
    for (const day of ['2026-04-20', '2026-10-20']) {
      clock.set(at(day, 540));
      await test.modules.receivables.instalments.askForDue(clock.now());
      for (const year of years) await instalmentsArrive(t, year, day);
      await test.modules.receivables.instalments.askForDue(clock.now());
    }
    for (const year of years) {
      const { items } = await must<{ items: OpenItem[] }>(
        year.finance,
        'GET',
        '/open-items?state=all&limit=200',
      );
      t.equal(new Set(items.map(({ number }) => number)).size, items.length);
    }
  });

  await t.test('January: the rest is recorded, the books are closed, the run is posted', async (t) => {
    clock.set(at('2027-01-11', 540));
    for (const year of years) await closeBooks(t, year);
  });

  await t.test('final documents set the instalments off; each line leads to its usage', async (t) => {
    for (const year of years) await bill(t, year);
  });

  await t.test('the next year begins: its first instalment is a claim to set off against', async () => {
    await Promise.all(
      years.map(({ test: { modules }, seeded }) =>
        seedBilling(modules, seeded, world.crew, world.hats, clock.now()),
      ),
    );
    for (const year of years) await planNext(year);
    clock.set(at('2027-02-15', 540));
    await test.modules.receivables.instalments.askForDue(clock.now());
    for (const { finance } of years) {
      await until('the first instalment of the next year is issued', async () => {
        const { items } = await must<{ items: { kind: number; period: { code: string } }[] }>(
          finance,
          'GET',
          '/statements?kind=326&limit=200',
        );
        return items.some(({ period }) => period.code === '2027');
      });
    }
  });

  await t.test('the year is settled: for each member settlement + invoiced = actual', async (t) => {
    for (const year of years) await settle(t, year);
  });

  await t.test('the ledger gets each document once', async (t) => {
    for (const year of years) await exportLedger(t, year);
  });
});

async function begin(test: TestApp, world: World, seeded: SeededCentre): Promise<CentreYear> {
  const finance = await test.caller(seeded.hat, ['finance', 'centre-admin'], 'Fina Finanz');
  const second = await test.caller(seeded.hat, ['finance', 'centre-admin'], 'Karla Kollegin');
  const members = new Map<string, Caller>();
  for (const ags of seeded.spec.members) {
    members.set(ags, await test.caller(hatOf(world.hats, `organisation:${ags}`), ['member-finance']));
  }
  const { id: periodId } = await must(finance, 'POST', '/billing-periods', { code: '2026' });
  return { test, seeded, finance, second, members, periodId };
}

const idsOf = ({ members }: CentreYear) => new Map([...members].map(([ags, { hat }]) => [ags, hat.id]));

/** Each service by each member, once a quarter, and what other programs report. */
async function recordQuarter(year: CentreYear, quarter: Quarter): Promise<void> {
  const { seeded, finance } = year;
  const organisationIds = idsOf(year);
  const events: object[] = seeded.spec.services.flatMap(({ code, usage, perQuarter }) =>
    Object.entries(perQuarter).map(([ags, count]) => ({
      organisationId: organisationIds.get(ags),
      serviceId: seeded.serviceIds.get(code),
      source: 'fachverfahren',
      idempotencyKey: `${code}/${quarter.code}/${ags}`,
      meter: usage.meter,
      unit: usage.unit,
      quantity: String(count),
      occurredAt: at(quarter.firstDay, 600),
    })),
  );
  for (const report of seeded.spec.reported ?? []) {
    const serviceId = seeded.serviceIds.get(report.service) ?? '';
    for (const month of [0, 1, 2])
      events.push(...reportedEvents(report, quarter, month, { serviceId, organisationIds }));
  }
  for (let from = 0; from < events.length; from += 1000)
    await must(finance, 'POST', '/usage-events', events.slice(from, from + 1000));
}

/** The budget is what the year costs, give or take; usage so far stands for the year. */
async function plan(t: Test, year: CentreYear): Promise<void> {
  const { seeded, finance, second, periodId } = year;
  let budget = 0;
  for (const { code, costs } of seeded.spec.services) {
    for (const { costType, text, monthlyCents } of costs) {
      budget += monthlyCents * 12;
      await must(finance, 'POST', '/cost-lines', {
        serviceId: seeded.serviceIds.get(code),
        kind: 'budget',
        bookedOn: '2026-06-30',
        costType,
        text,
        amountCents: monthlyCents * 12,
      });
    }
  }
  const draft = await must<RunBody & { contentHash: string }>(finance, 'POST', '/instalment-plans', {
    periodId,
    dueOn: DUE,
    issueDaysBefore: 30,
  });
  t.equal(draft.amountCents, budget, `${seeded.spec.code}: the plan asks for the budget`);
  await approvePlan(year, draft, second);
}

async function approvePlan(
  { finance }: CentreYear,
  draft: { readonly id: string; readonly version: number; readonly contentHash: string },
  second: Caller,
): Promise<void> {
  const url = `/instalment-plans/${draft.id}/actions`;
  const submitted = await must<{ version: number }>(
    finance,
    'POST',
    `${url}/submit`,
    {},
    { 'if-match': `"${draft.version}"` },
  );
  const { contentHash } = draft;
  await must(second, 'POST', `${url}/approve`, { contentHash }, { 'if-match': `"${submitted.version}"` });
}

/** Members pay what came; the first of each centre pays the second instalment a third short. */
async function instalmentsArrive(t: Test, year: CentreYear, day: string): Promise<void> {
  const { test, seeded, finance, members } = year;
  const isSecond = day > '2026-06-30';
  let items: OpenItem[] = [];
  await until('instalments are issued', async () => {
    const { progress } =
      (
        await must<{ items: { progress: { issued: number; count: number; blocked: number } }[] }>(
          finance,
          'GET',
          '/instalment-plans?limit=1',
        )
      ).items[0] ?? {};
    if (progress === undefined || progress.blocked > 0) throw new Error(JSON.stringify(progress));
    items = (await must<{ items: OpenItem[] }>(finance, 'GET', '/open-items?limit=200')).items;
    return progress.issued === (isSecond ? progress.count : progress.count / 2);
  });
  const [shortPayer] = [...members.values()];
  const entries = items.map(({ number, openCents, organisationId }) => ({
    amount: EURO(
      isSecond && organisationId === shortPayer?.hat.id ? openCents - Math.floor(openCents / 3) : openCents,
    ),
    text: [`Abschlag ${number}`],
    bookedOn: day,
  }));
  const { seller } = await must<{ seller: { bank: { iban: string } } }>(
    finance,
    'GET',
    `/billing-profiles/${seeded.hat.id}`,
  );
  const file = camt({ iban: seller.bank.iban, statementId: `${seeded.spec.code}-${day}`, entries });
  const answer = await test.inject({
    method: 'POST',
    url: '/api/v1/bank-statement-imports?dryRun=false',
    payload: file,
    headers: { authorization: `Bearer ${finance.token}`, 'content-type': 'application/xml' },
  });
  t.match(answer.json(), { matchedCount: entries.length, unclearCount: 0 }, `${seeded.spec.code}: ${day}`);
  const { items: left } = await must<{ items: OpenItem[] }>(finance, 'GET', '/open-items?limit=200');
  t.equal(left.length > 0, isSecond, 'only what was paid short is open');
}

async function closeBooks(t: Test, year: CentreYear): Promise<void> {
  const { seeded, finance, second, periodId } = year;
  const { spec } = seeded;
  for (const quarter of QUARTERS.slice(1)) await recordQuarter(year, quarter);
  for (const quarter of QUARTERS) {
    const answer = await finance.call('POST', '/cost-line-imports', ledgerCsv(spec, quarter), {
      'content-type': 'text/csv',
    });
    t.equal(answer.statusCode, 201, answer.body);
  }
  for (const action of ['close', 'freeze']) {
    const { version } = await must(finance, 'GET', `/billing-periods/${periodId}`);
    await must(finance, 'POST', `/billing-periods/${periodId}/actions/${action}`, undefined, {
      'if-match': `"${version}"`,
    });
  }
  const draft = await must<RunBody>(finance, 'POST', '/allocation-runs', { periodId });
  const submitted = await step(finance, draft, 'submit');
  const approved = await step(second, submitted, 'approve', { resultHash: draft.resultHash });
  const posted = await step(finance, approved, 'post');
  t.equal(
    posted.amountCents,
    sum(QUARTERS.map((quarter) => ledgerTotalCents(spec, quarter))),
    `${spec.code}: all of the ledger`,
  );
  const file = await finance.call('GET', `/allocation-runs/${posted.id}/calculation`);
  t.equal(await verifyFile(file.body), 0, `${spec.code}: the run is computed again without the system`);
}

async function bill(t: Test, { seeded, finance, members, periodId }: CentreYear): Promise<void> {
  const { id } = await must<BatchBody>(finance, 'POST', '/statement-batches', { periodId });
  const read = () => must<BatchBody>(finance, 'GET', `/statement-batches/${id}`);
  await until('final documents are prepared', async () => (await read()).status !== 'preparing');
  const { contentHash, version, blocked, failure } = await read();
  t.same({ blocked, failure }, { blocked: [], failure: null });
  await must(
    finance,
    'POST',
    `/statement-batches/${id}/actions/issue`,
    { contentHash },
    { 'if-match': `"${version}"` },
  );
  await until('final documents are there', async () => {
    const { progress } = await read();
    return progress.rendered === progress.statements;
  });
  const {
    items: [run],
  } = await must<{ items: RunBody[] }>(finance, 'GET', '/allocation-runs?limit=1');
  let charged = 0;
  for (const payer of members.values()) {
    const own = (
      await must<{ items: (StatementBody & { centreId: string })[] }>(payer, 'GET', '/statements?limit=200')
    ).items.filter(({ centreId }) => centreId === seeded.hat.id);
    const final = own.find(({ kind }) => kind === 380);
    const instalments = own.filter(({ kind }) => kind === 326);
    t.equal(
      final?.prepaidCents,
      sum(instalments.map(({ grossCents }) => grossCents)),
      'all instalments are set off',
    );
    charged += final?.netCents ?? 0;
    await leadsBack(t, payer, final?.id ?? '');
  }
  t.equal(charged, run?.amountCents, `${seeded.spec.code}: members are charged what the run shares out`);
}

/** From a cent of the document to the share, and to the events that were counted. */
async function leadsBack(t: Test, payer: Caller, id: string): Promise<void> {
  const { items } = await must<{ items: StatementLineBody[] }>(
    payer,
    'GET',
    `/statements/${id}/lines?limit=200`,
  );
  for (const { why, netCents } of items.slice(0, 3)) {
    const { line } = await must<{ line: { amountCents: number } }>(
      payer,
      'GET',
      (why ?? '').replace('/api/v1', ''),
    );
    t.equal(line.amountCents, netCents);
  }
  const counted = items.find(({ usageEvents }) => usageEvents.length > 0);
  if (counted === undefined) return;
  const events = await must<{ items: object[] }>(
    payer,
    'GET',
    (counted.usageEvents[0] ?? '').replace('/api/v1', ''),
  );
  t.ok(events.items.length > 0);
}

/** A small instalment by hand: what matters is that there is a claim. */
async function planNext(year: CentreYear): Promise<void> {
  const { seeded, finance, second, members } = year;
  const { id: periodId } = await must(finance, 'POST', '/billing-periods', { code: '2027' });
  const [service] = seeded.spec.services;
  const draft = await must<RunBody & { contentHash: string }>(finance, 'POST', '/instalment-plans', {
    periodId,
    dueOn: [NEXT_DUE],
    issueDaysBefore: 30,
    amounts: [...members.values()].map(({ hat }) => ({
      organisationId: hat.id,
      serviceId: seeded.serviceIds.get(service?.code ?? ''),
      amountCents: 5_000_000,
    })),
  });
  await approvePlan(year, draft, second);
}

async function settle(t: Test, year: CentreYear): Promise<void> {
  const { seeded, finance, periodId, members } = year;
  const before = await must<Figures>(finance, 'GET', `/settlements/figures?periodId=${periodId}`);
  t.same(before.gaps, [], seeded.spec.code);
  const settled = await must<Figures>(finance, 'POST', '/settlements', {
    periodId,
    contentHash: before.contentHash,
    credits: 'offset',
  });
  t.equal(settled.members.length, members.size);
  for (const member of settled.members) {
    t.equal(member.settlementCents + member.invoicedCents, member.actualCents);
    t.equal(member.openCents + member.paidCents, member.invoicedCents);
    const taken = sum((member.credit?.offsets ?? []).map(({ amountCents }) => amountCents));
    t.equal(taken, Math.max(0, -member.settlementCents), 'a credit is set off against the next instalment');
  }
  const { items } = await must<{ items: OpenItem[] }>(finance, 'GET', '/open-items?state=all&limit=200');
  t.equal(
    sum(items.map(({ openCents }) => openCents)),
    sum(items.map(({ claimCents }) => claimCents)) - sum(items.map(({ matchedCents }) => matchedCents)),
  );
  const { state } = await must<{ state: string }>(finance, 'GET', `/billing-periods/${periodId}`);
  t.equal(state, 'settled');
}

async function exportLedger(t: Test, { seeded, finance, members }: CentreYear): Promise<void> {
  const hats = [...members.values()].map(({ hat }) => hat);
  await must(finance, 'POST', '/ledger-account-plans', accountPlan(hats));
  const { id: profileId } = await must(finance, 'POST', '/ledger-export-profiles', {
    name: 'Kasse',
    settings: CSV_PROFILE,
  });
  const days = { startsOn: '2026-01-01', endsOn: '2028-01-01', profileId };
  const made = await must<{ id: string; statementCount: number }>(finance, 'POST', '/ledger-exports', days);
  const { items } = await must<{ items: StatementBody[] }>(
    finance,
    'GET',
    '/statements?status=issued&limit=200',
  );
  t.equal(made.statementCount, items.length, `${seeded.spec.code}: every document`);
  const again = await finance.call('POST', '/ledger-exports', days);
  t.equal(again.json().code, 'LEDGER_EXPORT_EMPTY', 'and none a second time');
}
