import tap from 'tap';
import {
  checkTerms,
  explainNotOrderable,
  refuseTermination,
} from '../../../src/modules/agreements/agreements.rules.ts';
import { checkCostClause } from '../../../src/modules/agreements/cost-clause.rules.ts';
import type { CostClause, TrancheKey } from '../../../src/modules/agreements/cost-clause.types.ts';
import { checkPriceClause } from '../../../src/modules/agreements/price-clause.rules.ts';

const ERWITTE = { id: '01930e2c-6a70-7d4e-9b1a-000000000001', ags: '05974016' };
const GKU = { id: '01930e2c-6a70-7d4e-9b1a-000000000002', ags: null };
const PARTIES = [ERWITTE, GKU];

const clause = (...tranches: [string, TrancheKey][]): CostClause => ({
  mode: 'cascade',
  tranches: tranches.map(([percent, key], i) => ({ id: `t${i}`, label: `Tranche ${i}`, percent, key })),
});
const faults = (given: CostClause) =>
  checkCostClause(given, PARTIES).map(({ pointer, code }) => `${pointer} ${code}`);
const key = (given: TrancheKey) => faults(clause(['100', given]));
const KEY = '/costClause/tranches/0/key';

tap.test('percentages are 100 exactly (agreements 7)', async (t) => {
  const equal: TrancheKey = { type: 'equal' };
  t.same(faults(clause(['30', equal], ['70', { type: 'cases', meter: 'certificates' }])), []);
  t.same(faults(clause(['33.333333', equal], ['33.333333', equal], ['33.333334', equal])), []);
  t.same(faults(clause(['33.333333', equal], ['33.333333', equal], ['33.333333', equal])), [
    '/costClause/tranches PERCENT_SUM',
  ]);
  t.same(faults(clause(['100', equal], ['0', equal])), ['/costClause/tranches/1/percent NOT_POSITIVE']);
  const detail = checkCostClause(clause(['30', equal], ['69.5', equal]), PARTIES)[0]?.detail;
  t.match(detail, '99.5 instead of 100');
});

tap.test('tranches have a name each (agreements 7)', async (t) => {
  const tranche = { id: 'a', label: 'A', percent: '50', key: { type: 'equal' as const } };
  t.same(faults({ mode: 'composite', tranches: [tranche, tranche] }), ['/costClause/tranches/1/id REPEATED']);
});

tap.test('a key says all it needs, and nothing that has no meaning (agreements 7)', async (t) => {
  t.same(key({ type: 'equal' }), []);
  t.same(key({ type: 'population', basis: 'zensus-2022' }), []);
  t.same(key({ type: 'population' }), [`${KEY}/basis REQUIRED`]);
  t.same(key({ type: 'minutes' }), [`${KEY}/meter REQUIRED`]);
  t.same(key({ type: 'values' }), [`${KEY}/keyName REQUIRED`]);
  t.same(key({ type: 'equal', meter: 'x' }), [`${KEY}/meter NOT_APPLICABLE`]);
  t.same(key({ type: 'fixed' }), [`${KEY}/values REQUIRED`]);
});

tap.test(
  'seat, equivalence numbers and grades are complete and can be computed (agreements 7)',
  async (t) => {
    t.same(key({ type: 'seat', seat: '05974016' }), []);
    t.same(key({ type: 'seat', seat: GKU.id }), []);
    t.same(key({ type: 'seat', seat: '05974004' }), [`${KEY}/seat NOT_A_PARTY`]);
    t.same(key({ type: 'area' }), [`${KEY}/keyName REQUIRED`]);
    t.same(key({ type: 'head_count', keyName: 'Stellen' }), []);
    t.same(key({ type: 'weighted_cases', equivalents: { cases: '1', complex: '2.5' } }), []);
    t.same(key({ type: 'weighted_cases', equivalents: { cases: '0' } }), [`${KEY}/equivalents ALL_ZERO`]);
    t.same(key({ type: 'weighted_cases', meter: 'cases' }), [
      `${KEY}/meter NOT_APPLICABLE`,
      `${KEY}/equivalents REQUIRED`,
    ]);
    const graded = (...grades: [string | null, string][]) =>
      key({
        type: 'graded_population',
        basis: 'zensus-2022',
        grades: grades.map(([upTo, factor]) => ({ upTo, factor })),
      });
    t.same(graded(['10000', '1'], [null, '0.8']), []);
    t.same(graded(['10000', '1'], ['20000', '0.8']), [`${KEY}/grades/1/upTo END`]);
    t.same(graded([null, '1'], [null, '0.8']), [`${KEY}/grades/0/upTo END`]);
    t.same(graded(['10000', '1'], ['10000', '0.8'], [null, '1']), [`${KEY}/grades/1/upTo ORDER`]);
    t.same(graded([null, '0']), [`${KEY}/grades ALL_ZERO`]);
    t.same(key({ type: 'graded_population', grades: [] }), [
      `${KEY}/basis REQUIRED`,
      `${KEY}/grades ALL_ZERO`,
    ]);
  },
);

