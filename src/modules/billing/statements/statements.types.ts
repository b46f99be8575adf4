import type { Day, Moment } from '../../../platform/clock.ts';
import type { FieldError, Problem } from '../../../platform/errors.ts';
import type {
  Buyer,
  DocumentKind,
  DocumentLine,
  PrecedingDocument,
  Seller,
  StatementDocument,
} from '../documents/document.types.ts';

/** A line with what leads back to where it came from. */
export interface ChargedLine {
  readonly serviceId: string;
  readonly organisationId: string;
  /** The determination that says its VAT. */
  readonly vatDeterminationId: string;
  /** Line of an allocation run; null where it was priced. */
  readonly runId: string | null;
  readonly runPosition: number | null;
  /** Addresses of the usage events behind it. */
  readonly usageLinks: readonly string[];
  readonly line: DocumentLine;
}

/** Before the VAT of its service is known. */
export type UntaxedLine = Omit<ChargedLine, 'vatDeterminationId' | 'line'> & {
  readonly line: Omit<ChargedLine['line'], 'vat'>;
};

/** A document that is referred to or set off, with its own id. */
export interface PrecedingStatement extends PrecedingDocument {
  readonly statementId: string;
}

/** Half-open days, and the billing period they are. */
export interface StatementPeriod {
  readonly id: string;
  readonly code: string;
  readonly startsOn: Day;
  /** Day after the last. */
  readonly endsOn: Day;
}

/** What a draft says; seller and buyer join it when it is issued. All lines have one `vatGroup` (`vatGroupOf`). */
export interface NewStatement {
  readonly organisationId: string;
  readonly kind: DocumentKind;
  readonly vatGroup: string;
  readonly batchId: string | null;
  readonly runId: string | null;
  readonly period: StatementPeriod;
  /** Where a correction is billed; `period` is that of what was used. */
  readonly billingPeriod?: { readonly id: string; readonly code: string };
  /** What a 384 replaces or a 381 takes back. */
  readonly correctsId: string | null;
  /** Null: so many days after issue as the profile of the centre says. */
  readonly dueOn: Day | null;
  readonly agreementReference: string;
  readonly notes: readonly string[];
  readonly preceding: readonly PrecedingStatement[];
  readonly lines: readonly ChargedLine[];
}

export type StatementStatus = 'draft' | 'issued' | 'discarded';

export interface StatementRow {
  readonly id: string;
  readonly centreId: string;
  readonly organisationId: string;
  readonly memberName: string;
  readonly batchId: string | null;
  readonly kind: DocumentKind;
  readonly vatGroup: string;
  readonly status: StatementStatus;
  readonly number: string | null;
  readonly runId: string | null;
  readonly periodId: string | null;
  readonly periodCode: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly billingPeriodId: string | null;
  readonly billingPeriodCode: string | null;
  readonly correctsId: string | null;
  readonly supersededBy: string | null;
  readonly agreementReference: string;
  readonly notes: readonly string[];
  readonly preceding: readonly PrecedingStatement[];
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
  readonly prepaidCents: number;
  readonly payableCents: number;
  readonly contentHash: string;
  /** Of what is issued; null where it was issued before the account was signed too. */
  readonly signedHash: string | null;
  /** The account that a draft would bear; null where none was confirmed, and of what is no draft. */
  readonly account: PayeeAccount | null;
  readonly dueOn: Day | null;
  readonly issuedOn: Day | null;
  readonly issuedAt: Moment | null;
  readonly issuedBy: string | null;
  readonly issuedByName: string | null;
  readonly document: StatementDocument | null;
  readonly renderedAt: Moment | null;
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: Moment;
  readonly version: number;
}

/** As a line stands in the database. */
export interface StatementLineRow extends ChargedLine {
  readonly statementId: string;
  readonly position: number;
}

/** What stands against issuing a draft. */
export interface Obstacle {
  readonly problem: Problem;
  readonly detail: string;
  readonly errors: readonly FieldError[];
}

/** The account that members pay to. */
export type PayeeAccount = Seller['bank'];

/** Who issues, and for how long there is time to pay. */
export interface BillingProfile {
  readonly seller: Seller;
  readonly paymentDays: number;
}

export const DOCUMENT_FORMATS = ['pdf', 'csv', 'xlsx', 'xrechnung-ubl', 'xrechnung-cii', 'zugferd'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

export interface BillingRecipient {
  readonly organisationId: string;
  readonly buyer: Buyer;
  /** Null: the member fetches its documents. */
  readonly email: string | null;
  readonly formats: readonly DocumentFormat[];
}
