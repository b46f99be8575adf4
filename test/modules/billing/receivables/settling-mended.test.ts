import tap, { type Test } from 'tap';
import type { Hat } from '../../../../src/platform/context.ts';
import {
  addCost,
  addService,
  addWording,
  type CostingWorld,
  createRun,
  fillQuarter,
  freeze,
  movePeriod,
  postRun,
  problemOf,
  startCostingWorld,
  step,
  use,
} from '../../../support/costing.ts';
import { admit, figuresOf, settle } from '../../../support/late-usage.ts';
import { cardInForce, cardTerms, pricedBy, unitPrice } from '../../../support/rates.ts';
import { freezePlanned, issued, startReceivablesWorld } from '../../../support/receivables.ts';
import { must } from '../../../support/services.ts';
import { issue, prepare, readyToIssue, taxable } from '../../../support/statements.ts';
import { determination, inForce } from '../../../support/vat.ts';

/** What was booked or agreed on by mistake can be mended, and then the period settled. Numbers: invariants of the README of billing. */

const REASON = { reason: 'Vereinbarung geändert' };

const BY_HEAD = {
  mode: 'cascade',
  tranches: [{ id: 'all', label: 'Kopf', percent: '100', key: { type: 'equal' } }],
};
const BY_CASES = {
  mode: 'cascade',
  tranches: [{ id: 'all', label: 'Fälle', percent: '100', key: { type: 'cases', meter: 'cases' } }],
};

const gapsOf = async ({ finance, periodId }: CostingWorld) => (await figuresOf(finance, periodId)).gaps;

async function startBillingWorld(t: Test): Promise<CostingWorld & { readonly third: string }> {
  const world = await startCostingWorld(t);
  await taxable(world);
  await readyToIssue(world);
  const third = await addService(world.test, world.centre, 'third', 'Drittes');
  return { ...world, third };
}

async function pricedMarriage(world: CostingWorld): Promise<{ agreementId: string }> {
  const { erwitte, anroechte, marriage } = world;
  await cardInForce(world, 'Preise 2026', cardTerms([unitPrice(marriage, 1_000)]));
  const priceClause = pricedBy('Preise 2026', [marriage]);
  const made = await addWording(world, [marriage], [erwitte, anroechte], null, { priceClause });
  await use(world, erwitte, marriage, '7');
  await use(world, anroechte, marriage, '4');
  return made;
}

/** Another wording of an agreement, from the beginning of the year. */
async function reword(
  { catalogueManager }: CostingWorld,
  agreementId: string,
  members: readonly Hat[],
  more: object,
): Promise<void> {
  const terms = {
    validFrom: '2026-01-01',
    organisationIds: members.map(({ id }) => id),
    dataProtectionRole: 'controller',
    ...more,
  };
  const path = `/agreements/${agreementId}`;
  await must(catalogueManager, 'POST', `${path}/versions`, terms);
  const { version } = await must<{ version: number }>(catalogueManager, 'GET', path);
  const etag = { 'if-match': `"${version}"` };
  await must(catalogueManager, 'POST', `${path}/actions/bring-into-force`, { number: 2 }, etag);
}

tap.test('cost that no member bears is rebooked, and the run can be made (30)', async (t) => {
  const world = await startBillingWorld(t);
  const { finance, erwitte, anroechte, association, marriage, third, periodId } = world;
  await fillQuarter(world);
  const unused = await addService(world.test, world.centre, 'unused', 'Ungenutztes');
  await addWording(world, [unused], [erwitte, anroechte, association], BY_CASES);
  for (const service of [third, unused]) await addCost(world, service, 5_000);
  await freeze(world);
  t.match(await gapsOf(world), [{ code: 'RUN_MISSING', errors: [{}, {}, {}, {}] }]);
  const refused = await finance.call('POST', '/allocation-runs', { periodId });
  t.equal(problemOf(refused).code, 'COST_CLAUSE_MISSING', 'cost without an agreement is not left out');
  await movePeriod(finance, periodId, 'reopen');
  for (const service of [third, unused]) await addCost(world, service, -5_000);
  await addCost(world, marriage, 10_000);
  await freeze(world);
  const run = await postRun(world, await createRun(world));
  const nothing = [
    { serviceCode: 'third', amountCents: 0 },
    { serviceCode: 'unused', amountCents: 0 },
  ];
  t.match(await must(finance, 'GET', `/allocation-runs/${run.id}`), { unsharedCost: nothing });
  await issue(world, await prepare(world));
  t.same(await gapsOf(world), []);
  t.equal((await settle(finance, periodId)).statusCode, 201);
});

tap.test('support cost that comes to nothing needs no plan (30)', async (t) => {
  const world = await startBillingWorld(t);
  const { finance, periodId } = world;
  await pricedMarriage(world);
  const it = await must(finance, 'POST', '/cost-centres', { code: 'IT', name: 'IT', type: 'support' });
  const line = { costCentreId: it.id, bookedOn: '2026-08-15', costType: 'Personal', text: 'Gehälter' };
  await must(finance, 'POST', '/cost-lines', { ...line, amountCents: 5_000 });
  await freeze(world);
  await issue(world, await prepare(world));
  t.match(await gapsOf(world), [{ code: 'RUN_MISSING', errors: [{ code: 'SECONDARY_PLAN_MISSING' }] }]);
  await movePeriod(finance, periodId, 'reopen');
  await must(finance, 'POST', '/cost-lines', { ...line, amountCents: -5_000 });
  await freeze(world);
  t.same(await gapsOf(world), []);
});

