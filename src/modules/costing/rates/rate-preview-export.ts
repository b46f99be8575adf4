import { plusDays } from '../../../platform/clock.ts';
import { type CsvExportColumn, writeCsv } from '../../../platform/csv.ts';
import { type Figures, figuresFor } from '../../../platform/figures.ts';
import { formatDecimal, parseDecimal, sumCents } from '../../../platform/money/index.ts';
import { textIn } from '../../../platform/texts.ts';
import { groupedAgs } from '../keys/ags.ts';
import type {
  RatedPartOfRow,
  RatePreview,
  RatePreviewMember,
  RatePreviewRow,
} from './rate-preview.schemas.ts';

type Locale = 'de' | 'en';

/** A row of the preview, or the sum of them all at the end, which has neither member nor row. */
interface Row {
  readonly member?: RatePreviewMember;
  readonly row?: RatePreviewRow;
}

/** A preview for a spreadsheet: a row for each member, service and meter, and their sum. */
export function previewCsv(preview: RatePreview, locale: Locale): string {
  const rows = preview.members.flatMap((member) => member.rows.map((row): Row => ({ member, row })));
  return writeCsv([...rows, {}], columns(preview, locale), locale);
}

function columns(preview: RatePreview, locale: Locale): CsvExportColumn<Row>[] {
  const say = (name: string, values?: Readonly<Record<string, string>>) =>
    textIn(locale, `costing.preview.${name}`, values);
  const figures = figuresFor(locale);
  const { from, to } = preview;
  const days = say('days', { from: figures.day(from), to: figures.day(plusDays(to, -1)) });
  const text = (name: string, value: (row: Row) => string | undefined) =>
    ({ header: say(name), type: 'text', value }) as const;
  const cents = (name: string, field: 'presentCents' | 'previewCents' | 'differenceCents') =>
    ({ header: say(name), type: 'cents', value: ({ row }: Row) => (row ?? preview)[field] }) as const;
  const part = (name: string, of: (parts: readonly RatedPartOfRow[]) => number) =>
    ({
      header: say(name),
      type: 'cents',
      value: ({ row }: Row) => (row === undefined || row.previewCents === null ? null : of(row.previewParts)),
    }) as const;
  return [
    text('period', () => days),
    text('member', ({ member }) => member?.memberName ?? say('total')),
    text('key', ({ member }) => member && groupedAgs(member.member)),
    text('service', ({ row }) => row?.serviceCode),
    text('title', ({ row }) => row?.serviceTitle),
    text('meter', ({ row }) => row?.meter),
    text('unit', ({ row }) => row?.unit),
    { header: say('quantity'), type: 'decimal', value: ({ row }) => row?.quantity },
    cents('present', 'presentCents'),
    cents('new', 'previewCents'),
    cents('difference', 'differenceCents'),
    text('remark', ({ row }) => (row === undefined ? totalRemark(preview, locale) : remarkText(row, locale))),
    text('derivation', ({ row }) =>
      row?.previewParts.map((one) => partText(one, figures, locale)).join('; '),
    ),
    part('true-up', (parts) => sumCents(parts.map(({ trueUpCents }) => trueUpCents))),
    part('capped', (parts) => sumCents(parts.map(({ cappedCents }) => cappedCents))),
  ];
}

function remarkText({ remarks }: RatePreviewRow, locale: Locale): string {
  return remarks.map((remark) => textIn(locale, `costing.preview.remark.${remark}`)).join(' ');
}

/** What the sums leave out, so that nobody takes them for all of it. */
function totalRemark(
  { unpricedRows, presentOnlyCents, previewOnlyCents }: RatePreview,
  locale: Locale,
): string {
  const { euros } = figuresFor(locale);
  const say = (name: string, values: Readonly<Record<string, string>>) =>
    textIn(locale, `costing.preview.total.${name}`, values);
  return [
    ...(unpricedRows === 0 ? [] : [say('unpriced', { count: String(unpricedRows) })]),
    ...(previewOnlyCents === 0 ? [] : [say('new-only', { amount: euros(previewOnlyCents) })]),
    ...(presentOnlyCents === 0 ? [] : [say('present-only', { amount: euros(presentOnlyCents) })]),
  ].join(' ');
}

/** `01.01.2025 bis 31.12.2025 (365 von 365 Tagen): 7 × 50 € = 350,00 €` */
function partText(
  { from, to, days, ofDays, lines, amountCents }: RatedPartOfRow,
  figures: Figures,
  locale: Locale,
): string {
  const say = (name: string, values: Readonly<Record<string, string>>) =>
    textIn(locale, `costing.preview.part.${name}`, values);
  const products = lines.map(({ quantity, unitCents, perUnits }) =>
    say(perUnits === undefined ? 'line' : 'line-per', {
      quantity: quantity.split('/').map(figures.decimal).join('/'),
      price: figures.decimal(inEuros(unitCents)),
      per: perUnits ?? '',
    }),
  );
  return say('text', {
    from: figures.day(from),
    to: figures.day(plusDays(to, -1)),
    days: String(days),
    of: String(ofDays),
    lines: products.join(' + '),
    amount: figures.euros(amountCents),
  });
}

/** Exact, however many digits a price has. */
function inEuros(cents: string): string {
  const { units, scale } = parseDecimal(cents);
  return formatDecimal({ units, scale: scale + 2 });
}
