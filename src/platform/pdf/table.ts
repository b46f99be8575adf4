import { COLOURS, CONTENT_WIDTH, PAGE, type Sheet, STYLES, type Structure, type TextStyle } from './sheet.ts';

export interface Column {
  readonly header: string;
  readonly width: number;
  readonly align?: 'left' | 'right';
}

export interface Cell {
  readonly text: string;
  /** Smaller lines below the first. */
  readonly more?: readonly string[];
  readonly isStrong?: boolean;
}

export interface Row {
  readonly cells: readonly Cell[];
  /** Sums are set off by a line and strong letters. */
  readonly isSum?: boolean;
}

export interface TableOptions {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Column that names its row. */
  readonly rowHeader: number;
  readonly width?: number;
  /** So many rows at the end stay on one page, with the row before them: sums are no good alone. */
  readonly keptTogether?: number;
}

/** Where a row was drawn, for what stands beside it. */
export interface RowPlace {
  readonly y: number;
  readonly height: number;
}

const PADDING = { x: 4, y: 3.5 };
const HEADER: TextStyle = { size: 8, weight: 'semibold', colour: COLOURS.accent };

/** Draws a table over as many pages as it needs; a row stays on one page, the header is repeated. */
export function drawTable(sheet: Sheet, options: TableOptions): RowPlace[] {
  const { columns, rows } = options;
  const table = sheet.open('Table');
  const headerHeight = heightOfHeader(sheet, columns);
  sheet.ensure(headerHeight + (rows[0] === undefined ? 0 : heightOfRow(sheet, columns, rows[0])));
  drawHeader(sheet, options, headerHeight, sheet.open('TR', sheet.open('THead', table)));
  const body = sheet.open('TBody', table);
  const heights = rows.map((row) => heightOfRow(sheet, columns, row));
  const firstKept = rows.length - 1 - (options.keptTogether ?? 0);
  const places = rows.map((row, at) => {
    const height = heights[at] ?? 0;
    const needed = at === firstKept ? heights.slice(at).reduce((sum, next) => sum + next, 0) : height;
    if (sheet.ensure(needed)) drawHeader(sheet, options, headerHeight);
    drawRow(sheet, options, row, height, sheet.open('TR', body));
    const place = { y: sheet.y, height };
    sheet.y += height;
    return place;
  });
  table.end();
  return places;
}

/** Widths and text styles of the lines in a cell. */
function linesOf({ text, more = [], isStrong = false }: Cell, { align = 'left' }: Column, isSum: boolean) {
  const first: TextStyle = { ...(isStrong || isSum ? STYLES.strong : STYLES.body), size: 8.75, align };
  const second: TextStyle = { ...STYLES.small, size: 7.75, align };
  return [{ text, style: first }, ...more.map((line) => ({ text: line, style: second }))];
}

function heightOfRow(sheet: Sheet, columns: readonly Column[], { cells, isSum = false }: Row): number {
  const heights = cells.map((cell, at) => {
    const column = columns[at];
    if (column === undefined) return 0;
    return linesOf(cell, column, isSum).reduce(
      (sum, { text, style }) => sum + sheet.heightOf(text, style, column.width - 2 * PADDING.x),
      0,
    );
  });
  return Math.max(...heights) + 2 * PADDING.y;
}

function heightOfHeader(sheet: Sheet, columns: readonly Column[]): number {
  const heights = columns.map(({ header, width }) => sheet.heightOf(header, HEADER, width - 2 * PADDING.x));
  return Math.max(...heights) + 2 * PADDING.y;
}

/** With a row of the structure as header cells, without as a repetition that is read only once. */
function drawHeader(sheet: Sheet, options: TableOptions, height: number, row?: Structure): void {
  const { columns, width = CONTENT_WIDTH } = options;
  const top = sheet.y;
  sheet.decorate(() => {
    sheet.pdf.rect(PAGE.left, top, width, height).fill(COLOURS.shade);
  });
  let x = PAGE.left;
  for (const column of columns) {
    const style = { ...HEADER, align: column.align ?? 'left' };
    const box = { x: x + PADDING.x, y: top + PADDING.y, width: column.width - 2 * PADDING.x };
    const draw = () => sheet.write(column.header, style, box);
    if (row === undefined) sheet.decorate(draw, true);
    else sheet.put('TH', draw, row, { scope: 'Column' });
    x += column.width;
  }
  sheet.y += height;
}

function drawRow(sheet: Sheet, options: TableOptions, row: Row, height: number, parent: Structure): void {
  const { columns, rowHeader, width = CONTENT_WIDTH } = options;
  const { cells, isSum = false } = row;
  const top = sheet.y;
  sheet.decorate(() => {
    const [y, colour] = isSum ? [top, COLOURS.accent] : [top + height, COLOURS.line];
    sheet.pdf.moveTo(PAGE.left, y).lineTo(PAGE.left + width, y);
    sheet.pdf.lineWidth(isSum ? 0.9 : 0.5).stroke(colour);
  });
  let x = PAGE.left;
  for (const [at, column] of columns.entries()) {
    const left = x + PADDING.x;
    const lines = linesOf(cells[at] ?? { text: '' }, column, isSum);
    const draw = () => {
      let y = top + PADDING.y;
      for (const { text, style } of lines) {
        const box = { x: left, y, width: column.width - 2 * PADDING.x };
        sheet.write(text, style, box);
        y += sheet.heightOf(text, style, box.width);
      }
    };
    if (at === rowHeader) sheet.put('TH', draw, parent, { scope: 'Row' });
    else sheet.put('TD', draw, parent);
    x += column.width;
  }
}
