import {
  drawLetterhead,
  drawSummary,
  drawTitle,
  SUMMARY_AMOUNT,
  type SummaryColumn,
} from '../../../../platform/pdf/blocks.ts';
import {
  COLOURS,
  PAGE,
  paragraph,
  type Sheet,
  STYLES,
  type TextStyle,
} from '../../../../platform/pdf/sheet.ts';
import type { StatementDocument } from '../document.types.ts';
import { isRefund, titleOf, type Writer } from '../format.ts';

const MILLIMETRE = 72 / 25.4;
/** DIN 5008, form B: the window of the envelope, and the block of facts beside it. */
const WINDOW = { x: 25 * MILLIMETRE, y: 45 * MILLIMETRE, width: 80 * MILLIMETRE } as const;
const FACTS = { x: 118 * MILLIMETRE, y: 45 * MILLIMETRE, label: 62 } as const;
/** Where the text of a letter begins. */
export const BODY_TOP = 98 * MILLIMETRE;

/** The upper half of the first page: who writes to whom, about what, and what it comes to. */
export function drawLetter(sheet: Sheet, document: StatementDocument, writer: Writer): void {
  drawLetterhead(sheet, document.seller.centreName, document.seller.name);
  drawAddress(sheet, document);
  const factsEnd = drawFacts(sheet, document, writer);
  sheet.y = Math.max(BODY_TOP, factsEnd + 14);
  drawTitle(sheet, `${titleOf(document, writer)} ${document.number}`);
  paragraph(sheet, writer.say('salutation'));
  paragraph(sheet, intro(document, writer));
  drawSummary(sheet, summaryOf(document, writer));
}

/** To whom, where the window of the envelope is. */
export function drawAddress(
  sheet: Sheet,
  { seller, buyer }: Pick<StatementDocument, 'seller' | 'buyer'>,
): void {
  const { x, width } = WINDOW;
  const back = [
    seller.centreName,
    seller.address.street,
    `${seller.address.postCode} ${seller.address.city}`,
  ];
  const line: TextStyle = { size: 6.5, weight: 'regular', colour: COLOURS.quiet };
  const returnLine = back.join(' · ');
  const height = sheet.heightOf(returnLine, line, width);
  const y = WINDOW.y + 24 - height;
  sheet.put('P', () => sheet.write(returnLine, line, { x, y, width }));
  const { street, postCode, city, country } = buyer.address;
  const rows = [
    buyer.name,
    buyer.department,
    street,
    `${postCode} ${city}`,
    country === 'DE' ? undefined : country,
  ];
  const address = rows.filter((row) => row !== undefined).join('\n');
  sheet.put('P', () => sheet.write(address, { ...STYLES.body, size: 10 }, { x, y: WINDOW.y + 34, width }));
}

/** Number, days and people, as a list of two columns; returns its lower end. */
function drawFacts(sheet: Sheet, document: StatementDocument, writer: Writer): number {
  const { contact } = document.seller;
  const facts: [string, string][] = [
    ['number', document.number],
    ['issued', writer.day(document.issuedOn)],
    ['due', writer.day(document.dueOn)],
    ['period', writer.period(document.period)],
    ['agreement', document.agreementReference],
    ['leitweg-id', document.buyer.leitwegId],
    ['contact', contact.name],
    ['phone', contact.phone],
    ['email', contact.email],
  ];
  const left = FACTS.x + FACTS.label;
  const width = PAGE.width - PAGE.right - left;
  const label: TextStyle = { ...STYLES.small, size: 8 };
  const value: TextStyle = { ...STYLES.body, size: 8.5 };
  const list = sheet.open('L');
  let y: number = FACTS.y;
  for (const [key, text] of facts) {
    const at = y;
    const item = sheet.open('LI', list);
    const name = writer.say(`fact.${key}`);
    sheet.put('Lbl', () => sheet.write(name, label, { x: FACTS.x, y: at + 0.6, width: FACTS.label }), item);
    sheet.put('LBody', () => sheet.write(text, value, { x: left, y: at, width }), item);
    y += Math.max(sheet.heightOf(text, value, width), 12) + 1.5;
  }
  list.end();
  return y;
}

function intro(document: StatementDocument, writer: Writer): string {
  const { kind, preceding } = document;
  const key = kind === 380 && preceding.length > 0 ? 'intro.380-final' : `intro.${kind}`;
  const [before] = preceding;
  const named = before === undefined ? '' : `${before.number} (${writer.day(before.issuedOn)})`;
  return writer.say(key, {
    period: writer.period(document.period),
    ...(key === 'intro.384' || key === 'intro.381' ? { preceding: named } : {}),
  });
}

/** What becomes of the amount: the member pays it, gets it, or owes that much less. */
function purposeOf(document: StatementDocument): keyof typeof SUMMARY_LABELS {
  if (document.kind === 381) return 'credit';
  return isRefund(document) ? 'refund' : 'pay';
}

const SUMMARY_LABELS = {
  pay: ['summary.pay', 'summary.due'],
  refund: ['summary.refund', 'summary.until'],
  credit: ['summary.credit', 'summary.settled-by'],
} as const;

/** What a treasurer looks for: amount, day, account. */
function summaryOf(document: StatementDocument, writer: Writer): SummaryColumn[] {
  const { totals, dueOn, number, seller } = document;
  const refund = isRefund(document);
  const [amount, due] = SUMMARY_LABELS[purposeOf(document)];
  const { holder, iban, bic = '' } = seller.bank;
  const account = [holder, ibanInGroups(iban), bic].join('\n').trimEnd();
  const columns: SummaryColumn[] = [
    {
      share: 0.26,
      label: writer.say(amount),
      text: writer.euros(Math.abs(totals.payableCents)),
      style: SUMMARY_AMOUNT,
    },
    { share: 0.16, label: writer.say(due), text: writer.day(dueOn), style: STYLES.strong },
    { share: 0.265, label: writer.say('summary.reference'), text: number, style: STYLES.strong },
  ];
  if (refund) return columns;
  return [
    ...columns,
    {
      share: 0.315,
      label: writer.say('summary.account'),
      text: account,
      style: { ...STYLES.body, size: 8.5 },
    },
  ];
}

/** `DE02 1203 0000 0000 2020 51` */
export function ibanInGroups(iban: string): string {
  return iban.replace(/(.{4})(?=.)/g, '$1\u00a0');
}
