import type { Day } from '../../platform/clock.ts';
import { comparisonCsv, type TableColumn } from './run-comparison-tables.ts';
import { comparisonXlsx } from './run-comparison-workbook.ts';
import type { ComparisonQuery, ComparisonRow, RunComparison } from './run-comparisons.schemas.ts';

export interface ComparisonFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: string | Buffer;
}

type Compared<Row> = Omit<RunComparison, 'rows'> & { readonly rows: readonly Row[] };

/** The comparison as a file for a spreadsheet; itself where programs ask. `extra` are columns of another module. */
export function comparisonFile<Row extends ComparisonRow, C extends Compared<Row>>(
  comparison: C & Compared<Row>,
  day: Day,
  { format, locale }: ComparisonQuery,
  extra: readonly TableColumn<Row>[] = [],
): C | ComparisonFile {
  const { base, scenario } = comparison;
  const name = `comparison-${base.runNumber ?? base.period.code}-${scenario.period.code}`;
  switch (format) {
    case 'json':
      return comparison;
    case 'csv': {
      const bytes = comparisonCsv(comparison, locale, extra);
      return { name: `${name}.csv`, type: 'text/csv; charset=utf-8', bytes };
    }
    case 'xlsx': {
      const bytes = Buffer.from(comparisonXlsx(comparison, day, locale, extra));
      const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
      return { name: `${name}.xlsx`, type, bytes };
    }
  }
}
