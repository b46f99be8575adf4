import type { StatementDocument } from '../document.types.ts';
import { titleOf, type Writer } from '../format.ts';
import { ibanInGroups } from './letter.ts';
import { COLOURS, CONTENT_WIDTH, PAGE, type Sheet, STYLES, type TextStyle } from './sheet.ts';

const FOOT: TextStyle = { size: 7, weight: 'regular', colour: COLOURS.quiet };
const FOOT_TOP = PAGE.height - PAGE.bottom + 22;

/** Head and foot of all pages, once it is known how many there are. Screen readers pass them over: page 1 says it all. */
export function drawPageFrames(sheet: Sheet, document: StatementDocument, writer: Writer): void {
  const { start, count } = sheet.pdf.bufferedPageRange();
  for (let page = start; page < start + count; page++) {
    sheet.pdf.switchToPage(page);
    // Below its margin a page would break once more.
    sheet.pdf.page.margins.bottom = 0;
    sheet.decorate(() => {
      if (page > start) drawRunningHead(sheet, document, writer);
      drawFoot(sheet, document, writer);
      const text = writer.say('footer.page', { page: String(page - start + 1), pages: String(count) });
      const box = { x: PAGE.left, y: PAGE.height - 24, width: CONTENT_WIDTH };
      sheet.write(text, { ...FOOT, size: 8, align: 'right' }, box);
    }, true);
  }
}

function drawRunningHead(sheet: Sheet, document: StatementDocument, writer: Writer): void {
  const half = CONTENT_WIDTH / 2;
  const title = `${titleOf(document, writer)} ${document.number}`;
  const right = { ...STYLES.small, align: 'right' } as const;
  sheet.pdf.rect(0, 0, PAGE.width, 7).fill(COLOURS.accent);
  sheet.write(document.seller.centreName, STYLES.small, { x: PAGE.left, y: 28, width: half });
  sheet.write(title, right, { x: PAGE.left + half, y: 28, width: half });
  sheet.pdf
    .moveTo(PAGE.left, 46)
    .lineTo(PAGE.left + CONTENT_WIDTH, 46)
    .lineWidth(0.5)
    .stroke(COLOURS.line);
}

/** Who it is, and where to pay. */
export function drawFoot(sheet: Sheet, { seller }: Pick<StatementDocument, 'seller'>, writer: Writer): void {
  const { address, contact, bank, taxNumber, vatId } = seller;
  const columns = [
    [seller.name, address.street, `${address.postCode} ${address.city}`],
    [
      contact.email,
      contact.phone,
      ...(vatId === undefined ? [] : [writer.say('footer.vat-id', { number: vatId })]),
      ...(taxNumber === undefined ? [] : [writer.say('footer.tax-number', { number: taxNumber })]),
    ],
    [
      writer.say('footer.bank'),
      bank.holder,
      `IBAN ${ibanInGroups(bank.iban)}`,
      ...(bank.bic === undefined ? [] : [`BIC ${bank.bic}`]),
    ],
  ];
  sheet.pdf
    .moveTo(PAGE.left, FOOT_TOP - 6)
    .lineTo(PAGE.left + CONTENT_WIDTH, FOOT_TOP - 6)
    .lineWidth(0.5)
    .stroke(COLOURS.line);
  const width = CONTENT_WIDTH / columns.length;
  for (const [at, lines] of columns.entries()) {
    sheet.write(lines.join('\n'), FOOT, { x: PAGE.left + at * width, y: FOOT_TOP, width: width - 10 });
  }
}
