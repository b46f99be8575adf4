import type { CellValue, Row } from 'exceljs';
import { plusSeconds } from './clock.ts';
import { unpacksWithin } from './zip-size.ts';

/** A spreadsheet of this size has some hundred thousand cells; a file made to fill the memory has far more. */
const UNPACKED_LIMIT_BYTES = 24 * 1024 * 1024;
const COLUMN_LIMIT = 200;
const ROW_LIMIT = 100_000;

/** Why a file is no spreadsheet that can be read. */
export interface XlsxFault {
  readonly code: string;
  readonly reason: string;
}

/**
 * The first sheet as rows of text, each in its place, as `readTable` takes them. Numbers are written with a point and never as a
 * thousand (three decimals get a fourth), days and times as in ISO 8601, formulas as their last result.
 */
export async function readXlsx(bytes: Buffer): Promise<string[][] | XlsxFault> {
  if (!unpacksWithin(bytes, UNPACKED_LIMIT_BYTES)) {
    return { code: 'XLSX_MALFORMED', reason: 'is no XLSX file, or too large when unpacked' };
  }
  // Loaded when first needed: most processes never read a spreadsheet.
  const { default: excel } = await import('exceljs');
  const workbook = new excel.Workbook();
  try {
    // Its types know an older Buffer.
    await workbook.xlsx.load(bytes as never);
  } catch {
    return { code: 'XLSX_MALFORMED', reason: 'is no XLSX file that can be read' };
  }
  const [sheet] = workbook.worksheets;
  if (sheet === undefined) return { code: 'HEADER_MISSING', reason: 'has no sheet' };
  if (sheet.columnCount > COLUMN_LIMIT || sheet.rowCount > ROW_LIMIT) {
    const reason = `has more than ${COLUMN_LIMIT} columns or ${ROW_LIMIT} rows`;
    return { code: 'SHEET_TOO_LARGE', reason };
  }
  const width = sheet.getRow(1).cellCount;
  return Array.from({ length: sheet.rowCount }, (_, index) => textsOf(sheet.getRow(index + 1), width));
}

/** As many cells as the header has; more, only where they are not empty. */
function textsOf(row: Row, width: number): string[] {
  const cells = Array.from({ length: Math.max(width, row.cellCount) }, (_, index) =>
    textOf(row.getCell(index + 1).value).trim(),
  );
  while (cells.length > width && cells.at(-1) === '') cells.pop();
  return cells;
}

function textOf(value: CellValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return numberText(value);
  if (value instanceof Date) return dateText(value);
  if (typeof value !== 'object') return String(value);
  if ('richText' in value) return value.richText.map(({ text }) => text).join('');
  if ('result' in value) return textOf(value.result);
  if ('text' in value) return textOf(value.text);
  if ('error' in value) return value.error;
  return '';
}

/** Spreadsheets show fifteen digits; what a double has beyond them nobody entered. */
function numberText(value: number): string {
  const text = String(Number(value.toPrecision(15)));
  return /^-?\d+\.\d{3}$/.test(text) ? `${text}0` : text;
}

/** A day, or a day with a time that has no zone. Spreadsheets count in days, so that seconds come a little beside themselves. */
function dateText(value: Date): string {
  const rounded = plusSeconds(value.toISOString(), 0.5).slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  return rounded.replace(/T00:00:00$/, '');
}
