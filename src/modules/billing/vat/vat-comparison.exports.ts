import { figuresFor } from '../../../platform/figures.ts';
import { sumCents } from '../../../platform/money/index.ts';
import { textIn } from '../../../platform/texts.ts';
import type { ComparisonExtras, TableColumn } from '../../costing/index.ts';
import type { VatOfRow, VatOfSide } from './vat-comparison.rules.ts';
import type { VatComparison } from './vat-comparison.schemas.ts';
import { VAT_RULE_SETS } from './vat-rule-sets.ts';

type Row = VatComparison['rows'][number];
type Locale = 'de' | 'en';
type SideName = 'base' | 'scenario';

/** What VAT adds to the files of a comparison: columns, sums, and by which law and turnovers it was reckoned. */
export function vatExtras({ vat }: VatComparison, locale: Locale): ComparisonExtras<Row> {
  const { day, previousYearTurnoverCents, yearToDateTurnoverCents } = vat;
  return {
    columns: (['base', 'scenario'] as const).flatMap((side) => vatColumns(side, locale)),
    facts: vatFacts(vat, locale),
    sums: vatSumRows(vat, locale),
    unknown: say(locale, 'sum.unknown'),
    name: { prefix: 'vat-comparison', marks: ['vat', day] },
    assumed: { day, previousYearTurnoverCents, yearToDateTurnoverCents },
  };
}

const say = (locale: Locale, key: string, values?: Readonly<Record<string, string>>) =>
  textIn(locale, `billing.vat-comparison.${key}`, values);

function vatFacts(
  { heldOn, day, ruleSet, previousYearTurnoverCents, yearToDateTurnoverCents }: VatComparison['vat'],
  locale: Locale,
): ComparisonExtras<Row>['facts'] {
  const figures = figuresFor(locale);
  const year = Number(day.slice(0, 4));
  const turnover = (cents: number | null) =>
    cents === null ? say(locale, 'not-stated') : figures.euros(cents);
  const since = VAT_RULE_SETS.find(({ id }) => id === ruleSet)?.validFrom ?? day;
  return [
    { label: say(locale, 'day'), base: figures.day(heldOn), scenario: figures.day(day) },
    {
      label: say(locale, 'rule-set'),
      scenario: say(locale, 'rule-set-since', { day: figures.day(since), id: ruleSet }),
    },
    {
      label: say(locale, 'previous-year', { year: String(year - 1) }),
      scenario: turnover(previousYearTurnoverCents),
    },
    {
      label: say(locale, 'year-to-date', { year: String(year) }),
      scenario: turnover(yearToDateTurnoverCents),
    },
  ];
}

function vatSumRows({ totals }: VatComparison['vat'], locale: Locale): ComparisonExtras<Row>['sums'] {
  const { base, scenario } = totals;
  const row = (name: string, key: 'vatCents' | 'unclearCents' | 'grossCents') => ({
    label: say(locale, `sum.${name}`),
    base: { key: `base-${name}`, cents: base[key] },
    scenario: { key: `scenario-${name}`, cents: scenario[key] },
  });
  return [row('vat', 'vatCents'), row('unclear', 'unclearCents'), row('gross', 'grossCents')];
}

function vatColumns(side: SideName, locale: Locale): TableColumn<Row>[] {
  const header = (key: string) => say(locale, `${side}.${key}`);
  const of = (pick: (vat: VatOfSide) => number | null) => (row: Row) => {
    const vat: VatOfRow = row.vat;
    return vat[side] === null ? null : pick(vat[side]);
  };
  return [
    {
      key: `${side}-treatment`,
      header: header('treatment'),
      type: 'text',
      value: ({ vat }) => treatmentText(vat[side], locale),
    },
    { key: `${side}-rate`, header: header('rate'), type: 'decimal', value: of((vat) => vat.ratePercent) },
    {
      key: `${side}-vat`,
      header: header('vat'),
      type: 'cents',
      isSum: true,
      value: of((vat) => vat.vatCents),
    },
    {
      key: `${side}-gross`,
      header: header('gross'),
      type: 'cents',
      value: of((vat) => vat.grossCents),
      ofRows: (rows) => grossOf(rows, side),
      formula: (cell) => `${cell(side)}+${cell(`${side}-vat`)}`,
    },
    {
      key: `${side}-unclear`,
      header: header('unclear'),
      type: 'cents',
      isSum: true,
      value: of((vat) => (vat.unclear === null ? null : vat.netCents)),
    },
    {
      key: `${side}-reason`,
      header: header('reason'),
      type: 'text',
      value: ({ vat }) => reasonText(vat[side], locale),
    },
  ];
}

/** Null where one of the rows has none, or there is no row on this side. */
function grossOf(rows: readonly Row[], side: SideName): number | null {
  const sides = rows.flatMap(({ vat }) => vat[side] ?? []);
  const known = sides.flatMap(({ grossCents }) => grossCents ?? []);
  return sides.length === 0 || known.length < sides.length ? null : sumCents(known);
}

/** Where nobody can say, the words that say so. */
function treatmentText(side: VatOfSide | null, locale: Locale): string | null {
  if (side === null) return null;
  if (side.unclear === 'UNDETERMINED') return say(locale, 'undetermined');
  return textIn(locale, `billing.vat-result.${side.result}`);
}

/** Why nobody can say; null where somebody can. */
function reasonText(side: VatOfSide | null, locale: Locale): string | null {
  if (side === null || side.unclear === null) return null;
  if (side.unclear === 'UNDETERMINED') return say(locale, 'reason.UNDETERMINED');
  const reason = textIn(locale, `billing.vat-review.${side.rule}.reason`);
  return side.basis === 'OPEN_QUESTION' ? say(locale, 'reason.OPEN_QUESTION', { reason }) : reason;
}