tap.test('a posted run that leaves cost out is a gap, and is superseded (30)', async (t) => {
  const world = await startBillingWorld(t);
  const { finance, erwitte, anroechte, certificates, marriage, periodId } = world;
  const { agreementId } = await pricedMarriage(world);
  await addWording(world, [certificates], [erwitte, anroechte], BY_HEAD);
  await addCost(world, certificates, 10_000);
  await addCost(world, marriage, 700_000);
  await freeze(world);
  const run = await postRun(world, await createRun(world));
  await issue(world, await prepare(world));
  t.same(await gapsOf(world), []);
  await reword(world, agreementId, [erwitte, anroechte], { services: [marriage], costClause: BY_HEAD });
  t.match(await gapsOf(world), [
    { code: 'RUN_MISSING', errors: [{ code: 'cost_unshared', detail: /7\.000,00 €$/ }] },
  ]);
  t.equal(problemOf(await settle(finance, periodId)).code, 'SETTLEMENT_NOT_READY');
  await step(finance, run, 'supersede', REASON);
  await postRun(world, await createRun(world));
  await issue(world, await prepare(world));
  t.same(await gapsOf(world), []);
});

tap.test('a service is charged by the run or by price, never by both (18, 30)', async (t) => {
  const world = await startBillingWorld(t);
  const { finance, erwitte, anroechte, certificates, marriage, periodId } = world;
  const { agreementId } = await addWording(world, [marriage], [erwitte, anroechte], BY_HEAD);
  await cardInForce(world, 'Preise 2026', cardTerms([unitPrice(marriage, 1_000)]));
  await addWording(world, [certificates], [erwitte, anroechte], BY_HEAD);
  await use(world, erwitte, marriage, '7');
  await addCost(world, marriage, 10_000);
  await addCost(world, certificates, 1_000);
  await freeze(world);
  const run = await postRun(world, await createRun(world));
  await issue(world, await prepare(world));
  t.same(await gapsOf(world), []);
  const priceClause = pricedBy('Preise 2026', [marriage]);
  await reword(world, agreementId, [erwitte, anroechte], { services: [marriage], priceClause });
  t.match(await gapsOf(world), [{ code: 'CHARGES_UNKNOWN', errors: [{ code: 'STATEMENT_CHARGED_TWICE' }] }]);
  t.match(await prepare(world), { status: 'failed', failure: { code: 'STATEMENT_CHARGED_TWICE' } });
  t.equal(problemOf(await settle(finance, periodId)).code, 'SETTLEMENT_NOT_READY');
  await step(finance, run, 'supersede', REASON);
  await postRun(world, await createRun(world));
  await issue(world, await prepare(world));
  t.same(await gapsOf(world), [], 'the new run leaves it to the price');
});

