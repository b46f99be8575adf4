import fc from 'fast-check';
import type { VatInput } from '../../src/modules/billing/index.ts';

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const flag = fc.boolean();
export const turnover = fc.oneof(
  fc.constantFrom(0, 17_500_00, 17_500_01, 25_000_00, 25_000_01, 100_000_00, 100_000_01),
  fc.nat(10 ** 9),
);
const often = fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: flag });
const conditions = (...names: string[]) => fc.record(Object.fromEntries(names.map((name) => [name, often])));

/** Facts that reach every step of the procedure, limits and the days around a change of law among them. */
export const vatFacts: fc.Arbitrary<VatInput> = fc.record({
  consideration: often,
  sameLegalEntity: fc.constantFrom(true, false, false, false, false),
  providerType: fc.constantFrom('PUBLIC_LAW', 'PUBLIC_LAW', 'PUBLIC_LAW', 'PRIVATE'),
  recipientType: fc.constantFrom('PUBLIC_LAW', 'PUBLIC_LAW', 'PRIVATE'),
  legacyOption: flag,
  legacyClass: fc.constantFrom('NON_BGA', 'BGA', 'UNKNOWN', null, undefined),
  basis: fc.constantFrom('PUBLIC', 'PUBLIC', 'PUBLIC', 'PRIVATE'),
  serviceDay: fc.constantFrom(
    '2021-01-01',
    '2024-12-31',
    '2025-01-01',
    '2026-12-31',
    '2027-01-01',
    '2030-06-30',
  ),
  groupForecastCents: fc.oneof(turnover, turnover, fc.constantFrom(null, undefined)),
  comparableExemptWithoutOption: maybe(fc.constantFrom(true, false, false)),
  reservedByLaw: maybe(fc.constantFrom(true, false, false)),
  delegation: maybe(flag),
  dischargeDecisive: maybe(flag),
  noPotentialCompetition: maybe(fc.constantFrom(true, false, false)),
  cooperation: maybe(conditions('a', 'b', 'c', 'd')),
  competitionCheck: fc.constantFrom('NONE', 'DISTORTION', null, undefined),
  costSharing: maybe(
    conditions(
      'independentGroup',
      'recipientIsMember',
      'otherService',
      'publicInterestUse',
      'exactCost',
      'noDistortion',
    ),
  ),
  otherExemption: maybe(fc.constantFrom('4_14', null)),
  smallBusinessWaived: maybe(flag),
  previousYearTurnoverCents: turnover,
  yearToDateTurnoverCents: turnover,
  reducedRate: maybe(flag),
});
