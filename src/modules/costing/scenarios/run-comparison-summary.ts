import { columnName, type SheetCell, type Worksheet } from '../../../platform/xlsx-writer.ts';
import { assumptionTexts } from './assumption-texts.ts';
import { type ComparisonExtras, type ComparisonFact, comparisonFacts } from './run-comparison-facts.ts';
import { header, type Locale, type TableColumn } from './run-comparison-tables.ts';
import type { ComparisonMember, ComparisonRow, RunComparison } from './run-comparisons.schemas.ts';

export type Compared<Row, Member> = Pick<
  RunComparison,
  'base' | 'scenario' | 'totals' | 'services' | 'exits'
> & {
  readonly rows: readonly Row[];
  readonly members: readonly Member[];
};

/** A workbook in the making. */
export interface Book<Row extends ComparisonRow> {
  readonly comparison: Compared<Row, ComparisonMember>;
  readonly columns: readonly TableColumn<Row>[];
  readonly locale: Locale;
  readonly extras: ComparisonExtras<Row> | undefined;
}

/** Cells of a column of the rows, from the first to the last of them, counted from 0. */
export function rangeOf<Row extends ComparisonRow>(
  { columns, locale }: Book<Row>,
  key: string,
  first: number,
  last: number,
): string {
  const column = columnName(columns.findIndex((each) => each.key === key));
  return `'${header(locale, 'sheet.rows')}'!${column}${first + 2}:${column}${last + 2}`;
}

const text = (value: string): SheetCell => ({ type: 'text', text: value });
const strong = (value: string): SheetCell => ({ type: 'text', text: value, isStrong: true });

const factRow = ({ label, base, scenario }: ComparisonFact): SheetCell[] => [
  text(label),
  base === undefined ? undefined : text(base),
  text(scenario),
];

/** What is compared, what both sides come to, and what is assumed. */
export function summarySheet<Row extends ComparisonRow>(book: Book<Row>): Worksheet {
  const { comparison, locale, extras } = book;
  const { base, scenario, totals } = comparison;
  const facts = [
    ...comparisonFacts(comparison, locale),
    { label: header(locale, 'input-hash'), base: base.inputHash, scenario: scenario.inputHash },
  ].map(factRow);
  const sum = sumCell(book);
  const total = facts.length + 2;
  const rows: SheetCell[][] = [
    [undefined, strong(header(locale, 'base')), strong(header(locale, 'scenario'))],
    ...facts,
    [
      strong(header(locale, 'total')),
      sum('base', totals.baseCents ?? 0),
      sum('scenario', totals.scenarioCents ?? 0),
    ],
    [
      strong(header(locale, 'difference')),
      undefined,
      { type: 'cents', cents: totals.differenceCents, formula: `C${total}-B${total}`, isStrong: true },
    ],
    ...(extras?.sums ?? []).map((one) => [
      strong(one.label),
      sum(one.base.key, one.base.cents),
      sum(one.scenario.key, one.scenario.cents),
    ]),
    ...(extras?.facts ?? []).map(factRow),
    ...assumptionRows(book),
  ];
  return { name: header(locale, 'sheet.summary'), widths: [28, 66, 66], rows };
}

function sumCell<Row extends ComparisonRow>(book: Book<Row>) {
  const last = Math.max(book.comparison.rows.length - 1, 0);
  return (key: string, cents: number | null): SheetCell =>
    cents === null
      ? text(book.extras?.unknown ?? '')
      : { type: 'cents', cents, formula: `SUM(${rangeOf(book, key, 0, last)})`, isStrong: true };
}

/** One below the other, what it is about beside what it says. */
function assumptionRows<Row extends ComparisonRow>({ comparison, locale }: Book<Row>): SheetCell[][] {
  const texts = assumptionTexts(comparison, locale);
  const label = strong(header(locale, 'assumptions'));
  if (texts.length === 0) return [[label, undefined, text(header(locale, 'nothing-assumed'))]];
  return texts.map((one, at) => [at === 0 ? label : undefined, text(one.kind), text(one.text)]);
}
