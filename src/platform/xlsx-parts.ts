import path from 'node:path';
import { readXml } from './xml-reader.ts';
import { entriesOf, unpack } from './zip.ts';

/** A small file may unpack to any size; this much is held in memory. */
const UNPACKED_LIMIT_BYTES = 96 * 1024 * 1024;

/** What the first sheet of an XLSX file needs to be read. */
export interface SheetParts {
  /** XML of the sheet. */
  readonly sheet: Buffer;
  /** Texts that the cells refer to by number. */
  readonly texts: readonly string[];
  /** For each style of cells whether it shows a day. */
  readonly isDay: readonly boolean[];
  /** Days are counted from 1904 instead of 1900. */
  readonly isFrom1904: boolean;
}

/**
 * Takes an XLSX file apart. The first sheet is that of the first tab, wherever it is stored.
 * @throws Error for what is no XLSX file, or unpacks to too much
 */
export async function readSheetParts(bytes: Buffer): Promise<SheetParts> {
  const entries = new Map(entriesOf(bytes).map((entry) => [entry.name, entry]));
  let left = UNPACKED_LIMIT_BYTES;
  const part = (name: string): Buffer | undefined => {
    const entry = entries.get(name);
    if (entry === undefined) return undefined;
    const content = unpack(entry, left);
    left -= content.length;
    return content;
  };
  const needed = (name: string): Buffer => {
    const content = part(name);
    if (content === undefined) throw new RangeError(`${name} is missing`);
    return content;
  };
  const { relations, isFrom1904 } = await readWorkbook(needed('xl/workbook.xml'));
  const sheet = needed(await findSheet(needed('xl/_rels/workbook.xml.rels'), relations));
  const texts = part('xl/sharedStrings.xml');
  const styles = part('xl/styles.xml');
  return {
    sheet,
    texts: texts === undefined ? [] : await readTexts(texts),
    isDay: styles === undefined ? [] : await readStyles(styles),
    isFrom1904,
  };
}

/** The relations of the sheets in the order of their tabs. */
async function readWorkbook(xml: Buffer): Promise<{ relations: string[]; isFrom1904: boolean }> {
  const relations: string[] = [];
  let isFrom1904 = false;
  await readXml(xml, {
    open(name, attributes) {
      if (name === 'sheet') relations.push(attributes.id ?? '');
      if (name === 'workbookPr') isFrom1904 = ['1', 'true'].includes(attributes.date1904 ?? '');
    },
  });
  return { relations, isFrom1904 };
}

/** Charts may have tabs, too. */
async function findSheet(xml: Buffer, relations: readonly string[]): Promise<string> {
  const targets = new Map<string, string>();
  await readXml(xml, {
    open(_name, { Id = '', Type = '', Target = '' }) {
      if (Type.endsWith('/worksheet')) targets.set(Id, Target);
    },
  });
  const target = relations.map((id) => targets.get(id)).find((name) => name !== undefined);
  if (target === undefined) throw new RangeError('no sheet');
  return target.startsWith('/') ? target.slice(1) : path.posix.join('xl', target);
}

async function readTexts(xml: Buffer): Promise<string[]> {
  const texts: string[] = [];
  const collector = textCollector();
  await readXml(xml, {
    open(name) {
      if (name === 'si') collector.clear();
      collector.open(name);
    },
    text(piece) {
      collector.text(piece);
    },
    close(name) {
      collector.close(name);
      if (name === 'si') texts.push(collector.content());
    },
  });
  return texts;
}

/** Puts together the pieces `t` of a formatted text, without the readings (`rPh`) that Japanese texts carry. */
export function textCollector(): {
  open(name: string): void;
  text(piece: string): void;
  close(name: string): void;
  clear(): void;
  content(): string;
} {
  let content = '';
  let isText = false;
  let readings = 0;
  return {
    clear() {
      content = '';
    },
    content: () => content,
    open(name) {
      if (name === 'rPh') readings += 1;
      isText = name === 't' && readings === 0;
    },
    text(piece) {
      if (isText) content += piece;
    },
    close(name) {
      if (name === 'rPh') readings -= 1;
      isText = false;
    },
  };
}

async function readStyles(xml: Buffer): Promise<boolean[]> {
  const formats = new Map<string, string>();
  const styles: string[] = [];
  let isOfCells = false;
  await readXml(xml, {
    open(name, { numFmtId = '0', formatCode = '' }) {
      if (name === 'numFmt') formats.set(numFmtId, formatCode);
      if (name === 'cellXfs') isOfCells = true;
      if (name === 'xf' && isOfCells) styles.push(numFmtId);
    },
    close(name) {
      if (name === 'cellXfs') isOfCells = false;
    },
  });
  return styles.map((id) => showsDay(Number(id), formats.get(id)));
}

/** Numbers of the formats that every program knows (ECMA-376, part 1, 18.8.30). */
function showsDay(id: number, format: string | undefined): boolean {
  if (format !== undefined) return /[ymdhs]/i.test(format.replace(/"[^"]*"|\[[^\]]*\]|[\\_*]./g, ''));
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}
