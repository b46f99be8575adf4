import type { Day } from '../../../../platform/clock.ts';

/** One transfer: an entry of a statement, or one of several that a bank booked together. */
export interface BankEntry {
  /** Where it stands in the file, for people: `statement 1, entry 3, transaction 2`. */
  readonly place: string;
  /** Account and what the bank calls the entry: the same in every file it appears in. */
  readonly key: string;
  readonly bookedOn: Day;
  /** Above zero: came in. */
  readonly amountCents: number;
  /** The bank takes back an earlier booking. */
  readonly isReversal: boolean;
  readonly bankReference: string | null;
  readonly endToEndId: string | null;
  readonly counterpartyName: string | null;
  readonly counterpartyIban: string | null;
  /** Remittance information, line by line. */
  readonly text: string;
}

export interface BankStatement {
  readonly id: string;
  readonly iban: string;
  readonly openingCents: number;
  readonly closingCents: number;
  readonly openedOn: Day | null;
  readonly closedOn: Day | null;
  /** Booked entries; what is only announced is left out. */
  readonly entries: readonly BankEntry[];
  /** Entries that are not booked yet. */
  readonly pendingCount: number;
}

export interface BankFile {
  readonly messageId: string;
  readonly format: 'camt.053.001.02' | 'camt.053.001.08';
  readonly statements: readonly BankStatement[];
}

/** What keeps a file from being taken in. */
export interface BankFileFault {
  readonly code: string;
  readonly place: string;
  readonly reason: string;
}
