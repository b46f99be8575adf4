import type { SheetCell, Worksheet } from '../../../../platform/xlsx-writer.ts';
import type { StatementDocument } from '../document.types.ts';
import { deductionRow, type Writer } from '../format.ts';
import { type NettedService, nettedServices } from '../netting.rules.ts';
import { cents, headers, strong, text } from './cells.ts';

const COLUMNS = ['service-code', 'service', 'item', 'item-amount'] as const;

/** What each service cost, what is set off, and what is left, which is the sum of the rows above it. */
export function deductionSheet({ lines }: StatementDocument, writer: Writer): Worksheet[] {
  const services = nettedServices(lines);
  if (services.length === 0) return [];
  const places = placesOf(services);
  const rows = services.flatMap((service) => {
    const last = places.get(service.code) as number;
    return rowsOf(service, last - service.deductions.length - 1, writer);
  });
  return [{ name: sheetName(writer), widths: [16, 40, 44, 18], rows: [headers(writer, COLUMNS), ...rows] }];
}

/** By service the cell that says what is left to be shared out; none where nothing is set off. */
export function poolCells(document: StatementDocument, writer: Writer): ReadonlyMap<string, string> {
  const places = placesOf(nettedServices(document.lines));
  return new Map([...places].map(([code, row]) => [code, `'${sheetName(writer)}'!D${row}`]));
}

const sheetName = (writer: Writer): string => writer.say('sheet.deductions');

/** By service the number of the row of what is left. */
function placesOf(services: readonly NettedService[]): ReadonlyMap<string, number> {
  let row = 1;
  return new Map(
    services.map(({ code, deductions }) => {
      row += deductions.length + 2;
      return [code, row];
    }),
  );
}

function rowsOf(
  { code, title, costCents, deductions, poolCents }: NettedService,
  first: number,
  writer: Writer,
): SheetCell[][] {
  const row = (item: SheetCell, amount: SheetCell): SheetCell[] => [text(code), text(title), item, amount];
  return [
    row(text(writer.say('table.cost')), cents(costCents)),
    ...deductions.map((one) => {
      const step = deductionRow(one, writer);
      return row(text(step.text), cents(step.cents));
    }),
    row(strong(writer.say('table.pool-net')), {
      type: 'cents',
      cents: poolCents,
      formula: `SUM(D${first}:D${first + deductions.length})`,
      isStrong: true,
    }),
  ];
}
