import type { Day } from '../../../platform/clock.ts';
import { hashOf } from '../../../platform/hash.ts';
import { breakDown, totalsOf, withTotals } from '../documents/amounts.rules.ts';
import type { DocumentTotals, Seller, StatementDocument, VatTreatment } from '../documents/document.types.ts';
import type {
  BillingProfile,
  BillingRecipient,
  ChargedLine,
  NewStatement,
  PayeeAccount,
  StatementRow,
} from './statements.types.ts';

/**
 * Lines of one group stand in one document: what is outside the scope of VAT goes with nothing else (BR-O-11), and a document has
 * one place for the reason of an exemption. Rates of taxable lines may be mixed.
 */
export function vatGroupOf({ category, reason }: VatTreatment): string {
  return category === 'S' ? category : `${category} ${reason ?? ''}`;
}

/** Sums of a draft, as its document will show them. */
export function totalsOfDraft({
  lines,
  preceding,
}: Pick<NewStatement, 'lines' | 'preceding'>): DocumentTotals {
  const printed = lines.map(({ line }) => line);
  return totalsOf(printed, breakDown(printed), preceding);
}

/** SHA-256 over all that a draft says, but for what joins it when it is issued. */
export function contentHashOf(statement: NewStatement): string {
  const { batchId: _batch, ...content } = statement;
  return hashOf(content);
}

/** What somebody signs: what a draft or the drafts of a batch say, and the account that members are asked to pay to. */
export function signedHashOf(contentHash: string, account: PayeeAccount | null): string {
  return hashOf({ contentHash, account });
}

/** What issuing adds. */
export interface IssueFacts {
  readonly number: string;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  /** What is matched to the chain that a corrected invoice takes over. */
  readonly paidCents?: number;
}

type Drafted = Pick<
  StatementRow,
  'kind' | 'startsOn' | 'endsOn' | 'agreementReference' | 'preceding' | 'notes'
>;

/** The whole document, which nothing is added to afterwards. */
export function documentOf(
  { kind, startsOn, endsOn, agreementReference, preceding, notes }: Drafted,
  lines: readonly ChargedLine[],
  { seller }: BillingProfile,
  { buyer }: Pick<BillingRecipient, 'buyer'>,
  { paidCents = 0, ...facts }: IssueFacts,
): StatementDocument {
  const printed = lines.map(({ line }) => line);
  return withTotals({
    kind,
    ...facts,
    period: { startsOn, endsOn },
    agreementReference,
    seller: sellerFor(
      seller,
      printed.some(({ vat }) => vat.category === 'O'),
    ),
    buyer,
    preceding: preceding.map(({ statementId: _id, ...before }) => before),
    ...(kind === 384 && paidCents !== 0 && { paidCents }),
    lines: printed,
    notes,
  });
}

/** A document outside the scope of VAT must not show a VAT id (BR-O-02). */
function sellerFor({ vatId, ...seller }: Seller, isOutOfScope: boolean): Seller {
  return isOutOfScope || vatId === undefined ? seller : { ...seller, vatId };
}

/** `SOE-R-2026-000123` */
export function numberOf(centreCode: string, year: number, count: number): string {
  return `${centreCode}-R-${year}-${String(count).padStart(6, '0')}`;
}
