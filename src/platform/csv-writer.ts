import { stringify } from 'csv-stringify/sync';
import { formatCents, formatDecimal, type MoneyLocale, parseDecimal } from './money/index.ts';

/**
 * - `text`: anything a person may have typed; protected against being run as a formula.
 * - `cents`: integer cents, written as an amount without thousands separator.
 * - `decimal`: decimal string or whole number.
 */
export type CsvExportColumn<Row> =
  | {
      readonly header: string;
      readonly type: 'text';
      readonly value: (row: Row) => string | null | undefined;
    }
  | {
      readonly header: string;
      readonly type: 'cents';
      readonly value: (row: Row) => number | null | undefined;
    }
  | {
      readonly header: string;
      readonly type: 'decimal';
      readonly value: (row: Row) => string | number | null | undefined;
    };

/**
 * Characters a spreadsheet takes for the start of a formula, also in their full-width forms, and control characters
 * that some of them skip on the way to one (OWASP, "CSV Injection").
 */
const FORMULA_START = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/**
 * Writes a CSV file for spreadsheets: UTF-8 with byte order mark, semicolons, CRLF, decimal comma (`de`) or point
 * (`en`). Text that would start a formula gets a leading apostrophe; real numbers stay numbers, negative ones too.
 * @throws DomainError DECIMAL_INVALID, AMOUNT_OUT_OF_RANGE: a value that is no number never passes as one
 */
export function writeCsv<Row>(
  rows: Iterable<Row>,
  columns: readonly CsvExportColumn<Row>[],
  locale: MoneyLocale,
): string {
  const records = [columns.map((column) => guard(column.header))];
  for (const row of rows) records.push(columns.map((column) => cellOf(column, row, locale)));
  return stringify(records, { bom: true, delimiter: ';', record_delimiter: '\r\n' });
}

function cellOf<Row>(column: CsvExportColumn<Row>, row: Row, locale: MoneyLocale): string {
  const value = column.value(row);
  if (value === null || value === undefined) return '';
  if (column.type === 'text') return guard(String(value));
  if (column.type === 'cents') return formatCents(Number(value), locale, { grouping: false });
  const decimal = formatDecimal(parseDecimal(String(value)));
  return locale === 'de' ? decimal.replace('.', ',') : decimal;
}

function guard(text: string): string {
  return FORMULA_START.test(text) ? `'${text}` : text;
}
