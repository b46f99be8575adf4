import { CONTENT_WIDTH, heading, paragraph, type Sheet, STYLES } from '../../../../platform/pdf/sheet.ts';
import { drawTable, type Row } from '../../../../platform/pdf/table.ts';
import type { StatementDocument } from '../document.types.ts';
import { deductionRow, type Writer } from '../format.ts';
import { type NettedService, nettedServices } from '../netting.rules.ts';

const AMOUNT_WIDTH = 96;

/** What each service cost, what is set off, and what is left to be shared out. Nothing where nothing is set off. */
export function drawDeductions(sheet: Sheet, { lines }: StatementDocument, writer: Writer): void {
  const services = nettedServices(lines);
  if (services.length === 0) return;
  heading(sheet, writer.say('heading.deductions'), 90);
  const isRepaid = services.some(({ deductions }) => deductions.some(({ amountCents }) => amountCents < 0));
  paragraph(sheet, writer.say(isRepaid ? 'deduction.intro-repaid' : 'deduction.intro'), STYLES.small);
  drawTable(sheet, {
    columns: [
      { header: writer.say('column.service'), width: CONTENT_WIDTH - AMOUNT_WIDTH },
      { header: writer.say('column.amount'), width: AMOUNT_WIDTH, align: 'right' },
    ],
    rowHeader: 0,
    rows: services.flatMap((service) => rowsOf(service, writer)),
    keptTogether: 1 + (services.at(-1)?.deductions.length ?? 0),
  });
}

function rowsOf({ title, costCents, deductions, poolCents }: NettedService, writer: Writer): Row[] {
  return [
    { cells: [{ text: writer.say('deduction.cost', { title }) }, { text: writer.euros(costCents) }] },
    ...deductions.map((deduction): Row => {
      const { text, cents } = deductionRow(deduction, writer);
      return { cells: [{ text }, { text: writer.euros(cents) }] };
    }),
    {
      isSum: true,
      cells: [{ text: writer.say('deduction.pool', { title }) }, { text: writer.euros(poolCents) }],
    },
  ];
}