tap.test('a settled period that had no run lacks none when it is corrected (30)', async (t) => {
  const world = await startBillingWorld(t);
  const { test, clock, finance, erwitte, marriage, third, periodId } = world;
  await pricedMarriage(world);
  await addCost(world, third, 5_000, '2026-12-01');
  await freeze(world);
  await issue(world, await prepare(world));
  t.equal((await settle(finance, periodId)).statusCode, 201);
  await test.owner.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`; // as an earlier version settled it
    await sql`update cost_lines set booked_on = '2026-08-15'`;
  });
  const next = (await must(finance, 'POST', '/billing-periods', { code: '2026-Q4' })).id;
  clock.set('2026-10-06T08:00:00.000Z');
  await use(world, erwitte, marriage, '100');
  clock.set('2026-10-07T08:00:00.000Z');
  t.equal((await admit(finance, periodId, { billingPeriodId: next })).statusCode, 200);
  t.match((await figuresOf(finance, next)).corrections, [{ code: 'CHARGE_DIFFERS' }]);
  await issue(world, await prepare(world));
  t.same((await figuresOf(finance, next)).corrections, []);
});

tap.test('nobody determines the VAT of nothing (10)', async (t) => {
  const world = await startBillingWorld(t);
  const { finance, colleague, erwitte, association, third } = world;
  const values = { '05974016': '1', [association.id]: '0' };
  await addWording(world, [third], [erwitte, association], {
    mode: 'cascade',
    tranches: [{ id: 'all', label: 'Anteil', percent: '100', key: { type: 'fixed', values } }],
  });
  await inForce(finance, colleague, determination(third, [erwitte.id]));
  await addCost(world, third, 5_000);
  await freeze(world);
  await postRun(world, await createRun(world));
  t.match(await issue(world, await prepare(world)), { blocked: [], progress: { issued: 1 } });
  t.same(await gapsOf(world), []);
});

tap.test(
  'a service that goes from cost to price within the period is charged by both, each for its days (18)',
  async (t) => {
    const world = await startBillingWorld(t);
    const { finance, erwitte, anroechte, marriage, periodId } = world;
    const members = [erwitte, anroechte];
    const { agreementId, versionId } = await addWording(world, [marriage], members, BY_HEAD, {
      to: '2026-08-16',
    });
    await cardInForce(world, 'Preise 2026', cardTerms([unitPrice(marriage, 1_000)]));
    const priceClause = pricedBy('Preise 2026', [marriage]);
    await addWording(world, [marriage], members, null, {
      agreementId,
      number: 2,
      from: '2026-08-16',
      priceClause,
    });
    await use(world, erwitte, marriage, '7', { occurredAt: '2026-09-01T10:00:00Z' });
    await addCost(world, marriage, 10_000, '2026-08-01');
    await freeze(world);
    const refused = await finance.call('POST', '/allocation-runs', { periodId });
    t.equal(problemOf(refused).code, 'COST_CLAUSE_MISSING', 'somebody says by which wording');
    await postRun(world, await createRun(world, { clauseVersionId: versionId }));
    await issue(world, await prepare(world));
    t.same(await gapsOf(world), []);
    const settled = await settle(finance, periodId);
    t.equal(settled.statusCode, 201, settled.body);
    const actual = settled
      .json<{ members: { actualCents: number }[] }>()
      .members.map((one) => one.actualCents);
    t.same(actual, [5_950 + 8_330, 5_950]);
  },
);

tap.test(
  '409: beside prices, what a superseded run charged is not taken back before the next one is posted',
  async (t) => {
    const world = await startBillingWorld(t);
    const { finance, erwitte, anroechte, certificates } = world;
    await pricedMarriage(world);
    await addWording(world, [certificates], [erwitte, anroechte], BY_HEAD);
    await addCost(world, certificates, 10_000);
    await freeze(world);
    const run = await postRun(world, await createRun(world));
    await issue(world, await prepare(world));
    await step(finance, run, 'supersede', REASON);
    const refused = { status: 'failed', failure: { code: 'STATEMENT_SOURCE_MISSING' } };
    t.match(await prepare(world), refused);
    const draft = await createRun(world);
    t.match(await prepare(world), refused, 'nor while it is on its way');
    await postRun(world, draft);
    t.match(await prepare(world), { status: 'issued', progress: { statements: 0 } }, 'it charges the same');
  },
);

tap.test(
  'a slip on a support cost centre is set off, also where a plan does not name it (9 of costing)',
  async (t) => {
    const world = await startBillingWorld(t);
    const { finance, erwitte, anroechte, certificates } = world;
    await addWording(world, [certificates], [erwitte, anroechte], BY_HEAD);
    const centre = (code: string, more: object) =>
      must(finance, 'POST', '/cost-centres', { code, name: code, ...more });
    const it = await centre('IT', { type: 'support' });
    const hr = await centre('HR', { type: 'support' });
    await centre('ARCHIVE', { type: 'final', serviceId: certificates });
    const book = (costCentreId: string, amountCents: number) =>
      must(finance, 'POST', '/cost-lines', {
        costCentreId,
        amountCents,
        bookedOn: '2026-08-15',
        costType: 'Personal',
        text: 'Gehälter',
      });
    await book(it.id, 10_000);
    for (const cents of [5_000, -5_000]) await book(hr.id, cents);
    const use = { IT: { ARCHIVE: '1' } };
    const plan = { asOf: '2026-01-01', method: 'direct', source: 'Vermerk', use };
    await must(finance, 'POST', '/secondary-plans', plan);
    await freeze(world);
    t.equal((await createRun(world)).amountCents, 10_000);
  },
);

tap.test('instalments of a period that charges nothing are taken back by a batch (30)', async (t) => {
  const world = await startReceivablesWorld(t);
  const { finance, erwitte, planned } = world;
  await issued(world, erwitte, { netCents: 10_000 });
  await freezePlanned(world);
  const ofPeriod = { ...world, periodId: planned };
  t.match(await gapsOf(ofPeriod), [{ code: 'CHARGE_DIFFERS' }, { code: 'FINAL_MISSING' }]);
  t.match(await issue(ofPeriod, await prepare(ofPeriod)), { progress: { issued: 1 }, blocked: [] });
  t.same(await gapsOf(ofPeriod), []);
  t.equal((await settle(finance, planned)).statusCode, 201);
});

tap.test('who settles sees the cost that prices are to cover', async (t) => {
  const world = await startBillingWorld(t);
  const { finance, marriage, periodId } = world;
  await pricedMarriage(world);
  await addCost(world, marriage, 700_000);
  await freeze(world);
  const { uncoveredCost } = await must<{ uncoveredCost: object[] }>(
    finance,
    'GET',
    `/settlements/figures?periodId=${periodId}`,
  );
  t.same(uncoveredCost, [{ serviceId: marriage, serviceTitle: 'Eheschließung', amountCents: 700_000 }]);
});
