export {
  type CsvColumnSpec,
  type CsvColumns,
  type CsvIssue,
  type CsvReading,
  type CsvRow,
  readCsv,
} from './csv-reader.ts';
export { type CellParser, type CellResult, parseAmountCents, parseDay, parseTextUpTo } from './csv-values.ts';
export { type CsvExportColumn, writeCsv } from './csv-writer.ts';
