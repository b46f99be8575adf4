import { textIn } from '../../platform/texts.ts';
import type { TableColumn } from '../costing/index.ts';
import type { VatOfRow, VatOfSide } from './vat-comparison.rules.ts';
import type { VatComparison } from './vat-comparison.schemas.ts';

type Row = VatComparison['rows'][number];
type Locale = 'de' | 'en';

/** Columns that VAT adds to the files of a comparison. */
export function vatColumns(locale: Locale): TableColumn<Row>[] {
  return (['base', 'scenario'] as const).flatMap((side) => {
    const header = (key: string) => textIn(locale, `billing.vat-comparison.${side}.${key}`);
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
        formula: (cell) => `${cell(side)}+${cell(`${side}-vat`)}`,
      },
      {
        key: `${side}-unclear`,
        header: header('unclear'),
        type: 'cents',
        isSum: true,
        value: of((vat) => (vat.unclear === null ? null : vat.netCents)),
      },
    ] satisfies TableColumn<Row>[];
  });
}

/** Where nobody can say, the words that say so. */
function treatmentText(side: VatOfSide | null, locale: Locale): string | null {
  if (side === null) return null;
  if (side.unclear === 'UNDETERMINED') return textIn(locale, 'billing.vat-comparison.undetermined');
  return textIn(locale, `billing.vat-result.${side.result}`);
}
