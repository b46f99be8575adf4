import { type Day, dateOf } from '../clock.ts';
import type { MoneyLocale } from '../money/index.ts';
import { fontFile, type Weight } from './fonts.ts';

/** DIN A4 in points, with the margins of a DIN 5008 letter. */
export const PAGE = {
  width: 595.28,
  height: 841.89,
  left: 70.87,
  right: 56.69,
  top: 62,
  bottom: 92,
} as const;
export const CONTENT_WIDTH = PAGE.width - PAGE.left - PAGE.right;
export const COLOURS = {
  text: '#1c2430',
  quiet: '#51606f',
  accent: '#12466b',
  line: '#c3ced8',
  shade: '#eef3f7',
} as const;

/** How a run of text looks. */
export interface TextStyle {
  readonly size: number;
  readonly weight: Weight;
  readonly colour: string;
  readonly align?: 'left' | 'right';
}
export const STYLES = {
  title: { size: 17, weight: 'semibold', colour: COLOURS.accent },
  heading: { size: 12, weight: 'semibold', colour: COLOURS.accent },
  body: { size: 9.5, weight: 'regular', colour: COLOURS.text },
  strong: { size: 9.5, weight: 'semibold', colour: COLOURS.text },
  small: { size: 8, weight: 'regular', colour: COLOURS.quiet },
} as const satisfies Record<string, TextStyle>;

type Pdf = PDFKit.PDFDocument;
export type Structure = PDFKit.PDFStructureElement;
interface ElementOptions {
  readonly alt?: string;
  readonly scope?: 'Column' | 'Row';
  readonly bbox?: readonly [number, number, number, number];
}

export interface Sheet {
  readonly pdf: Pdf;
  /** Where the next block starts. */
  y: number;
  /** Starts a new page when fewer than `height` points are left; says whether it did. */
  ensure(height: number): boolean;
  /** Opens an element of the structure tree, in the document or in another element. */
  open(type: string, parent?: Structure, options?: ElementOptions): Structure;
  /** Adds an element whose content `draw` puts on the page. */
  put(type: string, draw: () => void, parent?: Structure, options?: ElementOptions): void;
  /** Draws what is no content: lines, shades, page numbers. */
  decorate(draw: () => void, isPagination?: boolean): void;
  heightOf(text: string, style: TextStyle, width: number): number;
  write(text: string, style: TextStyle, box: { x: number; y: number; width: number }): void;
}

export interface SheetOptions {
  readonly title: string;
  readonly locale: MoneyLocale;
  readonly issuedOn: Day;
  readonly creator: string;
}

const LINE_GAP = 1.5;

async function openPdf({ title, locale, issuedOn, creator }: SheetOptions): Promise<Pdf> {
  // Loaded when it is needed: it costs a start of the API a fifth of a second and 24 MB.
  const { default: PDFDocument } = await import('pdfkit');
  const pdf = new PDFDocument({
    size: 'A4',
    margins: { top: PAGE.top, bottom: PAGE.bottom, left: PAGE.left, right: PAGE.right },
    pdfVersion: '1.7',
    subset: 'PDF/A-3a',
    tagged: true,
    lang: locale === 'de' ? 'de-DE' : 'en-GB',
    displayTitle: true,
    bufferPages: true,
    info: { Title: title, Creator: creator, Producer: creator, CreationDate: dateOf(issuedOn) },
  });
  for (const weight of ['regular', 'semibold'] as const) pdf.registerFont(weight, fontFile(weight));
  return pdf;
}

/** An empty tagged PDF/A-3a whose dates and ids follow from its content, so that the same content has the same bytes. */
export async function createSheet(options: SheetOptions): Promise<Sheet> {
  return sheetOn(await openPdf(options));
}

function sheetOn(pdf: Pdf): Sheet {
  const root = pdf.struct('Document');
  pdf.addStructure(root);
  const use = ({ size, weight, colour }: TextStyle) => pdf.font(weight).fontSize(size).fillColor(colour);

  return {
    pdf,
    y: PAGE.top,
    ensure(height) {
      if (this.y + height <= PAGE.height - PAGE.bottom) return false;
      pdf.addPage();
      this.y = PAGE.top;
      return true;
    },
    open(type, parent = root, options = {}) {
      const element = pdf.struct(type, options);
      parent.add(element);
      return element;
    },
    put(type, draw, parent = root, options = {}) {
      parent.add(pdf.struct(type, options, [draw]));
    },
    decorate(draw, isPagination = false) {
      pdf.markContent('Artifact', { type: isPagination ? 'Pagination' : 'Layout' });
      draw();
      pdf.endMarkedContent();
    },
    heightOf(text, style, width) {
      return use(style).heightOfString(text, { width, lineGap: LINE_GAP });
    },
    write(text, style, { x, y, width }) {
      use(style).text(text, x, y, { width, align: style.align ?? 'left', lineGap: LINE_GAP });
    },
  };
}

/** Space above, then the heading, kept together with `following` points of what comes after it. */
export function heading(sheet: Sheet, text: string, following: number): void {
  const height = sheet.heightOf(text, STYLES.heading, CONTENT_WIDTH);
  sheet.y += 16;
  sheet.ensure(height + 6 + following);
  const box = { x: PAGE.left, y: sheet.y, width: CONTENT_WIDTH };
  sheet.put('H2', () => sheet.write(text, STYLES.heading, box));
  sheet.y += height + 6;
}

export function paragraph(sheet: Sheet, text: string, style: TextStyle = STYLES.body): void {
  const height = sheet.heightOf(text, style, CONTENT_WIDTH);
  sheet.ensure(height);
  const box = { x: PAGE.left, y: sheet.y, width: CONTENT_WIDTH };
  sheet.put('P', () => sheet.write(text, style, box));
  sheet.y += height + 5;
}

/** Closes the document and hands out its bytes. */
export async function bytesOf({ pdf }: Sheet): Promise<Buffer> {
  const chunks: Buffer[] = [];
  pdf.end();
  for await (const chunk of pdf) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
