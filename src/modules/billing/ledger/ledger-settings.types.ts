import type { LedgerDayFormat, LedgerEncoding, LedgerField, Side, VatRows } from './ledger.types.ts';

/** What a column of a CSV file holds: a field, or the same text in each row. */
export type LedgerColumn =
  | {
      readonly header: string;
      readonly field: LedgerField;
      readonly maxLength?: number;
      readonly overflow?: 'refuse' | 'cut';
    }
  | { readonly header: string; readonly text: string };

export interface CsvSettings {
  readonly format: 'csv';
  readonly layout: 'pairs' | 'legs';
  readonly vat: VatRows;
  readonly delimiter: ';' | ',' | '|' | '\t';
  readonly quote: '"' | "'" | 'none';
  readonly quoting: 'always' | 'needed';
  readonly decimal: ',' | '.';
  readonly dayFormat: LedgerDayFormat;
  readonly encoding: LedgerEncoding;
  readonly headerRow: boolean;
  readonly lineEnding: 'crlf' | 'lf';
  /** How the field `side` says debit and credit. */
  readonly sides: Readonly<Record<Side, string>>;
  /** Side that `signedAmount` writes without a minus. */
  readonly positiveSide: Side;
  readonly repetitionText: string;
  readonly fileName: string;
  readonly columns: readonly LedgerColumn[];
}

export interface DatevSettings {
  readonly format: 'datev';
  readonly vat: VatRows;
  readonly consultantNumber: number;
  readonly clientNumber: number;
  /** `MM-DD` */
  readonly fiscalYearStartsOn: string;
  readonly accountLength: number;
  readonly isLocked: boolean;
  readonly label?: string;
  readonly dictation?: string;
  readonly chart?: string;
  readonly noTaxKey?: string;
}

export type LedgerSettings = CsvSettings | DatevSettings;
