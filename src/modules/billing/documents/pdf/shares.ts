import { COLOURS, CONTENT_WIDTH, heading, PAGE, type Sheet, STYLES } from '../../../../platform/pdf/sheet.ts';
import { drawTable, type RowPlace } from '../../../../platform/pdf/table.ts';
import { percentOfTotal } from '../amounts.rules.ts';
import type { Derivation, DocumentLine, StatementDocument } from '../document.types.ts';
import { shareCents, type Writer } from '../format.ts';
import { poolWord } from '../netting.rules.ts';

/** The member's part of what a service costs all members together, over all tranches. */
export interface ServiceShare {
  readonly title: string;
  readonly poolCents: number;
  readonly shareCents: number;
  /** With four decimals. */
  readonly percent: string;
}

/** Shares in the order of the lines; a service without cost has none. */
export function serviceShares(lines: readonly DocumentLine[]): ServiceShare[] {
  const codes = [...new Set(lines.map((line) => line.service.code))];
  return codes.flatMap((code) => {
    const derived = lines.flatMap(({ service, derivation }) =>
      service.code === code && derivation !== undefined ? [{ title: service.title, derivation }] : [],
    );
    const [first] = derived;
    if (first === undefined || first.derivation.poolCents === 0) return [];
    return [
      shareOf(
        first.title,
        derived.map(({ derivation }) => derivation),
        first.derivation.poolCents,
      ),
    ];
  });
}

function shareOf(title: string, derivations: readonly Derivation[], poolCents: number): ServiceShare {
  const cents = derivations.reduce((sum, derivation) => sum + shareCents(derivation), 0);
  const percent = percentOfTotal(String(Math.abs(cents)), String(Math.abs(poolCents)));
  return { title, poolCents, shareCents: cents, percent };
}

/** So many rows of a chart, with its table beside it, surely fit on one page. */
const ROWS_PER_CHART = 14;
const TABLE_WIDTH = 346;
const CHART = {
  left: PAGE.left + TABLE_WIDTH + 18,
  width: CONTENT_WIDTH - TABLE_WIDTH - 36,
  bar: 9,
} as const;

/** A table of the shares, and the same as bars beside it: nobody needs the picture to know the figures. */
export function drawShares(sheet: Sheet, document: StatementDocument, writer: Writer): void {
  const shares = serviceShares(document.lines);
  if (shares.length === 0) return;
  const scale = scaleFor(Math.max(...shares.map((share) => Number(share.percent))));
  const height = (rows: number) => 60 + rows * 32;
  const named = (key: string) => writer.say(poolWord(document.lines, key));
  heading(sheet, named('heading.shares'), height(Math.min(shares.length, ROWS_PER_CHART)));
  for (let at = 0; at < shares.length; at += ROWS_PER_CHART) {
    const some = shares.slice(at, at + ROWS_PER_CHART);
    sheet.ensure(height(some.length));
    const top = sheet.y;
    const places = drawTable(sheet, tableOf(some, named('column.pool'), writer));
    drawBars(sheet, some, { places, top, scale, alt: poolWord(document.lines, 'chart.alt') }, writer);
    sheet.y += 14;
  }
}

function tableOf(shares: readonly ServiceShare[], pool: string, writer: Writer) {
  const header = (key: string) => writer.say(`column.${key}`);
  const amount = 72;
  const percent = 44;
  return {
    columns: [
      { header: header('service'), width: TABLE_WIDTH - 2 * amount - percent },
      { header: pool, width: amount, align: 'right' },
      { header: header('share'), width: amount, align: 'right' },
      { header: header('percent'), width: percent, align: 'right' },
    ] as const,
    rowHeader: 0,
    width: TABLE_WIDTH,
    rows: shares.map((share) => ({
      cells: [
        { text: share.title },
        { text: writer.euros(share.poolCents) },
        { text: writer.euros(share.shareCents) },
        { text: short(share, writer) },
      ],
    })),
  };
}

/** With two decimals, cut from four. */
function short({ percent }: ServiceShare, writer: Writer): string {
  return writer.decimal(Number(percent).toFixed(2));
}

/** End of the axis: the next of 10, 25, 50, 100. */
function scaleFor(percent: number): number {
  return [10, 25, 50, 100].find((end) => percent <= end) ?? Math.ceil(percent / 100) * 100;
}

interface Frame {
  readonly places: readonly RowPlace[];
  readonly top: number;
  readonly scale: number;
  /** Text that stands in its place. */
  readonly alt: string;
}

function drawBars(sheet: Sheet, shares: readonly ServiceShare[], frame: Frame, writer: Writer): void {
  const { pdf } = sheet;
  const { places, top, scale } = frame;
  const [first] = places;
  if (first === undefined) return;
  const bottom = sheet.y;
  const values = shares
    .map((share) => writer.say('chart.value', { service: share.title, percent: short(share, writer) }))
    .join('; ');
  const draw = () => {
    for (const part of [0, 0.5, 1]) {
      const x = CHART.left + part * CHART.width;
      pdf.moveTo(x, first.y).lineTo(x, bottom).lineWidth(0.5).stroke(COLOURS.line);
      const box = { x: x - 25, y: top + 4, width: 50 };
      const label = `${writer.decimal(String(part * scale))} %`;
      pdf.font('regular').fontSize(7).fillColor(STYLES.small.colour);
      pdf.text(label, box.x, box.y, { width: box.width, align: 'center' });
    }
    for (const [at, { y, height }] of places.entries()) {
      const width = (Number(shares[at]?.percent ?? 0) / scale) * CHART.width;
      pdf
        .rect(CHART.left, y + (height - CHART.bar) / 2, Math.max(width, 0.8), CHART.bar)
        .fill(COLOURS.accent);
    }
  };
  const bbox = [CHART.left, top, CHART.left + CHART.width, bottom] as const;
  sheet.put('Figure', draw, undefined, { alt: writer.say(frame.alt, { values }), bbox });
}
