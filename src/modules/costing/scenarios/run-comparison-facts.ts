import { hashOf } from '../../../platform/hash.ts';
import { textIn } from '../../../platform/texts.ts';
import { periodText } from './assumption-texts.ts';
import type { Locale, TableColumn } from './run-comparison-tables.ts';
import type { ComparisonRow, RunComparison } from './run-comparisons.schemas.ts';

/** Something that a comparison rests on, of each of its sides or of the scenario alone. */
export interface ComparisonFact {
  readonly label: string;
  readonly base?: string;
  readonly scenario: string;
}

/** A sum of further columns, for each side: by key of the column, null where nobody can say. */
export interface ComparisonSum {
  readonly label: string;
  readonly base: { readonly key: string; readonly cents: number | null };
  readonly scenario: { readonly key: string; readonly cents: number | null };
}

/** What another module adds to the files of a comparison. */
export interface ComparisonExtras<Row> {
  readonly columns: readonly TableColumn<Row>[];
  readonly facts: readonly ComparisonFact[];
  readonly sums: readonly ComparisonSum[];
  /** Stands instead of a sum that nobody can say. */
  readonly unknown: string;
  /** First word of the names of its files, and what tells them apart. */
  readonly name: { readonly prefix: string; readonly marks: readonly string[] };
  /** What it assumes, for the mark of the name. */
  readonly assumed: unknown;
}

type Sides = Pick<RunComparison, 'base' | 'scenario'>;

/** What is compared, in words. */
export function comparisonFacts({ base, scenario }: Sides, locale: Locale): ComparisonFact[] {
  const say = (key: string) => textIn(locale, `costing.comparison.${key}`);
  const kind = ({ costKind }: Sides['base'] | Sides['scenario']) => say(`cost-kind.${costKind}`);
  return [
    { label: say('run'), base: base.runNumber ?? say('as-it-stands'), scenario: say('simulation') },
    {
      label: say('period'),
      base: periodText(base.period, locale),
      scenario: periodText(scenario.period, locale),
    },
    { label: say('cost-kind'), base: kind(base), scenario: kind(scenario) },
  ];
}

/** Words for the names of files, in the order they are listed in. */
const MARKS = [
  ['clauses', 'clauses'],
  ['keyValues', 'lists'],
  ['joins', 'joins'],
  ['leaves', 'leaves'],
  ['costs', 'costs'],
  ['usagePeriod', 'usage'],
] as const;

/** Says what kind of scenario it is, and tells two of the same kind apart: no two that differ have one name. */
export function comparisonName<Row extends ComparisonRow>(
  { base, scenario }: Sides,
  extras: ComparisonExtras<Row> | undefined,
): string {
  const kinds = MARKS.flatMap(([key, mark]) => (key in scenario.assumptions ? [mark] : []));
  const { inputHash, costKind } = scenario;
  const hash = extras === undefined ? inputHash : hashOf({ inputHash, assumed: extras.assumed });
  return [
    extras?.name.prefix ?? 'comparison',
    base.runNumber ?? base.period.code,
    scenario.period.code,
    ...(costKind === 'budget' ? ['budget'] : []),
    ...kinds,
    ...(extras?.name.marks ?? []),
    hash.slice(0, 8),
  ].join('-');
}

/** Columns for CSV files, which have no other place for it: what is compared in each row, what is assumed in the first one. */
export function factColumns<Row>(
  facts: readonly ComparisonFact[],
  assumptions: { readonly label: string; readonly text: string },
  first: Row | undefined,
  locale: Locale,
): TableColumn<Row>[] {
  const of = (side: 'base' | 'scenario', label: string, text: string): TableColumn<Row> => ({
    key: `${side}-${label}`,
    header: textIn(locale, `costing.comparison.fact.${side}`, { label }),
    type: 'text',
    value: () => text,
  });
  return [
    ...facts.flatMap(({ label, base, scenario }) => [
      ...(base === undefined ? [] : [of('base', label, base)]),
      of('scenario', label, scenario),
    ]),
    {
      key: 'assumptions',
      header: assumptions.label,
      type: 'text',
      value: (row) => (row === first ? assumptions.text : null),
    },
  ];
}
