import { type Day, dayOf } from '../../../platform/clock.ts';
import { type CsvExportColumn, writeCsv } from '../../../platform/csv.ts';
import { textIn } from '../../../platform/texts.ts';
import { type SheetCell, writeWorkbook } from '../../../platform/xlsx-writer.ts';
import type { FiguresView } from './settlements.schemas.ts';

type Locale = 'de' | 'en';
type Row = FiguresView['members'][number];

const CENTS = [
  'invoicedCents',
  'paidCents',
  'actualCents',
  'settlementCents',
  'openCents',
  'netDueCents',
] as const;

const header = (locale: Locale, name: string) => textIn(locale, `billing.settlement.column.${name}`);
const documentsOf = ({ documents }: Row) => documents.map(({ number }) => number).join(', ');

/** Figures for a spreadsheet, a line for each member. */
export function figuresCsv({ members }: FiguresView, locale: Locale): string {
  const columns: CsvExportColumn<Row>[] = [
    { header: header(locale, 'member'), type: 'text', value: ({ memberName }) => memberName },
    ...CENTS.map((field) => ({
      header: header(locale, field),
      type: 'cents' as const,
      value: (row: Row) => row[field],
    })),
    { header: header(locale, 'documents'), type: 'text', value: documentsOf },
  ];
  return writeCsv(members, columns, locale);
}

/** The same as a workbook; sums below are formulas. */
export function figuresXlsx({ members, period }: FiguresView, locale: Locale, now: string): Uint8Array {
  const strong = (text: string): SheetCell => ({ type: 'text', text, isStrong: true });
  const head = ['member', ...CENTS, 'documents'].map((name) => strong(header(locale, name)));
  const rows = members.map((row): SheetCell[] => [
    { type: 'text', text: row.memberName },
    ...CENTS.map((field): SheetCell => ({ type: 'cents', cents: row[field] })),
    { type: 'text', text: documentsOf(row) },
  ]);
  const sums = CENTS.map((field, at): SheetCell => {
    const column = String.fromCharCode(66 + at);
    return {
      type: 'cents',
      cents: members.reduce((sum, row) => sum + row[field], 0),
      formula: `SUM(${column}2:${column}${Math.max(members.length, 1) + 1})`,
      isStrong: true,
    };
  });
  const sheet = {
    name: `${textIn(locale, 'billing.settlement.sheet')} ${period.code}`,
    widths: [40, ...CENTS.map(() => 16), 40],
    rows: [head, ...rows, [strong(textIn(locale, 'billing.settlement.sum')), ...sums]],
  };
  const day: Day = dayOf(now);
  return writeWorkbook([sheet], day);
}
