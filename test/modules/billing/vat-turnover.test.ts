import tap from 'tap';
import { VAT_RULE_SETS } from '../../../src/modules/billing/index.ts';
import { lawChangeOf } from '../../../src/modules/billing/vat/vat-law-change.rules.ts';
import { tasksOf } from '../../../workers/processors/index.ts';
import {
  addCost,
  createRun,
  fillQuarter,
  freeze,
  movePeriod,
  postRun,
  problemOf,
  startCostingWorld,
  step,
} from '../../support/costing.ts';
import { must } from '../../support/services.ts';
import {
  determination,
  determine,
  inForce,
  LEGACY_FACTS,
  OPEN_FACTS,
  TAXABLE_FACTS,
} from '../../support/vat.ts';

interface Watch {
  readonly limitCents: number;
  readonly ruleSet: string;
  readonly groups: readonly {
    readonly name: string;
    readonly forecastCents: number | null;
    readonly bookedCents: number;
    readonly restingDeterminations: number;
    readonly warning: { readonly code: string; readonly reason: string } | null;
    readonly warnedAt: string | null;
  }[];
  readonly unwatched: readonly { readonly code: string }[];
}

interface Report {
  readonly day: string;
  readonly year: number;
  readonly totals: Readonly<Record<string, number>>;
  readonly rows: readonly {
    readonly serviceCode: string;
    readonly memberName: string;
    readonly postedCents: number;
    readonly before: { readonly rule: string } | null;
    readonly after: { readonly rule: string; readonly ratePercent: number | null } | null;
    readonly basis: string | null;
    readonly change: string;
    readonly additionalVatCents: number | null;
  }[];
}

const LIMIT = 17_500_00;

