import { CsvError, parse } from 'csv-parse/sync';
import type { CellParser, CellResult } from './csv-values.ts';

export interface CsvColumnSpec<Value> {
  /** Accepted headers, compared without regard to case and outer spaces; errors name the one in the file. */
  readonly headers: readonly [string, ...string[]];
  readonly parse: CellParser<Value>;
  /** Reads cells that a spreadsheet holds as numbers or days; `parse` where it is missing. */
  readonly parseTyped?: CellParser<Value>;
  /** Where the column may be missing or a cell empty, `fallback` is the value. */
  readonly fallback?: Value;
  /** The column has to be there, although its cells may be empty. */
  readonly isNamed?: boolean;
}

/** A number or a day that a spreadsheet holds as such, in plain writing: `1234.56`, `2026-01-31`. */
export interface TypedCell {
  readonly typed: string;
}
/** A formula whose result is not in the file. */
export interface FormulaCell {
  readonly isFormula: true;
}
export type Cell = string | TypedCell | FormulaCell;

export type CsvColumns = Readonly<Record<string, CsvColumnSpec<unknown>>>;

export type CsvRow<Columns extends CsvColumns> = {
  readonly [Name in keyof Columns]: Columns[Name] extends CsvColumnSpec<infer Value> ? Value : never;
};

/** `row` counts as a spreadsheet does: the header is row 1. Both are absent for faults of the whole file. */
export interface CsvIssue {
  readonly row?: number;
  readonly column?: string;
  readonly code: string;
  readonly reason: string;
}

export interface CsvReading<Columns extends CsvColumns> {
  /** The rows without fault; import them only when `issues` is empty, or say what was left out. */
  readonly rows: readonly { readonly row: number; readonly values: CsvRow<Columns> }[];
  readonly issues: readonly CsvIssue[];
  /** What the file calls the columns that it has. */
  readonly headers: { readonly [Name in keyof Columns]?: string };
}

type Delimiter = ';' | ',';

/**
 * Reads a CSV file by its headers, strictly: unknown, repeated and missing columns, rows of another width and every
 * cell that cannot be read are issues with row, column and reason; nothing is guessed or skipped, except blank rows.
 * The delimiter (`;` or `,`) is the one under which more of the headers are known. Outer spaces of cells are dropped.
 */
export function readCsv<const Columns extends CsvColumns>(
  input: string | Uint8Array,
  columns: Columns,
  options: TableOptions = {},
): CsvReading<Columns> {
  const text = typeof input === 'string' ? input.replace(/^\uFEFF/, '') : decode(input);
  if (text === undefined) return failed('ENCODING', 'is not encoded in UTF-8; save it as "CSV UTF-8"');
  let records: string[][];
  try {
    const { mostRows } = options;
    // With the header and one too many.
    records = parseRecords(
      text,
      detectDelimiter(text, columns),
      mostRows === undefined ? undefined : mostRows + 2,
    );
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return failed('CSV_MALFORMED', error.message);
  }
  return readTable(records, columns, options);
}

export interface TableOptions {
  /** Files of other systems have columns that nobody asked for. */
  readonly ignoresOtherColumns?: boolean;
  /** Of more rows below the header none is read. */
  readonly mostRows?: number;
}

/** The same for rows that were read from another kind of file. */
export function readTable<const Columns extends CsvColumns>(
  records: readonly (readonly Cell[])[],
  columns: Columns,
  { ignoresOtherColumns = false, mostRows = Number.POSITIVE_INFINITY }: TableOptions = {},
): CsvReading<Columns> {
  const [first, ...body] = records;
  if (first === undefined || isBlank(first)) return failed('HEADER_MISSING', 'has no header row');
  if (body.length > mostRows)
    return failed('TOO_MANY_ROWS', `has more than ${mostRows} rows; send it in several parts`);
  const header = first.map(textOf);
  const { places, issues } = matchHeader(header, columns, ignoresOtherColumns);
  if (issues.length > 0) return { rows: [], issues, headers: {} };
  const names = [...places].map(([name, place]) => [name, header[place]]);
  const headers = Object.fromEntries(names) as CsvReading<Columns>['headers'];
  return { ...readRows(body, header, places, columns), headers };
}

