export {
  type CsvColumnSpec,
  type CsvColumns,
  type CsvIssue,
  type CsvReading,
  type CsvRow,
  readCsv,
  readTable,
} from './csv-reader.ts';
export {
  type CellParser,
  type CellResult,
  parseAmountCents,
  parseDay,
  parseMoment,
  parseQuantity,
  parseTextUpTo,
} from './csv-values.ts';
export { type CsvExportColumn, writeCsv } from './csv-writer.ts';
