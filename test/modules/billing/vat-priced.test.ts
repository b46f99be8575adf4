import tap from 'tap';
import {
  addService,
  addWording,
  type CostingWorld,
  freeze,
  movePeriod,
  startCostingWorld,
  use,
} from '../../support/costing.ts';
import { cardInForce, cardTerms, pricedBy, unitPrice } from '../../support/rates.ts';
import { issued } from '../../support/receivables.ts';
import { must } from '../../support/services.ts';
import {
  creditNote,
  issue,
  postedQuarter,
  prepare,
  readyToIssue,
  type StatementBody,
  statement,
  statementStep,
  statementsOf,
} from '../../support/statements.ts';
import { determination, inForce, LEGACY_FACTS, OPEN_FACTS } from '../../support/vat.ts';

const PRICE = 2_550;

interface Report {
  readonly totals: Readonly<Record<string, number>>;
  readonly rows: readonly {
    readonly serviceCode: string;
    readonly organisationId: string;
    readonly postedCents: number;
    readonly pricedCents: number;
    readonly change: string;
    readonly additionalVatCents: number | null;
  }[];
}

interface Turnover {
  readonly groups: readonly {
    readonly bookedCents: number;
    readonly pricedCents: number;
    readonly warning: object | null;
  }[];
}

/** A service that two members pay by price, in a group by itself, with a forecast of 2027 above the limit. */
async function priced(world: CostingWorld, facts: object): Promise<string> {
  const { test, finance, colleague, centre, erwitte, anroechte } = world;
  const archive = await addService(test, centre, 'archive', 'Archiv');
  await cardInForce(world, 'Preise 2026', cardTerms([unitPrice(archive, PRICE)]));
  const terms = { priceClause: pricedBy('Preise 2026', [archive]) };
  await addWording(world, [archive], [erwitte, anroechte], null, terms);
  await inForce(finance, colleague, determination(archive, [erwitte.id, anroechte.id], { facts }));
  const group = { name: 'Archivwesen', serviceIds: [archive] };
  const { id } = await must(finance, 'POST', '/vat-activity-groups', group);
  const forecast = { year: 2027, amountCents: 2_000_000, grounds: 'Plan' };
  await must(finance, 'POST', `/vat-activity-groups/${id}/forecasts`, forecast);
  await use(world, erwitte, archive, '700');
  await use(world, anroechte, archive, '4');
  return archive;
}

const turnover = async ({ finance }: CostingWorld, year = 2026) =>
  (await must<Turnover>(finance, 'GET', `/vat-turnover-watch?year=${year}`)).groups[0];
const report = ({ finance }: CostingWorld) => must<Report>(finance, 'GET', '/vat-reports/law-change');

