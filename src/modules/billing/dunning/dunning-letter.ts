import type { Day } from '../../../platform/clock.ts';
import { drawLetterhead, drawTitle } from '../../../platform/pdf/blocks.ts';
import { metadataOf, PDF_UA } from '../../../platform/pdf/metadata.ts';
import { drawPageFrames } from '../../../platform/pdf/pages.ts';
import {
  bytesOf,
  CONTENT_WIDTH,
  createSheet,
  paragraph,
  type Sheet,
  STYLES,
} from '../../../platform/pdf/sheet.ts';
import { drawTable } from '../../../platform/pdf/table.ts';
import { textIn } from '../../../platform/texts.ts';
import type { Buyer, Seller } from '../documents/document.types.ts';
import { writerFor } from '../documents/format.ts';
import { BODY_TOP, drawAddress, ibanInGroups } from '../documents/pdf/letter.ts';
import { frameOf } from '../documents/pdf/pages.ts';
import type { DunningLevel } from './dunning.rules.ts';
import type { NoticeItem } from './dunning-notices.repo.ts';

export interface DunningLetter {
  readonly number: string;
  readonly level: DunningLevel;
  readonly issuedOn: Day;
  readonly payUntil: Day;
  readonly seller: Seller;
  readonly buyer: Buyer;
  readonly items: readonly NoticeItem[];
  /** What of the items the centre has already. */
  readonly creditCents: number;
  readonly amountCents: number;
}

const writer = writerFor('de');
const say = (key: string, values: Readonly<Record<string, string>> = {}) =>
  textIn('de', `billing.dunning.${key}`, values);

/** A reminder between authorities: what is overdue, without fees or interest. PDF/A-3a and PDF/UA-1; the same letter has the same bytes. */
export async function renderDunningLetter(letter: DunningLetter): Promise<Buffer> {
  const title = `${say(`title.${letter.level}`)} ${letter.number}`;
  const sheet = await createSheet({ title, locale: 'de', issuedOn: letter.issuedOn, creator: 'Verbund' });
  drawLetterhead(sheet, letter.seller.centreName, letter.seller.name);
  drawAddress(sheet, letter);
  sheet.y = BODY_TOP;
  drawTitle(sheet, title);
  paragraph(sheet, say('dated', { day: writer.day(letter.issuedOn) }), STYLES.small);
  paragraph(sheet, writer.say('salutation'));
  paragraph(sheet, say(`intro.${letter.level}`));
  drawItems(sheet, letter);
  const { holder, iban } = letter.seller.bank;
  const values = {
    amount: writer.euros(letter.amountCents),
    day: writer.day(letter.payUntil),
    holder,
    iban: ibanInGroups(iban),
  };
  paragraph(sheet, say('pay', values));
  paragraph(sheet, say('crossed'));
  paragraph(sheet, say('closing'));
  paragraph(sheet, letter.seller.contact.name);
  drawPageFrames(sheet, frameOf(title, letter.seller, writer));
  sheet.pdf.appendXML(metadataOf([PDF_UA]));
  return bytesOf(sheet);
}

function drawItems(sheet: Sheet, { items, creditCents, amountCents }: DunningLetter): void {
  const width = CONTENT_WIDTH / 3;
  const columns = [
    { header: say('column.number'), width },
    { header: say('column.due'), width },
    { header: say('column.open'), width, align: 'right' as const },
  ];
  const rows = items.map(({ number, dueOn, openCents }) => ({
    cells: [{ text: number }, { text: writer.day(dueOn) }, { text: writer.euros(openCents) }],
  }));
  const credit = {
    cells: [{ text: say('credit') }, { text: '' }, { text: writer.euros(-creditCents) }],
  };
  const sum = {
    cells: [{ text: say('sum') }, { text: '' }, { text: writer.euros(amountCents) }],
    isSum: true,
  };
  sheet.y += 4;
  drawTable(sheet, {
    columns,
    rows: [...rows, ...(creditCents > 0 ? [credit] : []), sum],
    rowHeader: 0,
    keptTogether: 1,
  });
  sheet.y += 10;
}
