import { type Day, plusDays } from '../../../platform/clock.ts';
import { formatCents } from '../../../platform/money/index.ts';
import type { LedgerDayFormat, LedgerField, LedgerLeg, LedgerVoucher } from './ledger.types.ts';
import type { CsvSettings } from './ledger-settings.types.ts';

/** One row of a CSV file. */
export interface LedgerRow {
  readonly voucher: LedgerVoucher;
  readonly leg: LedgerLeg;
  readonly rowNumber: number;
  readonly exportNumber: string;
  readonly isRepetition: boolean;
}

type Write = (row: LedgerRow, settings: CsvSettings) => string | null;

const day =
  (of: (row: LedgerRow) => Day): Write =>
  (row, { dayFormat }) =>
    writeDay(of(row), dayFormat);
const amount =
  (of: (row: LedgerRow, settings: CsvSettings) => number | null): Write =>
  (row, settings) => {
    const cents = of(row, settings);
    if (cents === null) return null;
    return formatCents(cents, settings.decimal === ',' ? 'de' : 'en', { grouping: false });
  };
const onSide = ({ leg }: LedgerRow, side: LedgerLeg['side']): number | null =>
  leg.side === side ? leg.amountCents : null;
/** Where both accounts stand in one row each has its side; else only the account of the row. */
const accountOn = (
  { leg }: LedgerRow,
  side: LedgerLeg['side'],
  layout: CsvSettings['layout'],
): string | null => {
  if (leg.side === side) return leg.account;
  return layout === 'pairs' ? leg.contraAccount : null;
};

/** What a column can hold. Texts may be cut to a length if the profile says so; nothing else ever is. */
export const LEDGER_FIELDS: Readonly<Record<LedgerField, Write>> = {
  rowNumber: ({ rowNumber }) => String(rowNumber),
  voucherNumber: ({ leg }) => leg.voucherNumber,
  voucherDay: day(({ voucher }) => voucher.statement.issuedOn),
  dueDay: day(({ voucher }) => voucher.statement.dueOn),
  documentKind: ({ voucher }) => String(voucher.statement.kind),
  reference: ({ leg }) => leg.reference,
  memberName: ({ voucher }) => voucher.statement.memberName,
  memberKey: ({ voucher }) => voucher.statement.memberKey,
  debtorAccount: ({ voucher }) => voucher.debtorAccount,
  account: ({ leg }) => leg.account,
  contraAccount: ({ leg }) => leg.contraAccount,
  debitAccount: (row, { layout }) => accountOn(row, 'debit', layout),
  creditAccount: (row, { layout }) => accountOn(row, 'credit', layout),
  side: ({ leg }, { sides }) => sides[leg.side],
  amount: amount(({ leg }) => leg.amountCents),
  signedAmount: amount(({ leg }, { positiveSide }) =>
    leg.side === positiveSide ? leg.amountCents : -leg.amountCents,
  ),
  debitAmount: amount((row) => onSide(row, 'debit')),
  creditAmount: amount((row) => onSide(row, 'credit')),
  vatAmount: amount(({ leg }) => leg.vatCents),
  vatCategory: ({ leg }) => leg.vatCategory,
  vatRate: ({ leg }, { decimal }) => leg.ratePercent?.replace('.', decimal) ?? null,
  taxKey: ({ leg }) => leg.taxKey,
  product: ({ leg }) => leg.product,
  costObject: ({ leg }) => leg.costObject,
  bookingText: ({ leg }) => leg.text,
  serviceCode: ({ leg }) => leg.serviceCode,
  serviceTitle: ({ leg }) => leg.serviceTitle,
  periodCode: ({ voucher }) => voucher.statement.periodCode,
  periodFirstDay: day(({ voucher }) => voucher.statement.startsOn),
  periodLastDay: day(({ voucher }) => plusDays(voucher.statement.endsOn, -1)),
  agreement: ({ voucher }) => voucher.statement.agreementReference,
  exportNumber: ({ exportNumber }) => exportNumber,
  repetition: ({ isRepetition }, { repetitionText }) => (isRepetition ? repetitionText : null),
};

/** Fields that are read by people, so that less of them is still of use. */
export const CUTTABLE_FIELDS: readonly LedgerField[] = [
  'bookingText',
  'memberName',
  'serviceTitle',
  'agreement',
];

export function writeDay(value: Day, format: LedgerDayFormat): string {
  const [year = '', month = '', dayOfMonth = ''] = value.split('-');
  return format
    .replace('YYYY', year)
    .replace('YY', year.slice(2))
    .replace('MM', month)
    .replace('DD', dayOfMonth);
}

/** Line breaks, tabs and other control characters would end a field or a row in some program: they become spaces. */
export function inOneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
