import { Readable } from 'node:stream';
import type { Cell, CsvColumns, CsvReading, TableOptions } from './csv-reader.ts';
import { readTable } from './csv-reader.ts';
import { unpacksWithin } from './zip-size.ts';

/** A small file may unpack to any size; this much is held in memory. */
const UNPACKED_LIMIT_BYTES = 96 * 1024 * 1024;
const ROW_LIMIT = 100_000;
const READER_OPTIONS = {
  worksheets: 'emit',
  sharedStrings: 'cache',
  styles: 'cache',
  hyperlinks: 'ignore',
} as const;

/** As `readCsv`, from the first sheet of an XLSX file; blank rows above the header count as rows. */
export async function readXlsx<const Columns extends CsvColumns>(
  bytes: Uint8Array,
  columns: Columns,
  options: TableOptions = {},
): Promise<CsvReading<Columns>> {
  if (!unpacksWithin(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), UNPACKED_LIMIT_BYTES)) {
    return failed('XLSX_MALFORMED', 'is no XLSX file, or unpacks to more than 96 MB');
  }
  let records: Cell[][];
  try {
    records = await readRows(bytes);
  } catch {
    return failed('XLSX_MALFORMED', 'cannot be read as an XLSX file; save it once more');
  }
  if (records.length > ROW_LIMIT) return failed('FILE_TOO_LONG', `has more than ${ROW_LIMIT} rows`);
  const width = records[0]?.length ?? 0;
  const padded = records.map((row) => [...row, ...Array.from({ length: width - row.length }, () => '')]);
  return readTable(padded, columns, options);
}

function failed(code: string, reason: string) {
  return { rows: [], issues: [{ code, reason }], headers: {} };
}

async function readRows(bytes: Uint8Array): Promise<Cell[][]> {
  const { default: ExcelJs } = await import('exceljs');
  const workbook = new ExcelJs.stream.xlsx.WorkbookReader(
    Readable.from([Buffer.from(bytes)]),
    READER_OPTIONS,
  );
  const records: Cell[][] = [];
  for await (const sheet of workbook) {
    for await (const row of sheet) {
      if (row.number > ROW_LIMIT) return Array.from({ length: ROW_LIMIT + 1 }, () => []);
      while (records.length < row.number - 1) records.push([]);
      records.push(cellsOf(row.values));
    }
    break;
  }
  return records;
}

/** The library counts columns from 1 and leaves out empty cells. */
function cellsOf(values: unknown): Cell[] {
  if (!Array.isArray(values)) return [];
  const cells = Array.from(values.slice(1), toCell);
  while (cells.at(-1) === '') cells.pop();
  return cells;
}

function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return { typed: plainNumber(value) };
  if (value instanceof Date) return { typed: value.toISOString().slice(0, 10) };
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'object') return '';
  if ('result' in value) return toCell(value.result);
  if ('richText' in value) return richText(value.richText).trim();
  if ('text' in value) return toCell(value.text);
  return 'error' in value && typeof value.error === 'string' ? value.error : '';
}

function richText(parts: unknown): string {
  if (!Array.isArray(parts)) return '';
  return parts.map(({ text }: { text?: unknown }) => (typeof text === 'string' ? text : '')).join('');
}

/** Sums in a spreadsheet are binary fractions: 0.1 + 0.2 is meant as 0.30. What is no whole cent stays as it is. */
function plainNumber(value: number): string {
  const cents = Math.round(value * 100);
  const isCents = Number.isSafeInteger(cents) && Math.abs(value * 100 - cents) < 1e-4;
  return isCents && !Number.isInteger(value) ? value.toFixed(2) : String(value);
}
