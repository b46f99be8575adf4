import tap, { type Test } from 'tap';
import {
  addCost,
  addWording,
  type CostingWorld,
  createRun,
  fillQuarter,
  freeze,
  movePeriod,
  postRun,
  problemOf,
  type RunBody,
  startCostingWorld,
  step,
  use,
} from '../../../support/costing.ts';
import { admit, billedQuarter, figuresOf, settle } from '../../../support/late-usage.ts';
import { cardInForce, cardTerms, pricedBy, unitPrice } from '../../../support/rates.ts';
import { must } from '../../../support/services.ts';
import {
  issue,
  prepare,
  readyToIssue,
  type StatementBody,
  statementStep,
  statementsOf,
  taxable,
} from '../../../support/statements.ts';
import { determination, inForce, LEGACY_FACTS } from '../../../support/vat.ts';

/** Numbers in brackets: invariants of the README of billing. */

const REASON = { reason: 'Prüfung' };

const BY_HEAD = {
  mode: 'cascade',
  tranches: [{ id: 'all', label: 'Kopf', percent: '100', key: { type: 'equal' } }],
};

/** Marriages of both members, paid by price. */
async function startPricedWorld(t: Test): Promise<CostingWorld> {
  const world = await startCostingWorld(t);
  const { erwitte, anroechte, marriage } = world;
  await cardInForce(world, 'Preise 2026', cardTerms([unitPrice(marriage, 1_000)]));
  await addWording(world, [marriage], [erwitte, anroechte], null, {
    priceClause: pricedBy('Preise 2026', [marriage]),
  });
  await use(world, erwitte, marriage, '7');
  await use(world, anroechte, marriage, '4');
  await taxable(world);
  await readyToIssue(world);
  return world;
}

/** The quarter is billed by price and settled; what came late is admitted, to be billed in the next one. */
async function startLatePricedWorld(t: Test): Promise<CostingWorld & { readonly next: string }> {
  const world = await startPricedWorld(t);
  const { clock, finance, erwitte, anroechte, marriage, periodId } = world;
  await freeze(world);
  await issue(world, await prepare(world));
  t.equal((await settle(finance, periodId)).statusCode, 201);
  const next = (await must(finance, 'POST', '/billing-periods', { code: '2026-Q4' })).id;
  clock.set('2026-10-06T08:00:00.000Z');
  await use(world, erwitte, marriage, '100');
  await use(world, anroechte, marriage, '1');
  clock.set('2026-10-07T08:00:00.000Z');
  t.equal((await admit(finance, periodId, { billingPeriodId: next })).statusCode, 200);
  return { ...world, next };
}

const heldFor = async ({ finance }: CostingWorld, serviceId: string): Promise<string | undefined> =>
  (
    await must<{ items: { id: string; service: { id: string } }[] }>(
      finance,
      'GET',
      '/vat-determinations?status=in_force&limit=200',
    )
  ).items.find(({ service: { id } }) => id === serviceId)?.id;

const gapsOf = async ({ finance, periodId }: CostingWorld) => (await figuresOf(finance, periodId)).gaps;

for (const isRejected of [false, true])
  tap.test(
    `cost that no run shares out is a gap beside prices: ${isRejected ? 'the run was rejected' : 'there was no run'} (30)`,
    async (t) => {
      const world = await startPricedWorld(t);
      const { finance, colleague, erwitte, anroechte, certificates, marriage, periodId } = world;
      await addWording(world, [certificates], [erwitte, anroechte], BY_HEAD);
      await addCost(world, certificates, 5_000_000);
      await addCost(world, marriage, 700_000);
      await freeze(world);
      if (isRejected) await step(colleague, await createRun(world), 'reject', REASON);
      await issue(world, await prepare(world));
      const missing = { code: 'RUN_MISSING', errors: [{ code: 'cost_unshared', detail: /: 50\.000,00 €$/ }] };
      const gaps = await gapsOf(world);
      t.match(gaps, [missing]);
      t.equal(gaps[0]?.errors.length, 1, 'what members pay by price covers the cost of that service');
      t.match(problemOf(await settle(finance, periodId)), {
        code: 'SETTLEMENT_NOT_READY',
        errors: [{ code: 'RUN_MISSING', detail: /50\.000,00 €/ }],
      });
    },
  );

