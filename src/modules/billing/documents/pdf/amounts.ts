import { sumCents } from '../../../../platform/money/index.ts';
import { CONTENT_WIDTH, heading, paragraph, type Sheet, STYLES } from '../../../../platform/pdf/sheet.ts';
import { drawTable, type Row } from '../../../../platform/pdf/table.ts';
import type { DocumentLine, StatementDocument } from '../document.types.ts';
import { termsOf, type Writer } from '../format.ts';

/** Lines and totals, VAT that is not shown and why, instalments set off, terms of payment, remarks. */
export function drawAmounts(sheet: Sheet, document: StatementDocument, writer: Writer): void {
  drawLines(sheet, document, writer);
  for (const { reason } of document.vat.filter((group) => group.reason !== undefined)) {
    sheet.y += 4;
    paragraph(sheet, writer.say('vat.reason', { reason: reason ?? '' }));
  }
  if (document.preceding.length > 0) drawPreceding(sheet, document, writer);
  heading(sheet, writer.say('heading.payment'), 24);
  paragraph(sheet, termsOf(document, writer));
  const { contact } = document.seller;
  paragraph(sheet, writer.say('contact', { name: contact.name, phone: contact.phone, email: contact.email }));
  if (document.notes.length > 0) {
    heading(sheet, writer.say('heading.notes'), 20);
    for (const note of document.notes) paragraph(sheet, note);
  }
  paragraph(sheet, writer.say('closing'), STYLES.small);
}

function drawLines(sheet: Sheet, document: StatementDocument, writer: Writer): void {
  heading(sheet, writer.say('heading.lines'), 60);
  const service = CONTENT_WIDTH - 30 - 64 - 82 - 90;
  const header = (key: string) => writer.say(`column.${key}`);
  const sums = totalRows(document, writer);
  drawTable(sheet, {
    columns: [
      { header: header('position'), width: 30 },
      { header: header('service'), width: service },
      { header: header('quantity'), width: 64, align: 'right' },
      { header: header('vat'), width: 82, align: 'right' },
      { header: header('net'), width: 90, align: 'right' },
    ],
    rowHeader: 1,
    rows: [...document.lines.map((line, at) => lineRow(line, at, writer)), ...sums],
    keptTogether: sums.length,
  });
}

function lineRow(
  { service, text, quantity, unit, vat, netCents }: DocumentLine,
  at: number,
  writer: Writer,
): Row {
  const name = writer.say(`unit.${unit}`);
  const isLumpSum = unit === 'LS' && quantity === '1';
  return {
    cells: [
      { text: String(at + 1) },
      { text: service.title, more: [text === '' ? service.code : `${service.code} · ${text}`] },
      { text: isLumpSum ? name : `${writer.decimal(quantity)} ${name}` },
      { text: writer.say(`vat.${vat.category}`, rateOf(vat.category, vat.ratePercent, writer)) },
      { text: writer.euros(netCents) },
    ],
  };
}

function rateOf(category: string, ratePercent: string, writer: Writer): Record<string, string> {
  return category === 'S' ? { rate: writer.decimal(ratePercent) } : {};
}

function totalRows({ kind, totals, paidCents = 0, vat }: StatementDocument, writer: Writer): Row[] {
  const row = (text: string, cents: number, isSum = false): Row => ({
    isSum,
    cells: [{ text: '' }, { text }, { text: '' }, { text: '' }, { text: writer.euros(cents) }],
  });
  const taxed = vat.filter((group) => group.category === 'S');
  const setOffCents = totals.prepaidCents - paidCents;
  const payable = kind === 381 ? 'total.credit' : 'total.payable';
  return [
    row(writer.say('total.net'), totals.netCents, true),
    ...taxed.map(({ ratePercent, netCents, vatCents }) =>
      row(
        writer.say('total.vat', { rate: writer.decimal(ratePercent), net: writer.euros(netCents) }),
        vatCents,
      ),
    ),
    ...(setOffCents === 0 && paidCents === 0 ? [] : [row(writer.say('total.gross'), totals.grossCents)]),
    ...(setOffCents === 0 ? [] : [row(writer.say('total.prepaid'), -setOffCents)]),
    ...(paidCents === 0 ? [] : [row(writer.say('total.paid'), -paidCents)]),
    row(writer.say(payable), totals.payableCents, true),
  ];
}

const SUM_WIDTH = 76;

function drawPreceding(
  sheet: Sheet,
  { preceding, paidCents = 0, totals }: StatementDocument,
  writer: Writer,
): void {
  const setsOff = totals.prepaidCents !== paidCents;
  heading(sheet, writer.say(setsOff ? 'heading.preceding' : 'heading.refers-to'), 50);
  const header = (key: string) => writer.say(`column.${key}`);
  const hasVat = preceding.some((before) => before.prepaidVatCents !== 0);
  const sums: (readonly [key: string, field: 'grossCents' | 'prepaidCents' | 'prepaidVatCents'])[] = [
    ['gross', 'grossCents'],
    ...(setsOff ? ([['prepaid', 'prepaidCents']] as const) : []),
    ...(hasVat ? ([['prepaid-vat', 'prepaidVatCents']] as const) : []),
  ];
  const row = (name: string, day: string, cents: (field: (typeof sums)[number][1]) => number): Row => ({
    cells: [
      { text: name },
      { text: day },
      ...sums.map(([, field]) => ({ text: writer.euros(cents(field)) })),
    ],
  });
  const total = row(writer.say('table.sum'), '', (field) =>
    sumCents(preceding.map((before) => before[field])),
  );
  drawTable(sheet, {
    columns: [
      { header: header('document'), width: CONTENT_WIDTH - 62 - SUM_WIDTH * sums.length },
      { header: header('issued'), width: 62 },
      ...sums.map(([key]) => ({ header: header(key), width: SUM_WIDTH, align: 'right' }) as const),
    ],
    rowHeader: 0,
    rows: [
      ...preceding.map((before) =>
        row(
          `${writer.say(`kind.${before.kind}`)} ${before.number}`,
          writer.day(before.issuedOn),
          (field) => before[field],
        ),
      ),
      ...(preceding.length > 1 ? [{ ...total, isSum: true }] : []),
    ],
    keptTogether: preceding.length > 1 ? 1 : 0,
  });
}
