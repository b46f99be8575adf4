import { type CsvExportColumn, writeCsv } from '../../../platform/csv.ts';
import { textIn } from '../../../platform/texts.ts';
import type { LawChangeRowView, LawChangeView } from './vat-law-change.schemas.ts';

type Locale = 'de' | 'en';
type Treatment = LawChangeRowView['before'];

/** The report for a spreadsheet: a line for each service and member. */
export function lawChangeCsv({ rows }: LawChangeView, locale: Locale): string {
  return writeCsv(rows, columns(locale), locale);
}

function columns(locale: Locale): CsvExportColumn<LawChangeRowView>[] {
  const header = (name: string) => textIn(locale, `billing.vat-law-change.column.${name}`);
  const words = (name: string, value: (row: LawChangeRowView) => string | null) =>
    ({ header: header(name), type: 'text', value }) as const;
  const cents = (name: string, value: (row: LawChangeRowView) => number | null) =>
    ({ header: header(name), type: 'cents', value }) as const;
  const rate = (name: string, of: (row: LawChangeRowView) => Treatment) =>
    ({
      header: header(name),
      type: 'decimal',
      value: (row: LawChangeRowView) => of(row)?.ratePercent,
    }) as const;
  const result = (of: Treatment) => (of === null ? null : textIn(locale, `billing.vat-result.${of.result}`));
  return [
    words('service', (row) => row.serviceCode),
    words('title', (row) => row.serviceTitle),
    words('member', (row) => row.memberName),
    cents('posted', (row) => row.postedCents),
    cents('priced', (row) => row.pricedCents),
    words('determination', (row) => row.determinationNumber),
    words('before', (row) => result(row.before)),
    words('beforeRule', (row) => row.before?.rule ?? null),
    rate('beforeRate', (row) => row.before),
    words('after', (row) => result(row.after)),
    words('afterRule', (row) => row.after?.rule ?? null),
    rate('afterRate', (row) => row.after),
    words('basis', (row) => basisText(row, locale)),
    words('change', (row) => textIn(locale, `billing.vat-law-change.${row.change}`)),
    cents('additional', (row) => row.additionalVatCents),
  ];
}

function basisText({ basis }: LawChangeRowView, locale: Locale): string | null {
  return basis === null ? null : textIn(locale, `billing.vat-law-change.basis.${basis}`);
}
