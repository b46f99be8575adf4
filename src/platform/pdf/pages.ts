import { COLOURS, CONTENT_WIDTH, PAGE, type Sheet, STYLES, type TextStyle } from './sheet.ts';

const FOOT: TextStyle = { size: 7, weight: 'regular', colour: COLOURS.quiet };
const FOOT_TOP = PAGE.height - PAGE.bottom + 22;

/** What stands around the content of each page. */
export interface PageFrame {
  /** Who writes; from the second page on. */
  readonly sender: string;
  /** What the document is; from the second page on. */
  readonly title: string;
  /** Columns of the foot, each with its lines. */
  readonly foot: readonly (readonly string[])[];
  pageText(page: number, pages: number): string;
}

/** Head and foot of all pages, once it is known how many there are. Screen readers pass them over: page 1 says it all. */
export function drawPageFrames(sheet: Sheet, frame: PageFrame): void {
  const { start, count } = sheet.pdf.bufferedPageRange();
  for (let page = start; page < start + count; page++) {
    sheet.pdf.switchToPage(page);
    // Below its margin a page would break once more.
    sheet.pdf.page.margins.bottom = 0;
    sheet.decorate(() => {
      if (page > start) drawRunningHead(sheet, frame);
      drawFoot(sheet, frame);
      const text = frame.pageText(page - start + 1, count);
      const box = { x: PAGE.left, y: PAGE.height - 24, width: CONTENT_WIDTH };
      sheet.write(text, { ...FOOT, size: 8, align: 'right' }, box);
    }, true);
  }
}

function drawRunningHead(sheet: Sheet, { sender, title }: PageFrame): void {
  const half = CONTENT_WIDTH / 2;
  const right = { ...STYLES.small, align: 'right' } as const;
  sheet.pdf.rect(0, 0, PAGE.width, 7).fill(COLOURS.accent);
  sheet.write(sender, STYLES.small, { x: PAGE.left, y: 28, width: half });
  sheet.write(title, right, { x: PAGE.left + half, y: 28, width: half });
  drawRule(sheet, 46);
}

function drawFoot(sheet: Sheet, { foot }: PageFrame): void {
  drawRule(sheet, FOOT_TOP - 6);
  const width = CONTENT_WIDTH / foot.length;
  for (const [at, lines] of foot.entries()) {
    sheet.write(lines.join('\n'), FOOT, { x: PAGE.left + at * width, y: FOOT_TOP, width: width - 10 });
  }
}

function drawRule(sheet: Sheet, y: number): void {
  sheet.pdf
    .moveTo(PAGE.left, y)
    .lineTo(PAGE.left + CONTENT_WIDTH, y)
    .lineWidth(0.5)
    .stroke(COLOURS.line);
}
