import type { VatRuleSet } from './vat.types.ts';

/** The option was extended more than once; as the law stands now it covers all days from 2017 on. */
const LEGACY_UNTIL = {
  value: '2026-12-31',
  source: '§ 27 Abs. 22a UStG, extended by the Jahressteuergesetz 2024 (BGBl. 2024 I Nr. 387)',
};

const SMALL_BUSINESS_SINCE_2025 = '§ 19 Abs. 1 UStG as of the Jahressteuergesetz 2024 (BGBl. 2024 I Nr. 387)';

/**
 * Limits, days and rates of the Umsatzsteuergesetz, by the day of the service. A change of the law is another entry here,
 * never a change of an entry: what was determined under it has to stay explicable. Reading notes for software, not advice.
 */
export const VAT_RULE_SETS: readonly VatRuleSet[] = [
  {
    id: 'ustg-2021-01',
    validFrom: '2021-01-01',
    validTo: '2024-12-31',
    legacyUntil: LEGACY_UNTIL,
    groupLimitCents: { value: 17_500_00, source: '§ 2b Abs. 2 Nr. 1 UStG' },
    previousYearLimitCents: {
      value: 22_000_00,
      source: '§ 19 Abs. 1 UStG as of the Drittes Bürokratieentlastungsgesetz (BGBl. 2019 I S. 1746)',
    },
    currentYearLimitCents: { value: 50_000_00, source: '§ 19 Abs. 1 UStG, version to 31.12.2024' },
    standardRatePercent: { value: 19, source: '§ 12 Abs. 1 UStG' },
    reducedRatePercent: { value: 7, source: '§ 12 Abs. 2 UStG' },
  },
  {
    id: 'ustg-2025-01',
    validFrom: '2025-01-01',
    validTo: null,
    legacyUntil: LEGACY_UNTIL,
    groupLimitCents: { value: 17_500_00, source: '§ 2b Abs. 2 Nr. 1 UStG' },
    previousYearLimitCents: { value: 25_000_00, source: SMALL_BUSINESS_SINCE_2025 },
    currentYearLimitCents: { value: 100_000_00, source: SMALL_BUSINESS_SINCE_2025 },
    standardRatePercent: { value: 19, source: '§ 12 Abs. 1 UStG' },
    reducedRatePercent: { value: 7, source: '§ 12 Abs. 2 UStG' },
  },
];
