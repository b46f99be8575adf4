import type { Day } from '../../../platform/clock.ts';
import { sumCents } from '../../../platform/money/index.ts';
import { type Worksheet, writeWorkbook } from '../../../platform/xlsx-writer.ts';
import { exitSheets } from './run-comparison-exit-sheets.ts';
import type { ComparisonExtras } from './run-comparison-facts.ts';
import { type Book, type Compared, rangeOf, summarySheet } from './run-comparison-summary.ts';
import {
  amountColumns,
  header,
  type Locale,
  memberColumns,
  rowColumns,
  sheetOf,
  type TableColumn,
} from './run-comparison-tables.ts';
import type { ComparisonMember, ComparisonRow, RunComparison } from './run-comparisons.schemas.ts';

/**
 * A workbook with real numbers. What members and services come to, and all differences, are formulas over the rows, so that a reader
 * can see them come about. `extras` are what another module adds; where its columns are sums or say what rows come to, members and services
 * have them too.
 */
export function comparisonXlsx<Row extends ComparisonRow, Member extends ComparisonMember>(
  comparison: Compared<Row, Member>,
  day: Day,
  locale: Locale,
  extras?: ComparisonExtras<Row>,
): Uint8Array {
  const columns: TableColumn<Row>[] = [...rowColumns(comparison, locale), ...(extras?.columns ?? [])];
  const book = { comparison, columns, locale, extras };
  return writeWorkbook(
    [
      summarySheet(book),
      memberSheet(book),
      serviceSheet(book),
      sheetOf(header(locale, 'sheet.rows'), columns, comparison.rows),
      ...exitSheets(comparison.exits, locale),
    ],
    day,
  );
}

/** A column of members or services; `formulaOf` where it is a sum over the rows. */
interface GroupColumn<Group> {
  readonly column: TableColumn<Group>;
  readonly formulaOf?: (group: Group) => string;
}

/** Columns of the rows that members and services have too: sums, and what their rows come to. */
function groupColumns<Row extends ComparisonRow, Group>(
  { columns }: Book<Row>,
  rowsOf: (group: Group) => readonly Row[],
  formulaOf: (group: Group, key: string) => string,
): GroupColumn<Group>[] {
  return columns.flatMap((column): GroupColumn<Group>[] => {
    const { key, header: name, formula, ofRows } = column;
    const common = { key, header: name, type: 'cents' } as const;
    if (ofRows !== undefined) {
      const value = (group: Group) => ofRows(rowsOf(group));
      return [{ column: { ...common, value, ...(formula !== undefined && { formula }) } }];
    }
    if (column.isSum !== true) return [];
    const value = (group: Group) => sumOf(rowsOf(group), column);
    return [{ column: { ...common, value }, formulaOf: (group) => formulaOf(group, key) }];
  });
}

/** Null where no row has a value. */
function sumOf<Row>(rows: readonly Row[], column: TableColumn<Row>): number | null {
  const known = rows.flatMap((row) => {
    const value = column.value(row);
    return value === null || value === undefined ? [] : [Number(value)];
  });
  return known.length === 0 ? null : sumCents(known);
}

/** The rows of a member stand together, so that its sums are those of a range. */
function memberSheet<Row extends ComparisonRow>(book: Book<Row>): Worksheet {
  const { comparison, locale } = book;
  const ranges = new Map<string, [number, number]>();
  for (const [at, { organisationId }] of comparison.rows.entries()) {
    const [first = at] = ranges.get(organisationId) ?? [];
    ranges.set(organisationId, [first, at]);
  }
  const rowsOf = ({ organisationId }: ComparisonMember) => {
    const [first, last] = ranges.get(organisationId) ?? [0, -1];
    return comparison.rows.slice(first, last + 1);
  };
  const sums = groupColumns(book, rowsOf, ({ organisationId }, key) => {
    const [first, last] = ranges.get(organisationId) ?? [0, 0];
    return `SUM(${rangeOf(book, key, first, last)})`;
  });
  return groupSheet(header(locale, 'sheet.members'), memberColumns(locale), comparison.members, sums, locale);
}

function serviceSheet<Row extends ComparisonRow>(book: Book<Row>): Worksheet {
  const { comparison, locale } = book;
  type Service = RunComparison['services'][number];
  const byService = new Map<string, Row[]>(comparison.services.map(({ serviceId }) => [serviceId, []]));
  for (const row of comparison.rows) byService.get(row.serviceId)?.push(row);
  const last = comparison.rows.length - 1;
  const sums = groupColumns<Row, Service>(
    book,
    ({ serviceId }) => byService.get(serviceId) ?? [],
    (service, key) =>
      `SUMIF(${rangeOf(book, 'number', 0, last)},${comparison.services.indexOf(service) + 1},${rangeOf(book, key, 0, last)})`,
  );
  const names: TableColumn<Service>[] = [
    {
      key: 'number',
      header: header(locale, 'number'),
      type: 'decimal',
      value: (service) => comparison.services.indexOf(service) + 1,
    },
    { key: 'service', header: header(locale, 'service'), type: 'text', value: (row) => row.serviceCode },
    { key: 'title', header: header(locale, 'title'), type: 'text', value: (row) => row.serviceTitle },
  ];
  return groupSheet(header(locale, 'sheet.services'), names, comparison.services, sums, locale);
}

/** Names, sums as formulas over the rows, and what differs. */
function groupSheet<Group extends ComparisonMember | RunComparison['services'][number]>(
  name: string,
  names: readonly TableColumn<Group>[],
  groups: readonly Group[],
  sums: readonly GroupColumn<Group>[],
  locale: Locale,
): Worksheet {
  const amounts = amountColumns(locale).filter(({ isSum }) => isSum !== true);
  const columns: TableColumn<Group>[] = [...names, ...sums.map(({ column }) => column), ...amounts];
  const sheet = sheetOf(name, columns, groups);
  const [head = [], ...lines] = sheet.rows;
  const filled = lines.map((cells, at) =>
    cells.map((cell, column) => {
      const formulaOf = sums[column - names.length]?.formulaOf;
      const isSum = formulaOf !== undefined && cell?.type === 'cents';
      return isSum ? { ...cell, formula: formulaOf(groups[at] as Group) } : cell;
    }),
  );
  return { ...sheet, rows: [head, ...filled] };
}