function failed(code: string, reason: string): { rows: []; issues: CsvIssue[]; headers: object } {
  return { rows: [], issues: [{ code, reason }], headers: {} };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parseRecords(text: string, delimiter: Delimiter, records?: number): string[][] {
  // Widths are compared by ourselves, to name the row as a spreadsheet shows it.
  const options = { delimiter, relax_column_count: true, skip_empty_lines: false, trim: true };
  return parse(text, records === undefined ? options : { ...options, to: records });
}

function detectDelimiter(text: string, columns: CsvColumns): Delimiter {
  return knownHeaders(text, ',', columns) > knownHeaders(text, ';', columns) ? ',' : ';';
}

function knownHeaders(text: string, delimiter: Delimiter, columns: CsvColumns): number {
  try {
    const [header = []] = parseRecords(text, delimiter, 1);
    return header.filter((cell) => findColumn(cell, columns) !== undefined).length;
  } catch {
    return 0;
  }
}

function findColumn(header: string, columns: CsvColumns): string | undefined {
  const wanted = fold(header);
  return Object.keys(columns).find((name) => columns[name]?.headers.some((known) => fold(known) === wanted));
}

function fold(header: string): string {
  return header.normalize('NFC').trim().toLowerCase();
}

function matchHeader(
  header: readonly string[],
  columns: CsvColumns,
  ignoresOthers: boolean,
): { places: ReadonlyMap<string, number>; issues: CsvIssue[] } {
  const places = new Map<string, number>();
  const issues: CsvIssue[] = [];
  for (const [index, cell] of header.entries()) {
    const name = findColumn(cell, columns);
    if (name === undefined && ignoresOthers) continue;
    if (name === undefined) {
      issues.push({ row: 1, column: cell, code: 'COLUMN_UNKNOWN', reason: 'is no known column' });
    } else if (places.has(name)) {
      issues.push({ row: 1, column: cell, code: 'COLUMN_REPEATED', reason: 'occurs twice' });
    } else {
      places.set(name, index);
    }
  }
  for (const [name, column] of Object.entries(columns)) {
    if (places.has(name) || ('fallback' in column && column.isNamed !== true)) continue;
    issues.push({ row: 1, column: column.headers[0], code: 'COLUMN_MISSING', reason: 'is missing' });
  }
  return { places, issues };
}

function readRows<Columns extends CsvColumns>(
  body: readonly (readonly Cell[])[],
  header: readonly string[],
  places: ReadonlyMap<string, number>,
  columns: Columns,
): Omit<CsvReading<Columns>, 'headers'> {
  const rows: { row: number; values: CsvRow<Columns> }[] = [];
  const issues: CsvIssue[] = [];
  for (const [index, record] of body.entries()) {
    const row = index + 2;
    if (isBlank(record)) continue;
    if (record.length !== header.length) {
      const reason = `has ${record.length} cells, the header has ${header.length}`;
      issues.push({ row, code: 'ROW_WIDTH', reason });
      continue;
    }
    const reading = readRecord(record, row, header, places, columns);
    if (reading.issues.length > 0) issues.push(...reading.issues);
    else rows.push({ row, values: reading.values as CsvRow<Columns> });
  }
  return { rows, issues };
}

function readRecord(
  record: readonly Cell[],
  row: number,
  header: readonly string[],
  places: ReadonlyMap<string, number>,
  columns: CsvColumns,
): { values: Record<string, unknown>; issues: CsvIssue[] } {
  const values: Record<string, unknown> = {};
  const issues: CsvIssue[] = [];
  for (const [name, spec] of Object.entries(columns)) {
    const place = places.get(name);
    const cell = place === undefined ? '' : (record[place] ?? '');
    const column = place === undefined ? spec.headers[0] : (header[place] ?? spec.headers[0]);
    if (cell === '' && 'fallback' in spec) {
      values[name] = spec.fallback;
    } else if (cell === '') {
      issues.push({ row, column, code: 'CELL_EMPTY', reason: 'is empty' });
    } else if (typeof cell !== 'string' && 'isFormula' in cell) {
      const reason =
        'is a formula without a stored value; open the file in a spreadsheet and save it, or enter the value';
      issues.push({ row, column, code: 'FORMULA_WITHOUT_VALUE', reason });
    } else {
      const result = parseCell(spec, cell);
      if (result.ok) values[name] = result.value;
      else issues.push({ row, column, code: result.code, reason: result.reason });
    }
  }
  return { values, issues };
}

function parseCell<Value>(spec: CsvColumnSpec<Value>, cell: string | TypedCell): CellResult<Value> {
  return typeof cell === 'string' ? spec.parse(cell) : (spec.parseTyped ?? spec.parse)(cell.typed);
}

function textOf(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  return 'typed' in cell ? cell.typed : '';
}

function isBlank(record: readonly Cell[]): boolean {
  return record.every((cell) => cell === '');
}
