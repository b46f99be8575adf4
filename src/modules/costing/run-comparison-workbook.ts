import { type Day, plusDays } from '../../platform/clock.ts';
import { sumCents } from '../../platform/money/index.ts';
import { textIn } from '../../platform/texts.ts';
import { columnName, type SheetCell, type Worksheet, writeWorkbook } from '../../platform/xlsx-writer.ts';
import { exitSheets } from './run-comparison-exit-sheets.ts';
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

type Compared<Row, Member> = Pick<RunComparison, 'base' | 'scenario' | 'totals' | 'services' | 'exits'> & {
  readonly rows: readonly Row[];
  readonly members: readonly Member[];
};

/**
 * A workbook with real numbers. What members and services come to, and all differences, are formulas over the rows, so that a reader
 * can see them come about. `extra` are columns of another module; where they are sums, members and services have them too.
 */
export function comparisonXlsx<Row extends ComparisonRow, Member extends ComparisonMember>(
  comparison: Compared<Row, Member>,
  day: Day,
  locale: Locale,
  extra: readonly TableColumn<Row>[] = [],
): Uint8Array {
  const columns: TableColumn<Row>[] = [...rowColumns(comparison, locale), ...extra];
  const book = { comparison, columns, locale };
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

interface Book<Row extends ComparisonRow> {
  readonly comparison: Compared<Row, ComparisonMember>;
  readonly columns: readonly TableColumn<Row>[];
  readonly locale: Locale;
}

/** Cells of a column of the rows, from the first to the last of them, counted from 0. */
function rangeOf<Row extends ComparisonRow>(
  { columns, locale }: Book<Row>,
  key: string,
  first: number,
  last: number,
): string {
  const column = columnName(columns.findIndex((each) => each.key === key));
  return `'${header(locale, 'sheet.rows')}'!${column}${first + 2}:${column}${last + 2}`;
}

/** Sums of further columns, which are given for rows only. */
function sumColumns<Row extends ComparisonRow, Group>(
  { columns }: Book<Row>,
  rowsOf: (group: Group) => readonly Row[],
  formulaOf: (group: Group, key: string) => string,
): { column: TableColumn<Group>; formulaOf: (group: Group) => string }[] {
  return columns
    .filter((column) => column.isSum === true)
    .map((column) => ({
      column: {
        key: column.key,
        header: column.header,
        type: 'cents',
        value: (group: Group) => {
          const known = rowsOf(group).flatMap((row) => {
            const value = column.value(row);
            return value === null || value === undefined ? [] : [Number(value)];
          });
          return known.length === 0 ? null : sumCents(known);
        },
      },
      formulaOf: (group: Group) => formulaOf(group, column.key),
    }));
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
  const sums = sumColumns(book, rowsOf, ({ organisationId }, key) => {
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
  const sums = sumColumns<Row, Service>(
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
  sums: readonly { column: TableColumn<Group>; formulaOf: (group: Group) => string }[],
  locale: Locale,
): Worksheet {
  const amounts = amountColumns(locale).filter(({ isSum }) => isSum !== true);
  const columns: TableColumn<Group>[] = [...names, ...sums.map(({ column }) => column), ...amounts];
  const sheet = sheetOf(name, columns, groups);
  const [head = [], ...lines] = sheet.rows;
  const filled = lines.map((cells, at) =>
    cells.map((cell, column) => {
      const sum = sums[column - names.length];
      const isSum = sum !== undefined && cell?.type === 'cents';
      return isSum ? { ...cell, formula: sum.formulaOf(groups[at] as Group) } : cell;
    }),
  );
  return { ...sheet, rows: [head, ...filled] };
}

function summarySheet<Row extends ComparisonRow>(book: Book<Row>): Worksheet {
  const { comparison, locale } = book;
  const { base, scenario, totals } = comparison;
  const text = (value: string): SheetCell => ({ type: 'text', text: value });
  const line = (key: string, a: string, b: string): SheetCell[] => [
    text(header(locale, key)),
    text(a),
    text(b),
  ];
  const last = Math.max(comparison.rows.length - 1, 0);
  const sum = (key: string, cents: number | null): SheetCell => ({
    type: 'cents',
    cents: cents ?? 0,
    formula: `SUM(${rangeOf(book, key, 0, last)})`,
    isStrong: true,
  });
  const strong = (key: string): SheetCell => ({ type: 'text', text: header(locale, key), isStrong: true });
  const rows: SheetCell[][] = [
    [undefined, strong('base'), strong('scenario')],
    line('run', base.runNumber ?? header(locale, 'as-it-stands'), header(locale, 'simulation')),
    line('period', periodText(base, locale), periodText(scenario, locale)),
    line(
      'cost-kind',
      header(locale, `cost-kind.${base.costKind}`),
      header(locale, `cost-kind.${scenario.costKind}`),
    ),
    line('input-hash', base.inputHash, scenario.inputHash),
    [strong('total'), sum('base', totals.baseCents), sum('scenario', totals.scenarioCents)],
    [
      strong('difference'),
      undefined,
      { type: 'cents', cents: totals.differenceCents, formula: 'C6-B6', isStrong: true },
    ],
    line('assumptions', '', JSON.stringify(scenario.assumptions)),
  ];
  return { name: header(locale, 'sheet.summary'), widths: [28, 66, 66], rows };
}

/** With its last day, as people write periods; in the data they are half open. */
function periodText({ period }: Pick<RunComparison['base'], 'period'>, locale: Locale): string {
  const { code, startsOn, endsOn } = period;
  return textIn(locale, 'costing.period', { code, from: startsOn, to: plusDays(endsOn, -1) });
}