tap.test('what is paid by price is turnover (numbers in brackets: invariants)', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, colleague, erwitte, anroechte } = world;
  const archive = await priced(world, { ...OPEN_FACTS, groupForecastCents: 1_000_000 });
  await readyToIssue(world);
  await freeze(world);
  const batch = await prepare(world);
  /** What the valid invoices say, as somebody adds them up who reads them. */
  const invoiced = async () => {
    const documents = await statementsOf(finance, '&status=issued');
    return documents
      .filter(({ kind, supersededBy }) => (kind === 380 || kind === 384) && supersededBy === null)
      .reduce((sum, { netCents }) => sum + netCents, 0);
  };
  const nothing = { bookedCents: 0, pricedCents: 0, warning: null };

  await t.test('a draft is none yet (14)', async (t) => {
    t.match(batch, { blocked: [], progress: { statements: 2 } });
    t.match(await turnover(world), nothing);
    t.match((await report(world)).totals, { postedCents: 0, pricedCents: 0 });
  });

  await t.test('an invoice is, with the warning, by service and member (14, 15)', async (t) => {
    await issue(world, batch);
    const sum = 704 * PRICE;
    t.equal(await invoiced(), sum);
    t.match(await turnover(world), {
      bookedCents: sum,
      pricedCents: sum,
      warning: { code: 'LIMIT_PASSED' },
    });
    t.match(await turnover(world, 2027), nothing, 'of the year only');
    const { rows, totals } = await report(world);
    t.match(
      new Map(rows.map((row) => [row.organisationId, row])),
      new Map(
        [[erwitte.id, 700 * PRICE] as const, [anroechte.id, 4 * PRICE] as const].map(([id, cents]) => [
          id,
          {
            serviceCode: 'archive',
            postedCents: cents,
            pricedCents: cents,
            change: 'CHANGED',
            additionalVatCents: Math.floor((cents * 19 + 50) / 100),
          },
        ]),
      ),
    );
    t.match(totals, { postedCents: sum, pricedCents: sum, changedCents: sum, unclearCents: 0 });
  });

  await t.test('a corrected invoice stands for what it replaces (14)', async (t) => {
    await movePeriod(finance, world.periodId, 'reopen');
    await use(world, anroechte, archive, '10');
    await freeze(world);
    const again = await issue(world, await prepare(world));
    t.match(again.progress, { statements: 1, issued: 1 });
    const sum = 714 * PRICE;
    t.equal(await invoiced(), sum);
    t.match(await turnover(world), { bookedCents: sum, pricedCents: sum });
  });

  await t.test('a credit note takes it back, once it is issued (14, 15)', async (t) => {
    const [own] = await statementsOf(finance, `&organisationId=${erwitte.id}&status=issued`);
    const draft = (await creditNote(finance, { id: own?.id ?? '' })).json<StatementBody>();
    t.match(await turnover(world), { bookedCents: 714 * PRICE });
    const shown = await statement(colleague, draft.id);
    const signed = { contentHash: shown.contentHash };
    t.equal((await statementStep(colleague, shown, 'issue', signed)).statusCode, 200);
    t.equal(await invoiced(), 14 * PRICE);
    t.match(await turnover(world), { bookedCents: 14 * PRICE, pricedCents: 14 * PRICE, warning: null });
    t.match((await report(world)).totals, { postedCents: 14 * PRICE, pricedCents: 14 * PRICE });
  });
});

tap.test(
  'shares of a run and prices are each counted once, and instalments not at all (14, 15)',
  async (t) => {
    const world = await startCostingWorld(t);
    const { finance, colleague, erwitte, anroechte, association, marriage, certificates } = world;
    await priced(world, LEGACY_FACTS);
    await postedQuarter(world);
    await readyToIssue(world);
    const everyone = [erwitte.id, anroechte.id, association.id];
    for (const service of [marriage, certificates])
      await inForce(finance, colleague, determination(service, everyone));
    const { totals: before } = await report(world);
    t.match(before, { pricedCents: 0 }, 'not issued yet');
    await issue(world, await prepare(world));
    const next = await must(finance, 'POST', '/billing-periods', { code: '2026-Q4' });
    const period = { id: next.id, code: '2026-Q4', startsOn: '2026-10-01', endsOn: '2027-01-01' };
    await issued({ ...world, planned: next.id }, erwitte, { netCents: 100, period });
    const { rows, totals } = await report(world);
    const sum = 704 * PRICE;
    t.match(totals, { postedCents: (before['postedCents'] ?? 0) + sum, pricedCents: sum, changedCents: sum });
    t.ok((before['postedCents'] ?? 0) > 0);
    const ofRuns = rows.filter(({ serviceCode }) => serviceCode !== 'archive');
    t.equal(ofRuns.length, 6);
    t.ok(ofRuns.every(({ pricedCents }) => pricedCents === 0));
    const csv = await finance.call('GET', '/vat-reports/law-change?format=csv');
    t.match(csv.body, /Abgerechneter Betrag;Davon nach Preis;/);
    t.match(csv.body, /^archive;Archiv;.*;17850,00;17850,00;/m);
  },
);
