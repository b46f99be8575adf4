import type { Day } from '../../../platform/clock.ts';
import type { DocumentKind, VatCategory } from '../documents/document.types.ts';

export const ACCOUNT_KINDS = ['instalment', 'settlement', 'correction', 'credit'] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** Null stands for any, but for the kind: what any kind means never covers instalments, which are no revenue. */
export interface AccountRule {
  readonly serviceId: string | null;
  readonly kind: AccountKind | null;
  readonly vatCategory: VatCategory | null;
  readonly ratePercent: string | null;
  /** Revenue, or for instalments the liability for advance payments. */
  readonly account: string;
  readonly product: string | null;
  readonly costObject: string | null;
  readonly vatAccount: string | null;
  readonly taxKey: string | null;
}

export interface MemberAccount {
  readonly organisationId: string;
  readonly account: string;
}

export interface AccountPlan {
  readonly id: string;
  readonly validFrom: Day;
  readonly collectiveDebtor: string | null;
  readonly rules: readonly AccountRule[];
  readonly debtors: ReadonlyMap<string, string>;
}

/** What is known of an issued document. */
export interface LedgerStatement {
  readonly id: string;
  readonly number: string;
  readonly kind: DocumentKind;
  readonly organisationId: string;
  readonly memberName: string;
  /** AGS, where the member has one. */
  readonly memberKey: string | null;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  readonly periodCode: string;
  readonly startsOn: Day;
  /** Day after the last. */
  readonly endsOn: Day;
  readonly agreementReference: string;
  readonly correctsId: string | null;
  readonly correctsNumber: string | null;
  readonly preceding: readonly LedgerPreceding[];
  readonly lines: readonly LedgerLine[];
  readonly vat: readonly LedgerVat[];
  readonly payableCents: number;
}

export interface LedgerPreceding {
  readonly statementId: string;
  readonly number: string;
  readonly prepaidCents: number;
  readonly prepaidVatCents: number;
}

export interface LedgerLine {
  readonly serviceId: string;
  readonly serviceCode: string;
  readonly serviceTitle: string;
  readonly vatCategory: VatCategory;
  readonly ratePercent: string;
  readonly netCents: number;
}

export interface LedgerVat {
  readonly category: VatCategory;
  readonly ratePercent: string;
  readonly vatCents: number;
}

/**
 * One thing that a document does to an account beside the member's, with the VAT that goes with it. Above zero it charges the
 * member (credit to the account), below zero it relieves it.
 */
export interface LedgerEntry {
  readonly role: 'revenue' | 'advance';
  /** `reversal` takes back an entry of the document that this one replaces. */
  readonly effect: 'charge' | 'clearing' | 'reversal';
  readonly account: string;
  readonly vatAccount: string | null;
  readonly product: string | null;
  readonly costObject: string | null;
  readonly taxKey: string | null;
  readonly vatCategory: VatCategory;
  readonly ratePercent: string;
  readonly serviceId: string;
  readonly serviceCode: string;
  readonly serviceTitle: string;
  readonly netCents: number;
  readonly vatCents: number;
  readonly text: string;
  /** Number of the document that is set off or taken back. */
  readonly reference: string | null;
}

/** A document as it goes to the books. */
export interface LedgerVoucher {
  readonly statement: LedgerStatement;
  readonly planId: string;
  readonly debtorAccount: string;
  readonly entries: readonly LedgerEntry[];
}

/** What a row of a file says beside accounts and amount. */
interface BookingFacts {
  readonly voucherNumber: string;
  readonly product: string | null;
  readonly costObject: string | null;
  readonly taxKey: string | null;
  readonly vatCategory: VatCategory | null;
  readonly ratePercent: string | null;
  readonly serviceCode: string | null;
  readonly serviceTitle: string | null;
  readonly text: string;
  readonly reference: string | null;
  /** Above zero. */
  readonly amountCents: number;
  /** VAT within the amount; 0 where VAT is booked by itself. */
  readonly vatCents: number;
}

/** An amount from one account to another; one of them is the member's. */
export interface LedgerBooking extends BookingFacts {
  readonly role: LedgerEntry['role'] | 'vat';
  readonly effect: LedgerEntry['effect'];
  /** The account beside the member's. */
  readonly account: string;
  readonly debtorAccount: string;
  /** What the member's account gets. */
  readonly debtorSide: Side;
}

/** What happens to one account within a document. */
export interface LedgerLeg extends BookingFacts {
  readonly role: LedgerBooking['role'] | 'debtor';
  readonly account: string;
  readonly contraAccount: string | null;
  readonly side: Side;
}

export type Side = 'debit' | 'credit';

export type VatRows = 'separate' | 'included';

export const LEDGER_FIELD_NAMES = [
  'rowNumber',
  'voucherNumber',
  'voucherDay',
  'dueDay',
  'documentKind',
  'reference',
  'memberName',
  'memberKey',
  'debtorAccount',
  'account',
  'contraAccount',
  'debitAccount',
  'creditAccount',
  'side',
  'amount',
  'signedAmount',
  'debitAmount',
  'creditAmount',
  'vatAmount',
  'vatCategory',
  'vatRate',
  'taxKey',
  'product',
  'costObject',
  'bookingText',
  'serviceCode',
  'serviceTitle',
  'periodCode',
  'periodFirstDay',
  'periodLastDay',
  'agreement',
  'exportNumber',
  'repetition',
] as const;
export type LedgerField = (typeof LEDGER_FIELD_NAMES)[number];

export const DAY_FORMATS = ['YYYY-MM-DD', 'DD.MM.YYYY', 'DD.MM.YY', 'YYYYMMDD', 'DDMMYYYY', 'DDMM'] as const;
export type LedgerDayFormat = (typeof DAY_FORMATS)[number];

export const LEDGER_ENCODINGS = ['utf-8', 'utf-8-bom', 'windows-1252'] as const;
export type LedgerEncoding = (typeof LEDGER_ENCODINGS)[number];

/** Words of what is booked, in the language of the books. */
export type LedgerWords = (
  key: AccountKind | 'clearing' | 'reversal' | 'vat' | 'debtor',
  values: Readonly<Record<string, string>>,
) => string;
