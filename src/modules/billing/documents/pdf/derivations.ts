import { CONTENT_WIDTH, heading, paragraph, type Sheet, STYLES } from '../../../../platform/pdf/sheet.ts';
import { type Cell, drawTable, type Row } from '../../../../platform/pdf/table.ts';
import { percentOfTotal } from '../amounts.rules.ts';
import type { Derivation, DerivationPart, StatementDocument } from '../document.types.ts';
import { shareCents, type Writer } from '../format.ts';
import { poolWord } from '../netting.rules.ts';

/** How each amount came about, so that anybody can compute it again. */
export function drawDerivations(sheet: Sheet, document: StatementDocument, writer: Writer): void {
  const rows = document.lines.flatMap(({ derivation, service, netCents }, at) =>
    derivation === undefined ? [] : [rowOf(derivation, { at, title: service.title, netCents }, writer)],
  );
  if (rows.length === 0) return;
  heading(sheet, writer.say('heading.derivation'), 90);
  paragraph(sheet, writer.say(poolWord(document.lines, 'derivation.intro')), STYLES.small);
  const header = (key: string) => writer.say(`column.${key}`);
  const widths = { position: 30, exact: 108, rounding: 46, amount: 72 };
  const rest = CONTENT_WIDTH - Object.values(widths).reduce((sum, width) => sum + width, 0);
  drawTable(sheet, {
    columns: [
      { header: header('position'), width: widths.position },
      { header: header('derivation'), width: rest },
      { header: header('exact'), width: widths.exact, align: 'right' },
      { header: header('rounding'), width: widths.rounding, align: 'right' },
      { header: header('amount'), width: widths.amount, align: 'right' },
    ],
    rowHeader: 1,
    rows,
  });
}

interface LineFacts {
  readonly at: number;
  readonly title: string;
  readonly netCents: number;
}

function rowOf(derivation: Derivation, { at, title, netCents }: LineFacts, writer: Writer): Row {
  const { parts, exactCents, roundingCents, poolCents } = derivation;
  const rounding = { '-1': 'down', 0: 'none', 1: 'up' } as const;
  const fraction = exactCents.endsWith('/1') ? [] : [fractionOf(exactCents, writer)];
  return {
    cells: [
      { text: String(at + 1) },
      {
        text: title,
        isStrong: true,
        more: [
          ...parts.flatMap((part) => partLines(part, poolCents, writer)),
          ...instalmentLine(derivation, writer),
        ],
      },
      { text: writer.exactEuros(exactCents), more: fraction },
      { text: writer.say(`derivation.rounding-${rounding[roundingCents]}`) },
      amountCell(derivation, netCents, writer),
    ],
  };
}

/** The amount of the line; of an instalment the share it belongs to stands in the derivation. */
function amountCell(derivation: Derivation, netCents: number, writer: Writer): Cell {
  return { text: writer.euros(derivation.instalment === undefined ? shareCents(derivation) : netCents) };
}

/** A fraction so long that nobody would read it stays in the calculation file and in the spreadsheet. */
const LONGEST_FRACTION = 36;

function fractionOf(exactCents: string, writer: Writer): string {
  const shown =
    exactCents.length <= LONGEST_FRACTION ? exactCents : `${exactCents.slice(0, LONGEST_FRACTION)}…`;
  return writer.say('derivation.fraction', { fraction: shown });
}

function partLines(part: DerivationPart, poolCents: number, writer: Writer): string[] {
  const { label, percent, trancheCents, key, weight, weightTotal } = part;
  const values = { pool: writer.euros(poolCents), percent: writer.decimal(percent) };
  const tranche =
    trancheCents === null
      ? writer.say('derivation.tranche-exact', values)
      : writer.say('derivation.tranche', { ...values, tranche: writer.euros(trancheCents) });
  const share = writer.say('derivation.weight', {
    weight: writer.decimal(weight),
    total: writer.decimal(weightTotal),
    share: writer.decimal(percentOfTotal(weight, weightTotal)),
  });
  const origin = [
    writer.say('derivation.key', { key: writer.key(key.type) }),
    key.asOf === undefined ? '' : writer.say('derivation.as-of', { day: writer.day(key.asOf) }),
    key.basis === undefined ? '' : writer.say('derivation.basis', { basis: key.basis }),
    key.source === undefined ? '' : writer.say('derivation.source', { source: key.source }),
  ];
  return [`${label}: ${tranche}`, share, origin.filter((text) => text !== '').join(', ')];
}

function instalmentLine(derivation: Derivation, writer: Writer): string[] {
  if (derivation.instalment === undefined) return [];
  const { number, count } = derivation.instalment;
  return [
    writer.say('derivation.instalment', {
      share: writer.euros(shareCents(derivation)),
      number: String(number),
      count: String(count),
    }),
  ];
}
