import { strToU8, zipSync } from 'fflate';
import type { Day } from './clock.ts';
import { group, leaf, writeXml, type XmlElement } from './xml.ts';

/** A cell; `cents` become euros with two decimals, numbers stay numbers. `formula` says how a program gets the value anew. */
export type SheetCell =
  | { readonly type: 'text'; readonly text: string; readonly isStrong?: boolean }
  | { readonly type: 'cents'; readonly cents: number; readonly formula?: string; readonly isStrong?: boolean }
  | { readonly type: 'number'; readonly text: string; readonly formula?: string }
  | { readonly type: 'day'; readonly day: Day }
  | undefined;

export interface Worksheet {
  readonly name: string;
  /** In characters. */
  readonly widths: readonly number[];
  readonly rows: readonly (readonly SheetCell[])[];
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** An Office Open XML workbook whose bytes depend on its content and the day only. */
export function writeWorkbook(sheets: readonly Worksheet[], day: Day): Uint8Array {
  const parts: [string, XmlElement][] = [
    ['[Content_Types].xml', contentTypes(sheets)],
    ['_rels/.rels', relationships([['officeDocument', 'xl/workbook.xml']])],
    ['xl/workbook.xml', workbook(sheets)],
    [
      'xl/_rels/workbook.xml.rels',
      relationships([
        ...sheets.map((_, at) => ['worksheet', `worksheets/sheet${at + 1}.xml`] as const),
        ['styles', 'styles.xml'],
      ]),
    ],
    ['xl/styles.xml', styles()],
    ...sheets.map((sheet, at): [string, XmlElement] => [
      `xl/worksheets/sheet${at + 1}.xml`,
      worksheet(sheet),
    ]),
  ];
  const files = Object.fromEntries(parts.map(([name, root]) => [name, strToU8(writeXml(root))]));
  // A text without zone: the archive keeps local time, which is then the same everywhere.
  return zipSync(files, { level: 6, mtime: `${day}T12:00:00` });
}

function element(name: string, attributes: Record<string, string>, ...children: XmlElement[]): XmlElement {
  return { name, attributes, children };
}

function contentTypes(sheets: readonly Worksheet[]): XmlElement {
  const override = (part: string, type: string) =>
    element('Override', { PartName: part, ContentType: `${SPREADSHEET}.${type}+xml` });
  return element(
    'Types',
    { xmlns: `${PACKAGE}/content-types` },
    element('Default', {
      Extension: 'rels',
      ContentType: 'application/vnd.openxmlformats-package.relationships+xml',
    }),
    element('Default', { Extension: 'xml', ContentType: 'application/xml' }),
    override('/xl/workbook.xml', 'sheet.main'),
    override('/xl/styles.xml', 'styles'),
    ...sheets.map((_, at) => override(`/xl/worksheets/sheet${at + 1}.xml`, 'worksheet')),
  );
}

function relationships(targets: readonly (readonly [type: string, target: string])[]): XmlElement {
  return element(
    'Relationships',
    { xmlns: `${PACKAGE}/relationships` },
    ...targets.map(([type, target], at) =>
      element('Relationship', { Id: `rId${at + 1}`, Type: `${RELATIONS}/${type}`, Target: target }),
    ),
  );
}

function workbook(sheets: readonly Worksheet[]): XmlElement {
  const listed = sheets.map(({ name }, at) =>
    element('sheet', { name, sheetId: String(at + 1), 'r:id': `rId${at + 1}` }),
  );
  return element(
    'workbook',
    { xmlns: MAIN, 'xmlns:r': RELATIONS },
    element('sheets', {}, ...listed),
    // Programs reckon the formulas when they open the file, whatever values it holds.
    element('calcPr', { fullCalcOnLoad: '1' }),
  );
}

/** Numbers of the formats in `styles`. */
const FORMAT = { text: '0', strong: '1', cents: '2', strongCents: '3', number: '4', day: '5' } as const;

function styles(): XmlElement {
  const font = (...marks: XmlElement[]) =>
    element('font', {}, ...marks, element('sz', { val: '11' }), element('name', { val: 'Calibri' }));
  const format = (numFmtId: string, fontId: string) =>
    element('xf', { numFmtId, fontId, fillId: '0', borderId: '0', xfId: '0', applyNumberFormat: '1' });
  const plain = element('xf', { numFmtId: '0', fontId: '0', fillId: '0', borderId: '0' });
  const fill = (patternType: string) => element('fill', {}, element('patternFill', { patternType }));
  const border = ['left', 'right', 'top', 'bottom', 'diagonal'].map((side) => element(side, {}));
  return element(
    'styleSheet',
    { xmlns: MAIN },
    element(
      'numFmts',
      { count: '1' },
      element('numFmt', { numFmtId: '164', formatCode: '#,##0.00\u00a0"€"' }),
    ),
    element('fonts', { count: '2' }, font(), font(element('b', {}))),
    element('fills', { count: '2' }, fill('none'), fill('gray125')),
    element('borders', { count: '1' }, element('border', {}, ...border)),
    element('cellStyleXfs', { count: '1' }, plain),
    element(
      'cellXfs',
      { count: '6' },
      format('0', '0'),
      format('0', '1'),
      format('164', '0'),
      format('164', '1'),
      format('0', '0'),
      format('14', '0'),
    ),
  );
}

function worksheet({ widths, rows }: Worksheet): XmlElement {
  const cols = widths.map((width, at) =>
    element('col', { min: String(at + 1), max: String(at + 1), width: String(width), customWidth: '1' }),
  );
  return element('worksheet', { xmlns: MAIN }, element('cols', {}, ...cols), {
    name: 'sheetData',
    attributes: {},
    children: rowElements(rows),
  });
}

/** One row at a time: all cells of a large sheet as elements would take hundreds of megabytes. */
function* rowElements(rows: Worksheet['rows']): Generator<XmlElement> {
  for (const [at, cells] of rows.entries()) {
    const children = cells.flatMap((cell, column) => cellElement(cell, at, column));
    yield { name: 'row', attributes: { r: String(at + 1) }, children };
  }
}

function cellElement(cell: SheetCell, row: number, column: number): XmlElement[] {
  if (cell === undefined) return [];
  const r = `${columnName(column)}${row + 1}`;
  if (cell.type === 'text') {
    const s = cell.isStrong === true ? FORMAT.strong : FORMAT.text;
    return [element('c', { r, s, t: 'inlineStr' }, group('is', leaf('t', cell.text)))];
  }
  if (cell.type === 'day') return [element('c', { r, s: FORMAT.day }, leaf('v', serialOf(cell.day)))];
  const formula = cell.formula === undefined ? [] : [leaf('f', cell.formula)];
  if (cell.type === 'number')
    return [element('c', { r, s: FORMAT.number }, ...formula, leaf('v', cell.text))];
  const s = cell.isStrong === true ? FORMAT.strongCents : FORMAT.cents;
  return [element('c', { r, s }, ...formula, leaf('v', euros(cell.cents)))];
}

/** `A` … `Z`, `AA` … */
export function columnName(at: number): string {
  const letter = String.fromCharCode(65 + (at % 26));
  return at < 26 ? letter : `${columnName(Math.floor(at / 26) - 1)}${letter}`;
}

/** Days since 1899-12-30, as spreadsheets count them. */
function serialOf(day: Day): string {
  return String(Date.parse(`${day}T00:00:00Z`) / 86_400_000 + 25_569);
}

function euros(cents: number): string {
  const digits = Math.abs(cents).toString().padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
