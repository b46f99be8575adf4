import {
  columnName,
  type SheetCell,
  type Worksheet,
  writeWorkbook,
} from '../../../../platform/xlsx-writer.ts';
import type { StatementDocument } from '../document.types.ts';
import { type Locale, shareCents, titleOf, type Writer, writerFor } from '../format.ts';
import { poolWord } from '../netting.rules.ts';
import { cents, headers, number, strong, text } from './cells.ts';
import { deductionSheet, poolCells } from './deduction-sheet.ts';
import { instalmentText } from './render-csv.ts';

/** A workbook with real numbers; sums, VAT and shares are formulas, so that a reader can see them come about. */
export function renderXlsx(document: StatementDocument, locale: Locale = 'de'): Uint8Array {
  const writer = writerFor(locale);
  const sheets = [
    lineSheet(document, writer),
    ...deductionSheet(document, writer),
    derivationSheet(document, writer),
    precedingSheet(document, writer),
  ];
  return writeWorkbook([headSheet(document, writer), ...sheets], document.issuedOn);
}

/** The values below a header: `'Positionen'!K2:K9`. */
function range(writer: Writer, sheet: string, keys: readonly string[], key: string, rows: number): string {
  const column = columnName(keys.indexOf(key));
  return `'${writer.say(`sheet.${sheet}`)}'!${column}2:${column}${Math.max(rows, 1) + 1}`;
}

const LINES = [
  'position',
  'service-code',
  'service',
  'text',
  'quantity',
  'unit',
  'vat-category',
  'vat-rate',
  'vatex',
  'reason',
  'net',
] as const;

function headSheet(document: StatementDocument, writer: Writer): Worksheet {
  const { number: own, issuedOn, dueOn, period, agreementReference, seller, buyer } = document;
  const row = (key: string, cell: SheetCell) => [text(writer.say(`table.${key}`)), cell];
  const facts = [
    row('kind', text(titleOf(document, writer))),
    row('number', text(own)),
    row('issued', { type: 'day', day: issuedOn }),
    row('due', { type: 'day', day: dueOn }),
    row('period', text(writer.period(period))),
    row('agreement', text(agreementReference)),
    row('seller', text(`${seller.centreName}, ${seller.name}`)),
    row('buyer', text(buyer.name)),
    row('leitweg-id', text(buyer.leitwegId)),
    [],
  ];
  const name = writer.say('sheet.document');
  return { name, widths: [26, 44], rows: [...facts, ...sumRows(document, writer, facts.length + 1)] };
}

/** Net, VAT for each category, gross, prepaid, payable; `first` is the number of the first row. */
function sumRows(
  { lines, vat, totals, preceding, paidCents }: StatementDocument,
  writer: Writer,
  first: number,
): SheetCell[][] {
  const of = (key: (typeof LINES)[number]) => range(writer, 'lines', LINES, key, lines.length);
  const gross = first + 1 + vat.length;
  const prepaid = range(writer, 'preceding', PRECEDING, 'prepaid', preceding.length);
  const row = (label: string, value: number, formula: string) => [text(label), cents(value, formula)];
  return [
    row(writer.say('table.net'), totals.netCents, `SUM(${of('net')})`),
    ...vat.map(({ category, ratePercent, vatCents }) =>
      row(
        `${writer.say('table.vat')} ${category} ${writer.decimal(ratePercent)} %`,
        vatCents,
        `ROUND(SUMIFS(${of('net')},${of('vat-category')},"${category}",${of('vat-rate')},${ratePercent})*${ratePercent}/100,2)`,
      ),
    ),
    row(writer.say('table.gross'), totals.grossCents, `SUM(B${first}:B${gross - 1})`),
    row(writer.say('table.prepaid'), totals.prepaidCents - (paidCents ?? 0), `SUM(${prepaid})`),
    ...(paidCents === undefined ? [] : [[text(writer.say('table.paid')), cents(paidCents)]]),
    [
      strong(writer.say('table.payable')),
      {
        type: 'cents',
        cents: totals.payableCents,
        formula: `B${gross}-B${gross + 1}${paidCents === undefined ? '' : `-B${gross + 2}`}`,
        isStrong: true,
      },
    ],
  ];
}