tap.test('a price clause that is gone leaves documents over nothing, which is a gap (30)', async (t) => {
  const world = await startPricedWorld(t);
  const { finance, catalogueManager, erwitte, anroechte, marriage, periodId } = world;
  await freeze(world);
  await issue(world, await prepare(world));
  t.same(await gapsOf(world), []);
  const { items } = await must<{ items: { id: string; version: number }[] }>(
    catalogueManager,
    'GET',
    '/agreements',
  );
  const [agreement] = items as [{ id: string; version: number }];
  const terms = {
    validFrom: '2026-01-01',
    organisationIds: [erwitte.id, anroechte.id],
    services: [marriage],
    dataProtectionRole: 'controller',
    costClause: BY_HEAD,
  };
  await must(catalogueManager, 'POST', `/agreements/${agreement.id}/versions`, terms);
  const { version } = await must<{ version: number }>(catalogueManager, 'GET', `/agreements/${agreement.id}`);
  await must(
    catalogueManager,
    'POST',
    `/agreements/${agreement.id}/actions/bring-into-force`,
    { number: 2 },
    { 'if-match': `"${version}"` },
  );
  const gaps = await gapsOf(world);
  t.match(gaps, [
    { code: 'CHARGE_DIFFERS', differenceCents: -8_330 },
    { code: 'CHARGE_DIFFERS', differenceCents: -4_760 },
  ]);
  t.equal(problemOf(await settle(finance, periodId)).code, 'SETTLEMENT_NOT_READY');
  const batch = await issue(world, await prepare(world));
  t.match(batch, { status: 'issued', progress: { issued: 2 } }, 'and a batch takes them back');
  t.same(await gapsOf(world), []);
  t.equal((await settle(finance, periodId)).statusCode, 201);
});

tap.test('201: a period that charges nobody anything is settled empty', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, periodId } = world;
  await freeze(world);
  const answer = await settle(finance, periodId);
  t.equal(answer.statusCode, 201, answer.body);
  t.match(answer.json(), { members: [] });
});

tap.test('409: a dropped draft of a correction drops no charge (30)', async (t) => {
  const world = await startLatePricedWorld(t);
  const { finance, erwitte, next } = world;
  const batch = await prepare(world);
  const drafts = await statementsOf(finance, `&batchId=${batch.id}`);
  t.equal(drafts.length, 2);
  const mine = drafts.find(({ organisationId }) => organisationId === erwitte.id) as StatementBody;
  await statementStep(finance, mine, 'discard');
  await issue(world, await must(finance, 'GET', `/statement-batches/${batch.id}`));
  const open = { code: 'CHARGE_DIFFERS', memberName: '=Erwitte', period: { code: '2026-Q3' } };
  t.match((await figuresOf(finance, next)).corrections, [open]);
  t.match(problemOf(await settle(finance, next)), {
    code: 'SETTLEMENT_CORRECTION_OPEN',
    errors: [{ code: 'CHARGE_DIFFERS', detail: /^2026-Q3: =Erwitte: .*1\.190,00 €/ }],
  });

  const rest = await prepare(world);
  t.match(rest, { status: 'ready', progress: { statements: 1 } });
  await must(finance, 'POST', `/statement-batches/${rest.id}/actions/discard`, undefined, {
    'if-match': `"${rest.version}"`,
  });
  t.match((await figuresOf(finance, next)).corrections, [open], 'nor does a batch of the rest');
  await issue(world, await prepare(world));
  t.same((await figuresOf(finance, next)).corrections, []);
});

tap.test('a member that a correction does not concern keeps no period from being settled (30)', async (t) => {
  const world = await startCostingWorld(t);
  const { clock, finance, colleague, erwitte, association, marriage, periodId } = world;
  const first: RunBody = await billedQuarter(world);
  const change = {
    validFrom: '2026-08-15',
    facts: LEGACY_FACTS,
    supersedes: [await heldFor(world, marriage)],
  };
  await inForce(finance, colleague, determination(marriage, [association.id], change));
  t.equal((await settle(finance, periodId)).statusCode, 201);
  const next = (await must(finance, 'POST', '/billing-periods', { code: '2026-Q4' })).id;
  clock.set('2026-10-20T08:00:00.000Z');
  await use(world, erwitte, marriage, '3');
  await step(finance, first, 'supersede', REASON);
  t.equal((await admit(finance, periodId, { billingPeriodId: next })).statusCode, 200);
  await postRun(world, await createRun(world));
  const batch = await issue(world, await prepare(world));
  t.match(batch.blocked, [
    { organisationId: association.id, errors: [{ code: 'VAT_CHANGES_WITHIN_PERIOD' }] },
  ]);
  t.same((await figuresOf(finance, next)).corrections, [], 'its documents say what it is charged');
});

