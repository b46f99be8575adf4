import { dateOf } from '../../../../platform/clock.ts';
import { metadataOf, PDF_UA } from '../../../../platform/pdf/metadata.ts';
import { drawPageFrames } from '../../../../platform/pdf/pages.ts';
import { bytesOf, createSheet, type Sheet } from '../../../../platform/pdf/sheet.ts';
import type { StatementDocument } from '../document.types.ts';
import { renderFacturX } from '../einvoice/cii.ts';
import { type Locale, titleOf, type Writer, writerFor } from '../format.ts';
import { drawAmounts } from './amounts.ts';
import { drawDeductions } from './deductions.ts';
import { drawDerivations } from './derivations.ts';
import { FACTUR_X, FACTUR_X_FILE } from './factur-x.ts';
import { drawLetter } from './letter.ts';
import { frameOf } from './pages.ts';
import { drawShares } from './shares.ts';

/** The document on paper: PDF/A-3a and PDF/UA-1. The same document has the same bytes. */
export async function renderPdf(document: StatementDocument, locale: Locale = 'de'): Promise<Buffer> {
  const sheet = await draw(document, writerFor(locale));
  sheet.pdf.appendXML(metadataOf([PDF_UA]));
  return bytesOf(sheet);
}

/** ZUGFeRD 2 / Factur-X 1, profile EN 16931: the German paper with the invoice as XML inside. */
export async function renderZugferd(document: StatementDocument): Promise<Buffer> {
  const writer = writerFor('de');
  const sheet = await draw(document, writer);
  const attachment = {
    name: FACTUR_X_FILE,
    type: 'text/xml',
    description: writer.say('attachment'),
    relationship: 'Alternative',
    creationDate: dateOf(document.issuedOn),
    modifiedDate: dateOf(document.issuedOn),
  };
  sheet.pdf.file(Buffer.from(renderFacturX(document), 'utf8'), attachment);
  sheet.pdf.appendXML(metadataOf([PDF_UA, FACTUR_X]));
  return bytesOf(sheet);
}

async function draw(document: StatementDocument, writer: Writer): Promise<Sheet> {
  const title = `${titleOf(document, writer)} ${document.number}`;
  const sheet = await createSheet({
    title,
    locale: writer.locale,
    issuedOn: document.issuedOn,
    creator: 'Verbund',
  });
  drawLetter(sheet, document, writer);
  drawAmounts(sheet, document, writer);
  drawDeductions(sheet, document, writer);
  drawShares(sheet, document, writer);
  drawDerivations(sheet, document, writer);
  drawPageFrames(sheet, frameOf(title, document.seller, writer));
  return sheet;
}
