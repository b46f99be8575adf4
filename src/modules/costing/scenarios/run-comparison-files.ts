import type { Day } from '../../../platform/clock.ts';
import { assumptionTexts } from './assumption-texts.ts';
import {
  type ComparisonExtras,
  comparisonFacts,
  comparisonName,
  factColumns,
} from './run-comparison-facts.ts';
import { comparisonCsv, header, type Locale, type TableColumn } from './run-comparison-tables.ts';
import { comparisonXlsx } from './run-comparison-workbook.ts';
import type { ComparisonQuery, ComparisonRow, RunComparison } from './run-comparisons.schemas.ts';

export interface ComparisonFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: string | Buffer;
}

type Compared<Row> = Omit<RunComparison, 'rows'> & { readonly rows: readonly Row[] };

/** The comparison as a file for a spreadsheet; itself where programs ask. `extras` are what another module adds. */
export function comparisonFile<Row extends ComparisonRow, C extends Compared<Row>>(
  comparison: C & Compared<Row>,
  day: Day,
  { format, locale }: ComparisonQuery,
  extras?: ComparisonExtras<Row>,
): C | ComparisonFile {
  const name = comparisonName(comparison, extras);
  switch (format) {
    case 'json':
      return comparison;
    case 'csv': {
      const bytes = comparisonCsv(comparison, locale, csvColumns(comparison, locale, extras));
      return { name: `${name}.csv`, type: 'text/csv; charset=utf-8', bytes };
    }
    case 'xlsx': {
      const bytes = Buffer.from(comparisonXlsx(comparison, day, locale, extras));
      const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
      return { name: `${name}.xlsx`, type, bytes };
    }
  }
}

function csvColumns<Row extends ComparisonRow>(
  comparison: Compared<Row>,
  locale: Locale,
  extras: ComparisonExtras<Row> | undefined,
): TableColumn<Row>[] {
  const facts = [...comparisonFacts(comparison, locale), ...(extras?.facts ?? [])];
  const texts = assumptionTexts(comparison, locale).map(({ kind, text }) => `${kind}: ${text}`);
  const text = texts.length === 0 ? header(locale, 'nothing-assumed') : texts.join(' | ');
  const assumptions = { label: header(locale, 'assumptions-first'), text };
  return [...(extras?.columns ?? []), ...factColumns(facts, assumptions, comparison.rows[0], locale)];
}
