import { type CsvColumns, type CsvReading, readCsv, type TableOptions } from './csv.ts';
import { readXlsx } from './xlsx-reader.ts';

export type TableFormat = 'csv' | 'xlsx';

/** A file of rows, as it came in. */
export interface TableFile {
  readonly bytes: Uint8Array;
  readonly format: TableFormat;
}

/** Reads the rows of a file by its headers; what cannot be read is among the issues. */
export async function readTableFile<const Columns extends CsvColumns>(
  { bytes, format }: TableFile,
  columns: Columns,
  options: TableOptions = {},
): Promise<CsvReading<Columns>> {
  return format === 'csv' ? readCsv(bytes, columns, options) : readXlsx(bytes, columns, options);
}
