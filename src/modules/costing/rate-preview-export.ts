import { plusDays } from '../../platform/clock.ts';
import { type CsvExportColumn, writeCsv } from '../../platform/csv.ts';
import { textIn } from '../../platform/texts.ts';
import { groupedAgs } from './ags.ts';
import type { RatePreview, RatePreviewMember } from './rate-preview.schemas.ts';

interface Row {
  readonly member: RatePreviewMember;
  readonly row: RatePreviewMember['rows'][number];
}

/** A preview for a spreadsheet: a row for each member, service and meter. */
export function previewCsv(preview: RatePreview, locale: 'de' | 'en'): string {
  const rows = preview.members.flatMap((member) => member.rows.map((row): Row => ({ member, row })));
  return writeCsv(rows, columns(preview, locale), locale);
}

function columns({ from, to }: RatePreview, locale: 'de' | 'en'): CsvExportColumn<Row>[] {
  const say = (name: string) => textIn(locale, `costing.preview.${name}`);
  const days = textIn(locale, 'costing.preview.days', { from, to: plusDays(to, -1) });
  const text = (name: string, value: (row: Row) => string) =>
    ({ header: say(name), type: 'text', value }) as const;
  const cents = (name: string, value: (row: Row) => number | null) =>
    ({ header: say(name), type: 'cents', value }) as const;
  return [
    text('period', () => days),
    text('member', ({ member }) => member.memberName),
    text('key', ({ member }) => groupedAgs(member.member)),
    text('service', ({ row }) => row.serviceCode),
    text('title', ({ row }) => row.serviceTitle),
    text('meter', ({ row }) => row.meter),
    text('unit', ({ row }) => row.unit),
    { header: say('quantity'), type: 'decimal', value: ({ row }) => row.quantity },
    cents('present', ({ row }) => row.presentCents),
    cents('new', ({ row }) => row.previewCents),
    cents('difference', ({ row }) => row.differenceCents),
  ];
}