tap.test('fixed shares name every party once, by AGS or id (agreements 7)', async (t) => {
  const fixed = (values: Record<string, string>) => key({ type: 'fixed', values });
  t.same(fixed({ '05974016': '60', [GKU.id]: '40' }), []);
  t.same(fixed({ [ERWITTE.id]: '60', [GKU.id]: '0' }), []);
  t.same(fixed({ '05974016': '60' }), [`${KEY}/values/${GKU.id} REQUIRED`]);
  t.same(fixed({ '05974016': '6', [ERWITTE.id]: '6', [GKU.id]: '1' }), [`${KEY}/values/05974016 REPEATED`]);
  t.same(fixed({ '05974016': '6', [GKU.id]: '1', 'a/b': '1' }), [`${KEY}/values/a~1b NOT_A_PARTY`]);
  t.same(fixed({ '05974016': '0', [GKU.id]: '0.000000' }), [`${KEY}/values ALL_ZERO`]);
});

tap.test('the first reason that applies is told (agreements 5)', async (t) => {
  const facts = {
    isMember: true,
    isPublished: true,
    agreementVersionId: null,
    startsLater: false,
    hasEnded: false,
  };
  t.equal(explainNotOrderable({ ...facts, agreementVersionId: ERWITTE.id, hasEnded: true }), undefined);
  t.equal(explainNotOrderable({ ...facts, isMember: false, isPublished: false }), 'not_a_member');
  t.equal(
    explainNotOrderable({ ...facts, isPublished: false, agreementVersionId: GKU.id }),
    'service_not_published',
  );
  t.equal(explainNotOrderable(facts), 'no_agreement');
  t.equal(explainNotOrderable({ ...facts, startsLater: true, hasEnded: true }), 'not_yet_in_force');
  t.equal(explainNotOrderable({ ...facts, hasEnded: true }), 'ended');
});

tap.test('terms: all faults at once, each with its place (agreements 1)', async (t) => {
  const terms = {
    validFrom: '2027-01-01',
    validTo: '2027-01-01',
    organisationIds: [ERWITTE.id, GKU.id],
    serviceIds: ['s1', 's2'],
    costClause: clause(['99', { type: 'equal' }]),
    priceClause: null,
  };
  const known = { members: [ERWITTE], serviceIds: new Set(['s2']) };
  t.same(
    checkTerms(terms, known).map(({ pointer, code }) => `${pointer} ${code}`),
    [
      '/validTo PERIOD_EMPTY',
      '/organisationIds/1 NOT_A_MEMBER',
      '/services/0 UNKNOWN',
      '/costClause/tranches PERCENT_SUM',
    ],
  );
});

tap.test('a termination shortens, and not the past (agreements 6)', async (t) => {
  t.equal(refuseTermination('2027-01-01', '2027-01-01', null), undefined);
  t.match(refuseTermination('2026-12-31', '2027-01-01', null), 'not be before today');
  t.match(refuseTermination('2028-01-01', '2027-01-01', '2028-01-01'), 'ends already');
  t.match(refuseTermination('2028-01-01', '2027-01-01', undefined), 'nothing is in force');
});

tap.test('with a price clause each service has exactly one clause (agreements 10)', async (t) => {
  const costClause = clause(['100', { type: 'equal' }]);
  const check = (priced: string[][], cost: CostClause | null) => {
    const prices = priced.map((serviceIds) => ({ rateCard: 'Telefon', serviceIds }));
    const clauses = { serviceIds: ['s1', 's2'], costClause: cost, priceClause: { prices } };
    return checkPriceClause(clauses).map(({ pointer, code }) => `${pointer} ${code}`);
  };
  t.same(check([['s1']], costClause), []);
  t.same(check([['s1'], ['s2']], null), []);
  t.same(check([['s1']], null), ['/costClause REQUIRED']);
  t.same(check([['s1', 's2']], costClause), ['/costClause NOT_APPLICABLE']);
  t.same(check([['s1'], ['s1', 's3']], costClause), [
    '/priceClause/prices/1/serviceIds/0 REPEATED',
    '/priceClause/prices/1/serviceIds/1 NOT_A_SERVICE',
  ]);
  t.same(checkPriceClause({ serviceIds: ['s1'], costClause: null, priceClause: null }), []);
});