tap.test('what prices charge after a run was superseded can be corrected (30)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, clock, finance, erwitte, anroechte, association, marriage, certificates, periodId } = world;
  const first: RunBody = await billedQuarter(world);
  await step(finance, first, 'supersede', REASON);
  await movePeriod(finance, periodId, 'reopen');
  const prices = [
    unitPrice(marriage, 1_000),
    unitPrice(marriage, 10, { meter: 'minutes', unit: 'minute' }),
    unitPrice(certificates, 1_000),
  ];
  await cardInForce(world, 'Preise 2026', cardTerms(prices));
  await test.owner.sql`delete from agreement_coverage where service_id in (${marriage}, ${certificates})`;
  await test.owner.sql`update agreement_versions set valid_to = '2026-01-02', valid_from = '2026-01-01'`;
  await addWording(world, [marriage, certificates], [erwitte, anroechte, association], null, {
    priceClause: pricedBy('Preise 2026', [marriage, certificates]),
    from: '2026-01-02',
  });
  await freeze(world);
  await issue(world, await prepare(world));
  t.same(await gapsOf(world), []);
  t.equal((await settle(finance, periodId)).statusCode, 201);
  const next = (await must(finance, 'POST', '/billing-periods', { code: '2026-Q4' })).id;
  clock.set('2026-10-20T08:00:00.000Z');
  await use(world, erwitte, marriage, '3');
  clock.set('2026-10-21T08:00:00.000Z');
  t.equal((await admit(finance, periodId, { billingPeriodId: next })).statusCode, 200);
  t.match((await figuresOf(finance, next)).corrections, [{ code: 'CHARGE_DIFFERS' }]);
  await issue(world, await prepare(world));
  t.same((await figuresOf(finance, next)).corrections, [], 'no run is missing');
});

tap.test('VAT that a document could say is no less a gap beside VAT that none could (30)', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, colleague, anroechte, certificates, marriage, periodId } = world;
  await taxable(world);
  const year = { validFrom: '2026-01-01' };
  const untaxed = await inForce(
    finance,
    colleague,
    determination(certificates, [anroechte.id], {
      ...year,
      facts: LEGACY_FACTS,
      supersedes: [await heldFor(world, certificates)],
    }),
  );
  await readyToIssue(world);
  await fillQuarter(world);
  await freeze(world);
  await postRun(world, await createRun(world));
  await issue(world, await prepare(world));
  t.same(await gapsOf(world), []);
  const taxed = { ...year, supersedes: [untaxed.id] };
  await inForce(finance, colleague, determination(certificates, [anroechte.id], taxed));
  t.match(await gapsOf(world), [{ code: 'CHARGE_DIFFERS', organisationId: anroechte.id }]);

  const before = await heldFor(world, marriage);
  const middle = { validFrom: '2026-08-15', facts: LEGACY_FACTS, supersedes: [before] };
  const changing = await inForce(finance, colleague, determination(marriage, [anroechte.id], middle));
  const blocked = { code: 'MEMBER_BLOCKED', errors: [{ code: 'VAT_CHANGES_WITHIN_PERIOD' }] };
  t.match(await gapsOf(world), [blocked], 'though the net amounts are right');
  t.equal(problemOf(await settle(finance, periodId)).code, 'SETTLEMENT_NOT_READY');

  await t.test('what holds when the partial service is done may be determined for all of it', async (t) => {
    const whole = { ...middle, validFrom: '2026-07-01', supersedes: [before, changing.id] };
    await inForce(finance, colleague, determination(marriage, [anroechte.id], whole));
    await issue(world, await prepare(world));
    t.same(await gapsOf(world), []);
    t.equal((await settle(finance, periodId)).statusCode, 201);
  });
});
