import type { Day } from '../../../platform/clock.ts';

/**
 * What a member is sent, complete and final: renderers add nothing to it and look nothing up. Cents are whole numbers,
 * quantities, weights and percentages decimal texts, days `YYYY-MM-DD`, periods half open.
 */
export interface StatementDocument {
  readonly kind: DocumentKind;
  readonly number: string;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  /** BG-14. `endsOn` is the day after the last. */
  readonly period: { readonly startsOn: Day; readonly endsOn: Day };
  /** BT-12: the agreement under public law the amount rests on. */
  readonly agreementReference: string;
  readonly seller: Seller;
  readonly buyer: Buyer;
  /** The document that is corrected (384, 381), or instalments that are set off (380). */
  readonly preceding: readonly PrecedingDocument[];
  /** What payments on the documents that it corrects came to when it was issued; left out where that is nothing. */
  readonly paidCents?: number;
  readonly lines: readonly DocumentLine[];
  readonly vat: readonly VatBreakdown[];
  readonly totals: DocumentTotals;
  /** Further remarks in the language of the recipient, printed and sent as BT-22. */
  readonly notes: readonly string[];
}

/** What is there before sums are drawn: `withTotals` makes the document of it. */
export type DocumentDraft = Omit<StatementDocument, 'vat' | 'totals'>;

/**
 * UNTDID 1001: 326 instalment, 380 invoice (final, where instalments are set off), 384 corrected invoice, which shows
 * the right figures anew, 381 credit note, whose positive amounts are what the member gets back.
 */
export type DocumentKind = 326 | 380 | 384 | 381;

export interface PostalAddress {
  readonly street: string;
  readonly postCode: string;
  readonly city: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

/** BT-34, BT-49: scheme of the EAS list, e.g. `EM` (e-mail) or `0204` (Leitweg-ID). */
export interface ElectronicAddress {
  readonly scheme: string;
  readonly value: string;
}

/** The legal person that runs the centre; `centreName` is what members know. */
export interface Seller {
  readonly name: string;
  readonly centreName: string;
  /** BT-29: how the buyer's books call the seller. The only identity that goes with category O. */
  readonly identifier: string;
  readonly address: PostalAddress;
  readonly contact: { readonly name: string; readonly phone: string; readonly email: string };
  readonly electronicAddress: ElectronicAddress;
  readonly bank: { readonly holder: string; readonly iban: string; readonly bic?: string };
  /** BT-32. */
  readonly taxNumber?: string;
  /** BT-31; never together with category O. */
  readonly vatId?: string;
}

export interface Buyer {
  readonly name: string;
  /** Second line of the address, e.g. the department. */
  readonly department?: string;
  readonly address: PostalAddress;
  /** BT-10. */
  readonly leitwegId: string;
  readonly electronicAddress: ElectronicAddress;
}

export interface PrecedingDocument {
  readonly number: string;
  readonly kind: DocumentKind;
  readonly issuedOn: Day;
  readonly grossCents: number;
  /** What this document sets off of it, gross; 0 where it is only referred to. */
  readonly prepaidCents: number;
  /** VAT within `prepaidCents`. */
  readonly prepaidVatCents: number;
}

/** UNTDID 5305: standard or reduced rate, exempt, outside the scope. */
export type VatCategory = 'S' | 'E' | 'O';

export interface VatTreatment {
  readonly category: VatCategory;
  /** Decimal text; `0` for E and O. */
  readonly ratePercent: string;
  /** Why there is no VAT (BT-121 and BT-120): with E and O. */
  readonly vatexCode?: string;
  readonly reason?: string;
}

/** UN/ECE Recommendation 20, as far as services are counted here. */
export type UnitCode = 'C62' | 'LS' | 'HUR' | 'MIN' | 'DAY' | 'MON' | 'ANN';

/** One tranche of a service's cost, or one rated service. */
export interface DocumentLine {
  readonly service: { readonly code: string; readonly title: string };
  readonly text: string;
  /** Above zero, also for a negative amount. */
  readonly quantity: string;
  readonly unit: UnitCode;
  readonly netCents: number;
  readonly vat: VatTreatment;
  /** How the amount follows from the cost of the service; not where a unit was priced. */
  readonly derivation?: Derivation;
}

/** Cost of a service less what is set off before it is shared out: grants, other income. */
export interface Netting {
  readonly costCents: number;
  readonly deductions: readonly Deduction[];
}

export interface Deduction {
  readonly type: 'grant' | 'other_income';
  /** As the books of the centre call it. */
  readonly label: string;
  /** What the cost sinks by; below zero where more was paid back than received: it rises. */
  readonly amountCents: number;
}

export interface Derivation {
  /** How `poolCents` follows from the cost; left out where nothing is set off, and in documents of before. */
  readonly netting?: Netting;
  /** Net cost of the service that all members bear together. */
  readonly poolCents: number;
  /** More than one only where the cost clause rounds once over all tranches. */
  readonly parts: readonly [DerivationPart, ...DerivationPart[]];
  /** The member's share before rounding, in cents, `num/den` in lowest terms. */
  readonly exactCents: string;
  /** What rounding added to the share cut off towards zero. */
  readonly roundingCents: -1 | 0 | 1;
  /** The line asks for one of `count` instalments on the share that the derivation ends in. */
  readonly instalment?: { readonly number: number; readonly count: number };
}

export interface DerivationPart {
  readonly label: string;
  readonly percent: string;
  /** Rounded amount of the tranche; null where the clause rounds once over all tranches. */
  readonly trancheCents: number | null;
  readonly key: {
    readonly type: string;
    readonly asOf?: Day;
    readonly basis?: string;
    readonly source?: string;
  };
  readonly weight: string;
  readonly weightTotal: string;
}

/** BG-23: one for each category and rate. */
export interface VatBreakdown extends VatTreatment {
  readonly netCents: number;
  readonly vatCents: number;
}

export interface DocumentTotals {
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
  /** BT-113: gross sum of what is set off, and of what was paid on what is corrected. */
  readonly prepaidCents: number;
  /** BT-115: gross less prepaid; negative where the member gets money back. */
  readonly payableCents: number;
}