tap.test('turnover of like activities and the change of law (numbers in brackets: invariants)', async (t) => {
  const world = await startCostingWorld(t);
  const { test, clock, finance, colleague, auditor, member, stranger, marriage, certificates } = world;
  const { erwitte, anroechte, association } = world;
  await fillQuarter(world);
  await addCost(world, marriage, LIMIT - 900_001, '2026-08-20'); // to the cent
  const watch = (year = 2026) => must<Watch>(finance, 'GET', `/vat-turnover-watch?year=${year}`);
  const report = (query = '') => must<Report>(finance, 'GET', `/vat-reports/law-change${query}`);
  const task = tasksOf(test.modules, test.owner, clock).find(({ name }) => name === 'billing-vat-turnover');
  const warnings = () =>
    test.owner.sql<{ details: { year: number } }[]>`
      select details from audit_entries where action = 'billing.vat-turnover-warned'`;

  t.test('a service counts in one group, and groups are changed by their state (13)', async (t) => {
    const body = { name: 'Standesamt', serviceIds: [marriage] };
    const made = await must(finance, 'POST', '/vat-activity-groups', body);
    const refused = async (change: object) =>
      problemOf(await finance.call('POST', '/vat-activity-groups', { ...body, ...change })).code;
    t.equal(await refused({}), 'VAT_GROUP_NAME_TAKEN');
    t.equal(await refused({ name: 'Anderes' }), 'VAT_SERVICE_GROUPED');
    t.equal(await refused({ name: 'Anderes', serviceIds: [world.periodId] }), 'VAT_SERVICE_UNKNOWN');
    t.equal(await refused({ name: 'Anderes', serviceIds: [] }), 'VALIDATION_FAILED');
    const url = `/vat-activity-groups/${made.id}`;
    const change = { name: 'Standesamtswesen', serviceIds: [marriage] };
    t.equal((await finance.call('PUT', url, change)).statusCode, 428);
    t.equal((await finance.call('PUT', url, change, { 'if-match': '"9"' })).statusCode, 412);
    const changed = await must(finance, 'PUT', url, change, { 'if-match': '"1"' });
    t.match(changed, { name: 'Standesamtswesen', serviceIds: [marriage], version: 2 });
    t.equal((await stranger.call('GET', url)).statusCode, 404);
    t.equal((await stranger.call('PUT', url, change, { 'if-match': '"2"' })).statusCode, 404);
    t.equal((await auditor.call('PUT', url, change, { 'if-match': '"2"' })).statusCode, 403);
    t.equal((await member.call('GET', url)).statusCode, 403);
  });

  t.test(
    'the newest forecast of a year counts, all of them stay, and facts agree with it (13)',
    async (t) => {
      const { items } = await must<{ items: { id: string }[] }>(finance, 'GET', '/vat-activity-groups');
      const url = `/vat-activity-groups/${items[0]?.id}/forecasts`;
      for (const amountCents of [20_000_00, 15_000_00])
        await must(finance, 'POST', url, { year: 2026, amountCents, grounds: 'Vorjahr und Plan' });
      const { forecasts } = await must<{
        forecasts: { amountCents: number; recordedBy: { name: string } }[];
      }>(finance, 'GET', `/vat-activity-groups/${items[0]?.id}`);
      t.same(
        forecasts.map(({ amountCents }) => amountCents),
        [15_000_00, 20_000_00],
      );
      t.equal(forecasts[0]?.recordedBy.name, 'Fina Finanz');
      const other = { ...OPEN_FACTS, groupForecastCents: 1 };
      const answer = await finance.call(
        'POST',
        '/vat-determinations',
        determination(marriage, [erwitte.id], { facts: other }),
      );
      t.match(problemOf(answer), {
        code: 'VAT_FORECAST_DIFFERS',
        errors: [{ pointer: '/facts/groupForecastCents' }],
      });
      const made = await inForce(
        finance,
        colleague,
        determination(marriage, [erwitte.id, anroechte.id, association.id], { facts: OPEN_FACTS }),
      );
      t.match(made, { outcome: { rule: '2B_2_1' }, facts: { groupForecastCents: 15_000_00 } });
      await t.rejects(test.owner.sql`update vat_forecasts set amount_cents = 0`, { code: 'VB409' });
      const negative = { year: 2026, amountCents: -1, grounds: 'x' };
      t.equal((await finance.call('POST', url, negative)).statusCode, 400);
      t.equal((await stranger.call('POST', url, { ...negative, amountCents: 1 })).statusCode, 404);
    },
  );

  t.test('nothing is warned of up to the limit, and superseded runs do not count (14)', async (t) => {
    const draft = await createRun(world);
    const idle = { bookedCents: 0, forecastCents: 15_000_00, restingDeterminations: 1, warning: null };
    t.match((await watch()).groups, [idle], 'a draft is no turnover');
    await freeze(world);
    const posted = await postRun(world, draft);
    t.match(await watch(), {
      limitCents: LIMIT,
      ruleSet: 'ustg-2025-01',
      groups: [{ bookedCents: LIMIT, warning: null }],
      unwatched: [],
    });
    t.equal((await watch(2025)).groups[0]?.bookedCents, 0, 'of the year only');
    await task?.run();
    t.same(await warnings(), []);

    await step(finance, posted, 'supersede', { reason: 'Ein Cent fehlt' });
    t.equal((await watch()).groups[0]?.bookedCents, 0);
    await movePeriod(finance, world.periodId, 'reopen');
    await addCost(world, marriage, 1, '2026-08-21');
    const next = await createRun(world);
    await freeze(world);
    await postRun(world, next);
  });

  t.test('a passed limit is warned of: on the route, and once a year by the daily task (14)', async (t) => {
    const [group] = (await watch()).groups;
    t.match(group, { bookedCents: LIMIT + 1, warning: { code: 'LIMIT_PASSED' }, warnedAt: null });
    t.match(group?.warning?.reason, /2026 beträgt 17\.500,01 € und liegt über der Grenze von 17\.500,00 €/);
    await task?.run();
    await Promise.all([task?.run(), task?.run()]);
    t.match(await warnings(), [
      { details: { year: 2026, bookedCents: LIMIT + 1, limitCents: LIMIT, ruleSet: 'ustg-2025-01' } },
    ]);
    t.equal((await watch()).groups[0]?.warnedAt, clock.now());
    t.equal((await watch(2027)).groups[0]?.warning, null, 'another year');
    await t.rejects(test.owner.sql`delete from vat_turnover_warnings`, { code: 'VB409' });
  });

  t.test('services that rest on the limit and belong to no group are named (14)', async (t) => {
    const facts = { ...OPEN_FACTS, groupForecastCents: 10_000_00 };
    await inForce(finance, colleague, determination(certificates, [association.id], { facts }));
    t.match((await watch()).unwatched, [{ code: 'certificates' }]);
  });

  t.test('the watch and the report belong to the centre (12)', async (t) => {
    for (const url of ['/vat-turnover-watch?year=2026', '/vat-reports/law-change', '/vat-activity-groups']) {
      t.equal((await auditor.call('GET', url)).statusCode, 200, url);
      t.equal((await member.call('GET', url)).statusCode, 403, url);
    }
    const foreign = `/vat-reports/law-change?centreId=${world.centre.id}`;
    t.equal((await stranger.call('GET', foreign)).statusCode, 404);
    t.match(await must(stranger, 'GET', '/vat-turnover-watch?year=2026'), { groups: [], unwatched: [] });
    t.same((await must<Report>(stranger, 'GET', '/vat-reports/law-change')).rows, []);
    t.equal((await finance.call('GET', '/vat-turnover-watch')).statusCode, 400);
    t.equal(problemOf(await finance.call('GET', '/vat-turnover-watch?year=2020')).code, 'VAT_RULES_MISSING');
    t.equal((await finance.call('GET', '/vat-reports/law-change?day=2027-02-29')).statusCode, 400);
  });

  t.test('the report says what changes, for whom and how much, and what nobody can say (15)', async (t) => {
    const { facts } = determination(certificates, [], {
      facts: { ...LEGACY_FACTS, groupForecastCents: null },
    });
    await inForce(finance, colleague, determination(certificates, [erwitte.id], { facts }));
    const before = await report();
    t.match(before, { day: '2027-01-01', year: 2026 });
    const open = { change: 'REVIEW', after: { rule: 'FORECAST_MISSING' }, additionalVatCents: null };
    t.match(
      before.rows.filter(({ serviceCode }) => serviceCode === 'marriage'),
      [open, open, open],
      'a forecast of 2026 says nothing about 2027',
    );
    t.equal(before.totals['unclearCents'], before.totals['postedCents']);

    const { items } = await must<{ items: { id: string }[] }>(finance, 'GET', '/vat-activity-groups');
    const forecast = { year: 2027, amountCents: 20_000_00, grounds: 'Mehr Trauungen' };
    await must(finance, 'POST', `/vat-activity-groups/${items[0]?.id}/forecasts`, forecast);
    const nextYear = {
      validFrom: '2027-01-01',
      validTo: null,
      facts: { ...TAXABLE_FACTS, reducedRate: true },
    };
    await inForce(finance, colleague, determination(marriage, [association.id], nextYear));
    const { rows, totals } = await report();
    const of = (code: string, name: string) =>
      rows.find(({ serviceCode, memberName }) => serviceCode === code && memberName === name);
    const half = (cents: number, rate: number) => Math.floor((cents * rate + 50) / 100);
    for (const [name, rate, basis] of [
      ['=Erwitte', 19, 'RECOMPUTED'],
      ['Anröchte', 19, 'RECOMPUTED'],
      ['Zweckverband Hellweg', 7, 'IN_FORCE'],
    ] as const) {
      const row = of('marriage', name);
      t.match(row, {
        change: 'CHANGED',
        before: { rule: '2B_2_1' },
        after: { rule: 'STANDARD', ratePercent: rate },
        basis,
        additionalVatCents: half(row?.postedCents ?? 0, rate),
      });
    }
    t.match(of('certificates', '=Erwitte'), {
      change: 'REVIEW',
      before: { rule: 'LEGACY_2_3_AF' },
      after: { rule: 'FORECAST_MISSING' },
      additionalVatCents: null,
    });
    t.match(of('certificates', 'Anröchte'), { change: 'UNDETERMINED', before: null, after: null });
    t.match(of('certificates', 'Zweckverband Hellweg'), { change: 'REVIEW', postedCents: 0 });
    t.equal(rows.length, 6);
    const posted = LIMIT + 1 + 10_001;
    const extra = rows.reduce((sum, { additionalVatCents }) => sum + (additionalVatCents ?? 0), 0);
    t.same(totals, {
      postedCents: posted,
      pricedCents: 0,
      changedCents: LIMIT + 1,
      unclearCents: 10_001,
      additionalVatCents: extra,
    });
    const asking = { validFrom: '2027-01-01', validTo: '2028-01-01', facts: OPEN_FACTS, evidence: [] };
    for (const organisationIds of [[association.id], [association.id, anroechte.id]])
      await determine(finance, determination(certificates, organisationIds, asking));
    const asked = (await report()).rows.filter(({ serviceCode }) => serviceCode === 'certificates');
    t.same(
      asked.map(({ change, basis }) => [change, basis]),
      [
        ['REVIEW', 'RECOMPUTED'],
        ['REVIEW', 'OPEN_QUESTION'],
        ['REVIEW', 'OPEN_QUESTION'],
      ],
      'an open question outranks what would be',
    );
    t.same((await report('?year=2025')).totals['postedCents'], 0, 'amounts of another year');
  });

  t.test('the report is a spreadsheet too, in German unless asked otherwise (15)', async (t) => {
    const answer = await finance.call('GET', '/vat-reports/law-change?format=csv');
    t.match(answer.headers['content-type'], /text\/csv/);
    t.match(answer.headers['content-disposition'], /vat-law-change-2027-01-01\.csv/);
    const lines = answer.body.trim().split('\r\n');
    t.equal(lines.length, 7);
    t.match(lines[0], /^Leistung;Bezeichnung;Mitglied;Abgerechneter Betrag;/);
    t.match(answer.body, /;nicht steuerbar;2B_2_1;0;steuerpflichtig;STANDARD;19;/);
    t.match(answer.body, /'=Erwitte/, 'no name becomes a formula');
    const english = await finance.call('GET', '/vat-reports/law-change?format=csv&locale=en');
    t.match(english.body, /;out of scope;2B_2_1;0;taxable;STANDARD;19;/);
  });

  t.test('VAT on a credit is the mirror image of that on a cost (15)', async (t) => {
    const before = null;
    const decided = { result: 'TAXABLE', rule: 'STANDARD', category: 'S', ratePercent: 19 } as const;
    const outOfScope = {
      result: 'OUT_OF_SCOPE',
      rule: '2B_2_2',
      category: 'O',
      ratePercent: 0,
      facts: OPEN_FACTS,
      validFrom: '2026-01-01',
    } as never;
    const extra = (postedCents: number) =>
      lawChangeOf(
        { postedCents, before: outOfScope, decided, forecastCents: null },
        '2027-01-01',
        VAT_RULE_SETS,
      ).additionalVatCents;
    t.same([extra(50), extra(-50), extra(0)], [10, -10, 0], 'half up');
    t.equal(
      lawChangeOf({ postedCents: 1, before, decided, forecastCents: null }, '2027-01-01', VAT_RULE_SETS)
        .change,
      'UNDETERMINED',
    );
  });
});
