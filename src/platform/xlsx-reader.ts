import { plusSeconds } from './clock.ts';
import type { Cell, CsvColumns, CsvReading, TableOptions } from './csv-reader.ts';
import { readTable } from './csv-reader.ts';
import { readSheetParts, type SheetParts, textCollector } from './xlsx-parts.ts';
import { readXml } from './xml-reader.ts';

const ROW_LIMIT = 100_000;
const COLUMN_LIMIT = 200;
/** Days to 1970 in the two ways in which spreadsheets count, and the last day that they know. */
const DAYS_FROM_1900 = 25_569;
const DAYS_FROM_1904 = 24_107;
const LAST_DAY = 2_958_466;
const EPOCH = '1970-01-01T00:00:00.000Z';

/** As `readCsv`, from the first sheet of an XLSX file; blank rows above the header count as rows. */
export async function readXlsx<const Columns extends CsvColumns>(
  bytes: Uint8Array,
  columns: Columns,
  options: TableOptions = {},
): Promise<CsvReading<Columns>> {
  let records: Cell[][];
  try {
    records = await readRows(
      await readSheetParts(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
    );
  } catch (error) {
    if (error instanceof SheetTooLarge) return failed('SHEET_TOO_LARGE', error.message);
    return failed('XLSX_MALFORMED', 'is no XLSX file that can be read, or unpacks to more than 96 MB');
  }
  const width = records[0]?.length ?? 0;
  const padded = records.map((row) => [...row, ...Array.from({ length: width - row.length }, () => '')]);
  return readTable(padded, columns, options);
}

class SheetTooLarge extends Error {}

function failed(code: string, reason: string) {
  return { rows: [], issues: [{ code, reason }], headers: {} };
}

interface RawCell {
  readonly column: number;
  readonly type: string;
  readonly style: number;
  readonly isFormula: boolean;
  /** Whether a value is stored, be it an empty text. */
  readonly hasValue: boolean;
}

/** Each row in its place; empty cells at its end are left out. */
async function readRows(parts: SheetParts): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  const inline = textCollector();
  let [rowNumber, columnNumber, value, isValue] = [0, 0, '', false];
  let raw: RawCell | undefined;
  await readXml(parts.sheet, {
    open(name, { r = '', t: type = 'n', s: style = '0' }) {
      inline.open(name);
      isValue = name === 'v';
      if (name === 'row') {
        rowNumber = r === '' ? rowNumber + 1 : Number(r);
        columnNumber = 0;
      } else if (name === 'c') {
        columnNumber = r === '' ? columnNumber + 1 : columnOf(r);
        raw = { column: columnNumber, type, style: Number(style), isFormula: false, hasValue: false };
        value = '';
        inline.clear();
      } else if (raw !== undefined && (name === 'f' || name === 'v')) {
        raw = { ...raw, [name === 'f' ? 'isFormula' : 'hasValue']: true };
      }
    },
    text(piece) {
      inline.text(piece);
      if (isValue) value += piece;
    },
    close(name) {
      inline.close(name);
      isValue = false;
      if (name !== 'c' || raw === undefined) return;
      const cell = cellOf(raw, raw.type === 'inlineStr' ? inline.content() : value, parts);
      if (cell !== '') put(rows, rowNumber, raw.column, cell);
      raw = undefined;
    },
  });
  return rows;
}

function put(rows: Cell[][], rowNumber: number, column: number, cell: Cell): void {
  if (rowNumber > ROW_LIMIT) throw new SheetTooLarge(`has more than ${ROW_LIMIT} rows`);
  if (column > COLUMN_LIMIT) throw new SheetTooLarge(`has more than ${COLUMN_LIMIT} columns`);
  while (rows.length < rowNumber) rows.push([]);
  const row = rows[rowNumber - 1];
  if (row === undefined) throw new RangeError('a row without a place');
  while (row.length < column - 1) row.push('');
  row[column - 1] = cell;
}

/** `B7` is in the second column. */
function columnOf(reference: string): number {
  const [letters] = /^[A-Z]{1,3}(?=[1-9])/.exec(reference) ?? [];
  if (letters === undefined) throw new RangeError('a cell without a place');
  return Array.from(letters).reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0);
}

function cellOf({ type, style, isFormula, hasValue }: RawCell, value: string, parts: SheetParts): Cell {
  // A text may be empty; a number that is not there was never worked out.
  if (isFormula && value === '' && (type === 'n' || !hasValue)) return { isFormula };
  if (type === 's') return (parts.texts[Number(value)] ?? '').trim();
  if (type === 'b') return value === '1' ? 'true' : 'false';
  if (type === 'd') return { typed: value };
  if (type !== 'n') return value.trim();
  if (value === '') return '';
  const number = Number(value);
  if (!Number.isFinite(number)) throw new RangeError('a number that is none');
  const isDay = parts.isDay[style] === true && number >= 0 && number < LAST_DAY;
  return { typed: isDay ? plainMoment(number, parts.isFrom1904) : plainNumber(number) };
}

/** Spreadsheets show fifteen digits; what a double has beyond them nobody entered. */
function plainNumber(value: number): string {
  return String(Number(value.toPrecision(15)));
}

/** A day, or a day with a time that has no zone, from a count of days. */
function plainMoment(days: number, isFrom1904: boolean): string {
  const seconds = Math.round((days - (isFrom1904 ? DAYS_FROM_1904 : DAYS_FROM_1900)) * 86_400);
  return plusSeconds(EPOCH, seconds)
    .slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)
    .replace(/T00:00:00$/, '');
}
