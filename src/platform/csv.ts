export {
  type Cell,
  type CsvColumnSpec,
  type CsvColumns,
  type CsvIssue,
  type CsvReading,
  type CsvRow,
  readCsv,
  type TableOptions,
} from './csv-reader.ts';
export {
  type CellParser,
  type CellResult,
  parseAmountCents,
  parseChoice,
  parseDay,
  parseMoment,
  parseQuantity,
  parseTextUpTo,
  parseTypedQuantity,
  refuse,
  show,
} from './csv-values.ts';
export { type CsvExportColumn, writeCsv } from './csv-writer.ts';
export { AMOUNT_PARSERS, type AmountFormat, DAY_PARSERS, type DayFormat } from './ledger-values.ts';
