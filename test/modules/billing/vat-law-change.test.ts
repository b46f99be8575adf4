import tap from 'tap';
import { VAT_RULE_SETS } from '../../../src/modules/billing/index.ts';
import { lawChangeOf } from '../../../src/modules/billing/vat/vat-law-change.rules.ts';
import { fillQuarter, startCostingWorld } from '../../support/costing.ts';
import { must } from '../../support/services.ts';
import { determination, inForce, LEGACY_FACTS, OPEN_FACTS, TAXABLE_FACTS } from '../../support/vat.ts';

interface Treatment {
  readonly rule: string;
}

const TAKEN = { result: 'OUT_OF_SCOPE', rule: '2B_2_1', category: 'O', ratePercent: 0 } as const;
/** Small enough for § 19, which is not waived. */
const SMALL = {
  ...TAXABLE_FACTS,
  smallBusinessWaived: false,
  previousYearTurnoverCents: 1_000_000,
  yearToDateTurnoverCents: 1_000_000,
};

/** The rule that facts of the first day come to on another one. */
function ruleOn(day: string, facts: object, more: object = {}, validFrom = '2026-01-01') {
  const before = { ...TAKEN, facts, validFrom } as never;
  const asked = { postedCents: 100, before, decided: null, forecastCents: null, ...more };
  const { change, after, additionalVatCents } = lawChangeOf(asked, day, VAT_RULE_SETS);
  return [change, after?.rule, additionalVatCents];
}

tap.test(
  'facts of a calendar year are not carried into another one (numbers in brackets: invariants)',
  async (t) => {
    await t.test('neither a forecast (15)', async (t) => {
      const facts = { ...OPEN_FACTS, groupForecastCents: 1_000_000 };
      const missing = ['REVIEW', 'FORECAST_MISSING', null];
      t.same(ruleOn('2027-01-01', facts), missing);
      t.same(ruleOn('2026-07-01', facts), ['UNCHANGED', '2B_2_1', 0], 'within the year they hold');
      t.same(ruleOn('2026-07-01', facts, {}, '2025-07-01'), missing, 'of the first day, not of the eve');
      t.same(
        ruleOn('2027-01-01', facts, { forecastCents: 0 }),
        ['UNCHANGED', '2B_2_1', 0],
        'one of its year',
      );
      t.same(ruleOn('2027-01-01', facts, { forecastCents: 2_000_000 }), ['CHANGED', 'STANDARD', 19]);
    });

    await t.test('nor turnovers of § 19 UStG, but where a caller names those of the year (15)', async (t) => {
      const given = (previousYearTurnoverCents: number | null, yearToDateTurnoverCents: number | null) => ({
        turnovers: { previousYearTurnoverCents, yearToDateTurnoverCents },
      });
      const missing = ['REVIEW', 'TURNOVER_MISSING', null];
      const taxed = ['CHANGED', 'STANDARD', 19];
      t.same(ruleOn('2027-01-01', SMALL), missing);
      t.same(ruleOn('2026-07-01', SMALL), ['CHANGED', '19', 0]);
      t.same(ruleOn('2027-01-01', SMALL, given(2_500_000, null)), missing, 'half of it is not enough');
      t.same(ruleOn('2027-01-01', SMALL, given(null, 10_000_000)), missing);
      t.same(ruleOn('2027-01-01', SMALL, given(2_500_000, 10_000_000)), ['CHANGED', '19', 0]);
      t.same(ruleOn('2027-01-01', SMALL, given(2_500_001, null)), taxed, 'one limit passed is enough');
      t.same(ruleOn('2027-01-01', SMALL, given(null, 10_000_001)), taxed);
      t.same(ruleOn('2026-07-01', SMALL, given(2_500_001, null)), taxed, 'what is said now comes first');
      t.same(ruleOn('2027-01-01', TAXABLE_FACTS), taxed, 'who waived it needs no turnover');
    });
  },
);

tap.test('figures of the year are named with the report and the comparison', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, colleague, erwitte, marriage, periodId } = world;
  await fillQuarter(world);
  const facts = { ...LEGACY_FACTS, ...SMALL, legacyOption: true, basis: 'PRIVATE' };
  await inForce(finance, colleague, determination(marriage, [erwitte.id], { facts }));
  const named = { previousYearTurnoverCents: 2_000_000, yearToDateTurnoverCents: 3_000_000 };

  await t.test('200, 400: of the law-change report (15)', async (t) => {
    const url = '/vat-reports/law-change';
    const query = Object.entries(named).map(([name, cents]) => `${name}=${cents}`);
    const report = (search: string) =>
      must<{ rows: { before: Treatment; after: Treatment; change: string }[] }>(
        finance,
        'GET',
        `${url}?${search}`,
      );
    t.match((await report('')).rows, [
      { before: { rule: 'LEGACY_2_3_AF' }, after: { rule: 'TURNOVER_MISSING' }, change: 'REVIEW' },
    ]);
    t.match((await report(query.join('&'))).rows, [{ after: { rule: '19' }, change: 'CHANGED' }]);
    t.equal((await finance.call('GET', `${url}?yearToDateTurnoverCents=-1`)).statusCode, 400);
  });

  await t.test('200, 400: of the comparison (32)', async (t) => {
    const url = '/vat-reports/comparisons';
    const body = (more: object) => ({
      base: { periodId },
      scenario: {},
      vat: { day: '2027-01-01', ...more },
    });
    const ruleWith = async (more: object) => {
      const { rows } = await must<{
        rows: {
          member: string;
          serviceCode: string;
          vat: { scenario: { rule: string; unclear: string | null } };
        }[];
      }>(finance, 'POST', url, body(more));
      const row = rows.find(({ member, serviceCode }) => member === '05974016' && serviceCode === 'marriage');
      return [row?.vat.scenario.rule, row?.vat.scenario.unclear];
    };
    t.same(await ruleWith({}), ['TURNOVER_MISSING', 'REVIEW']);
    t.same(await ruleWith(named), ['19', null]);
    t.equal((await finance.call('POST', url, body({ previousYearTurnoverCents: 0.5 }))).statusCode, 400);
  });
});
