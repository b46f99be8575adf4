/** What happened, or what was planned. */
export type CostKind = 'actual' | 'budget';
/** Cost, or income that is set off against it. */
export type CostCategory = 'cost' | 'grant' | 'other_income';

export const GRANT_TAG = '^[A-Za-z0-9ÄÖÜäöüß][A-Za-z0-9ÄÖÜäöüß._-]{0,39}$';
export const MAX_GRANT_TAGS = 10;

export type LineField =
  | 'bookedOn'
  | 'costType'
  | 'amountCents'
  | 'costCentre'
  | 'service'
  | 'text'
  | 'voucherNumber'
  | 'grantTags'
  | 'kind'
  | 'category'
  | 'debitCredit';

/** How a ledger writes its files. */
export interface MappingRules {
  /** Field → header of the column. */
  readonly columns: Readonly<Partial<Record<LineField, string>>>;
  /** Cost types whose lines are income. */
  readonly categories: Readonly<Record<string, CostCategory>>;
  readonly dayFormat: 'iso' | 'german' | 'compact';
  readonly numberFormat: 'german' | 'english';
  readonly sign: 'cost_positive' | 'cost_negative' | 'debit_credit';
}
