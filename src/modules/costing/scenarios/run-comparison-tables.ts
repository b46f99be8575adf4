import { type CsvExportColumn, writeCsv } from '../../../platform/csv.ts';
import { textIn } from '../../../platform/texts.ts';
import { columnName, type SheetCell, type Worksheet } from '../../../platform/xlsx-writer.ts';
import { groupedAgs } from '../keys/ags.ts';
import type { ComparisonMember, ComparisonRow, RunComparison } from './run-comparisons.schemas.ts';

export type Locale = 'de' | 'en';

/** A column of a file: of CSV files as it stands, in workbooks with the formula that gives its value anew. */
export type TableColumn<Row> = CsvExportColumn<Row> & {
  readonly key: string;
  /** @param cell the cell of another column in the same row, by key */
  readonly formula?: (cell: (key: string) => string) => string;
  /** Added up for members and services. */
  readonly isSum?: true;
  /** For members and services, where it is no sum: its value from their rows; the formula is that of the column. */
  readonly ofRows?: (rows: readonly Row[]) => number | null;
};

export const header = (locale: Locale, key: string) => textIn(locale, `costing.comparison.${key}`);

/** A row for each member and service; `further` are columns behind those of the comparison. */
export function comparisonCsv<Row extends ComparisonRow>(
  comparison: { readonly rows: readonly Row[]; readonly services: RunComparison['services'] },
  locale: Locale,
  further: readonly TableColumn<Row>[],
): string {
  return writeCsv(comparison.rows, [...rowColumns(comparison, locale), ...further], locale);
}

/** Services have numbers in files, for a formula finds a number safely and a text like `01` or `*` not. */
export function rowColumns(
  { services }: Pick<RunComparison, 'services'>,
  locale: Locale,
): TableColumn<ComparisonRow>[] {
  const numbers = new Map(services.map(({ serviceId }, at) => [serviceId, at + 1]));
  return [
    ...memberColumns(locale),
    {
      key: 'number',
      header: header(locale, 'number'),
      type: 'decimal',
      value: ({ serviceId }) => numbers.get(serviceId),
    },
    { key: 'service', header: header(locale, 'service'), type: 'text', value: (row) => row.serviceCode },
    { key: 'title', header: header(locale, 'title'), type: 'text', value: (row) => row.serviceTitle },
    ...amountColumns(locale),
  ];
}

export function memberColumns(
  locale: Locale,
): TableColumn<Pick<ComparisonMember, 'member' | 'memberName'>>[] {
  return [
    { key: 'member', header: header(locale, 'member'), type: 'text', value: (row) => row.memberName },
    { key: 'ags', header: header(locale, 'ags'), type: 'text', value: (row) => groupedAgs(row.member) },
  ];
}

type Amounts = Pick<
  ComparisonRow,
  'presence' | 'baseCents' | 'scenarioCents' | 'differenceCents' | 'differencePercent'
>;

export function amountColumns(locale: Locale): TableColumn<Amounts>[] {
  return [
    {
      key: 'presence',
      header: header(locale, 'presence'),
      type: 'text',
      value: ({ presence }) => header(locale, `presence.${presence}`),
    },
    {
      key: 'base',
      header: header(locale, 'base'),
      type: 'cents',
      isSum: true,
      value: (row) => row.baseCents,
    },
    {
      key: 'scenario',
      header: header(locale, 'scenario'),
      type: 'cents',
      isSum: true,
      value: (row) => row.scenarioCents,
    },
    {
      key: 'difference',
      header: header(locale, 'difference'),
      type: 'cents',
      value: (row) => row.differenceCents,
      formula: (cell) => `${cell('scenario')}-${cell('base')}`,
    },
    {
      key: 'percent',
      header: header(locale, 'percent'),
      type: 'decimal',
      value: (row) => row.differencePercent,
      formula: (cell) => `ROUND(${cell('difference')}/ABS(${cell('base')})*100,4)`,
    },
  ];
}

/** A sheet of a table: its headers, and a line for each row. */
export function sheetOf<Row>(
  name: string,
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): Worksheet {
  const places = new Map(columns.map(({ key }, at) => [key, columnName(at)]));
  return {
    name,
    widths: columns.map((column) => (column.type === 'text' ? 28 : 18)),
    rows: [
      columns.map((column): SheetCell => ({ type: 'text', text: column.header, isStrong: true })),
      ...rows.map((row, at) =>
        columns.map((column) => cellOf(column, row, (key) => `${places.get(key)}${at + 2}`)),
      ),
    ],
  };
}

function cellOf<Row>(column: TableColumn<Row>, row: Row, cell: (key: string) => string): SheetCell {
  const value = column.value(row);
  if (value === null || value === undefined) return undefined;
  if (column.type === 'text') return { type: 'text', text: String(value) };
  const formula = column.formula === undefined ? {} : { formula: column.formula(cell) };
  return column.type === 'cents'
    ? { type: 'cents', cents: Number(value), ...formula }
    : { type: 'number', text: String(value), ...formula };
}
