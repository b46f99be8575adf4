import type { Day } from '../../../platform/clock.ts';

/** The newest document of a chain, and what is open of it. */
export interface OpenItemRow {
  readonly statementId: string;
  /** The first document of the chain. */
  readonly chainId: string;
  readonly number: string;
  readonly kind: 326 | 380 | 384 | 381;
  /** Of the first document: 326 is an instalment, whatever corrected it. */
  readonly chainKind: 326 | 380;
  readonly centreId: string;
  readonly organisationId: string;
  readonly memberName: string;
  readonly periodId: string | null;
  readonly periodCode: string;
  readonly startsOn: Day;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  /** As `claimCents`, before instalments are set off. */
  readonly grossCents: number;
  readonly claimCents: number;
  readonly matchedCents: number;
  /** What is asked for no more though nobody paid it. */
  readonly writtenOffCents: number;
  readonly openCents: number;
}

/** A credit, a claim of the same member, and how much of both. */
export interface Offset {
  readonly from: OpenItemRow;
  readonly to: OpenItemRow;
  readonly amountCents: number;
}
