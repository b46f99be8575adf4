import { COLOURS, CONTENT_WIDTH, PAGE, type Sheet, STYLES, type TextStyle } from './sheet.ts';

/** The band at the top of the first page, and below it who writes. */
export function drawLetterhead(sheet: Sheet, sender: string, operator: string): void {
  const width = CONTENT_WIDTH;
  sheet.decorate(() => {
    sheet.pdf.rect(0, 0, PAGE.width, 7).fill(COLOURS.accent);
  });
  const name: TextStyle = { size: 15, weight: 'semibold', colour: COLOURS.accent };
  const head = sheet.open('Sect');
  sheet.put('P', () => sheet.write(sender, name, { x: PAGE.left, y: 34, width }), head);
  const below = 34 + sheet.heightOf(sender, name, width);
  sheet.put('P', () => sheet.write(operator, STYLES.small, { x: PAGE.left, y: below, width }), head);
  head.end();
}

/** The one heading of the first order. */
export function drawTitle(sheet: Sheet, text: string): void {
  const box = { x: PAGE.left, y: sheet.y, width: CONTENT_WIDTH };
  sheet.put('H1', () => sheet.write(text, STYLES.title, box));
  sheet.y += sheet.heightOf(text, STYLES.title, CONTENT_WIDTH) + 8;
}

export interface SummaryColumn {
  /** Of the width of the content. */
  readonly share: number;
  readonly label: string;
  readonly text: string;
  readonly style: TextStyle;
}

/** How the one figure looks that everybody looks for. */
export const SUMMARY_AMOUNT: TextStyle = { size: 15, weight: 'semibold', colour: COLOURS.accent };

/** What readers look for first, side by side on a shade. */
export function drawSummary(sheet: Sheet, columns: readonly SummaryColumn[]): void {
  const inner = (share: number) => share * CONTENT_WIDTH - 16;
  const heights = columns.map(({ text, style, share }) => sheet.heightOf(text, style, inner(share)));
  const labels = columns.map(({ label, share }) => sheet.heightOf(label, STYLES.small, inner(share)));
  // A label of two lines would else run into what it names.
  const below = Math.max(...labels) - sheet.heightOf('X', STYLES.small, CONTENT_WIDTH);
  const height = 30 + below + Math.max(...heights);
  sheet.y += 4;
  sheet.ensure(height);
  const top = sheet.y;
  sheet.decorate(() => {
    sheet.pdf.rect(PAGE.left, top, CONTENT_WIDTH, height).fill(COLOURS.shade);
    sheet.pdf.rect(PAGE.left, top, 3, height).fill(COLOURS.accent);
  });
  let x = PAGE.left + 12;
  for (const { share, label, text, style } of columns) {
    const [left, width] = [x, inner(share)];
    sheet.put('P', () => sheet.write(label, STYLES.small, { x: left, y: top + 9, width }));
    sheet.put('P', () => sheet.write(text, style, { x: left, y: top + 22 + below, width }));
    x += share * CONTENT_WIDTH;
  }
  sheet.y += height + 6;
}