function lineSheet({ lines }: StatementDocument, writer: Writer): Worksheet {
  const rows = lines.map(({ service, text: remark, quantity, unit, vat, netCents }, at) => [
    number(at + 1),
    text(service.code),
    text(service.title),
    text(remark),
    number(quantity),
    text(writer.say(`unit.${unit}`)),
    text(vat.category),
    number(vat.ratePercent),
    text(vat.vatexCode),
    text(vat.reason),
    cents(netCents),
  ]);
  const name = writer.say('sheet.lines');
  return {
    name,
    widths: [9, 16, 36, 36, 10, 10, 14, 12, 20, 40, 16],
    rows: [headers(writer, LINES), ...rows],
  };
}

const DERIVATION = [
  'position',
  'service',
  'tranche',
  'pool',
  'percent',
  'tranche-cents',
  'key',
  'as-of',
  'basis',
  'source',
  'weight',
  'weight-total',
  'exact-euros',
  'exact',
  'rounding',
  'share-cents',
  'instalment',
] as const;

/** One row for each tranche; what belongs to the line as a whole stands in its first row. */
function derivationSheet(document: StatementDocument, writer: Writer): Worksheet {
  const { lines } = document;
  const pools = poolCells(document, writer);
  const derived = lines.flatMap((line, at) =>
    (line.derivation?.parts ?? []).map((part, position) => ({ line, at, part, isFirst: position === 0 })),
  );
  const rows = derived.map(({ line, at, part, isFirst }, position): SheetCell[] => {
    const { derivation } = line;
    const here = position + 2;
    const base = part.trancheCents === null ? `D${here}*E${here}/100` : `F${here}`;
    const exact =
      Number(part.trancheCents ?? ((derivation?.poolCents ?? 0) * Number(part.percent)) / 100) / 100;
    const share = (exact * Number(part.weight)) / Number(part.weightTotal);
    return [
      number(at + 1),
      text(line.service.title),
      text(part.label),
      cents(derivation?.poolCents, pools.get(line.service.code)),
      number(part.percent),
      cents(part.trancheCents),
      text(writer.key(part.key.type)),
      part.key.asOf === undefined ? undefined : { type: 'day', day: part.key.asOf },
      text(part.key.basis),
      text(part.key.source),
      number(part.weight),
      number(part.weightTotal),
      { type: 'number', text: String(share), formula: `${base}*K${here}/L${here}` },
      text(isFirst ? derivation?.exactCents : undefined),
      isFirst && derivation !== undefined ? number(derivation.roundingCents) : undefined,
      isFirst && derivation !== undefined ? cents(shareCents(derivation)) : undefined,
      text(instalmentText(line, writer)),
    ];
  });
  return {
    name: writer.say('sheet.derivation'),
    widths: [9, 36, 24, 18, 12, 18, 18, 12, 24, 24, 14, 14, 16, 26, 10, 16, 12],
    rows: [
      headers(
        writer,
        DERIVATION.map((key) => (key === 'pool' ? poolWord(lines, key) : key)),
      ),
      ...rows,
    ],
  };
}

const PRECEDING = ['number', 'kind', 'issued', 'gross', 'prepaid', 'prepaid-vat'] as const;

function precedingSheet({ preceding }: StatementDocument, writer: Writer): Worksheet {
  const rows = preceding.map((before): SheetCell[] => [
    text(before.number),
    text(writer.say(`kind.${before.kind}`)),
    { type: 'day', day: before.issuedOn },
    cents(before.grossCents),
    cents(before.prepaidCents),
    cents(before.prepaidVatCents),
  ]);
  const name = writer.say('sheet.preceding');
  return { name, widths: [20, 24, 12, 16, 16, 16], rows: [headers(writer, PRECEDING), ...rows] };
}
