import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import ExcelJs from 'exceljs';
import { unzipSync, zipSync } from 'fflate';
import t from 'tap';
import { parseTextUpTo } from '../../src/platform/csv.ts';
import { readXlsx } from '../../src/platform/xlsx-reader.ts';
import { entriesOf, unpack } from '../../src/platform/zip.ts';

const COLUMNS = {
  name: { headers: ['Name'], parse: parseTextUpTo(40) },
  amount: {
    headers: ['Betrag'],
    parse: () => ({ ok: true, value: 'a text' }) as const,
    parseTyped: (cell: string) => ({ ok: true, value: cell }) as const,
    fallback: '',
  },
} as const;
const SHEET = 'xl/worksheets/sheet1.xml';

async function workbook(fill: (book: ExcelJs.Workbook) => void): Promise<Buffer> {
  const book = new ExcelJs.Workbook();
  fill(book);
  return Buffer.from(await book.xlsx.writeBuffer());
}

const rowsOf = async (bytes: Uint8Array) =>
  (await readXlsx(bytes, COLUMNS)).rows.map(({ values }) => [values.name, values.amount]);
const faultsOf = async (bytes: Uint8Array) => (await readXlsx(bytes, COLUMNS)).issues.map(({ code }) => code);

/** The same file with other parts in it. */
function changed(bytes: Buffer, change: (parts: Record<string, string>) => void): Uint8Array {
  const parts = Object.fromEntries(
    Object.entries(unzipSync(bytes)).map(([name, content]) => [name, Buffer.from(content).toString()]),
  );
  change(parts);
  return zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, Buffer.from(text)])));
}

t.test('the first sheet is that of the first tab, wherever and however it is stored', async (t) => {
  const file = await workbook((book) => {
    book.addWorksheet('Andere').addRows([['Name'], ['falsch']]);
    book.addWorksheet('Erste').addRows([['Name'], ['richtig']]);
  });
  t.same(await rowsOf(file), [['falsch', '']]);
  const turned = changed(file, (parts) => {
    const tabs = /(<sheet [^>]*>)(<sheet [^>]*>)/;
    parts['xl/workbook.xml'] = (parts['xl/workbook.xml'] ?? '').replace(tabs, '$2$1');
  });
  t.same(await rowsOf(turned), [['richtig', '']]);
  const absolute = changed(file, (parts) => {
    const relations = parts['xl/_rels/workbook.xml.rels'] ?? '';
    parts['xl/_rels/workbook.xml.rels'] = relations.replaceAll('"worksheets/', '"/xl/worksheets/');
  });
  t.same(await rowsOf(absolute), [['falsch', '']]);
  const inline = changed(file, (parts) => {
    delete parts['xl/sharedStrings.xml'];
    parts[SHEET] = (parts[SHEET] ?? '').replace(
      /<sheetData>.*<\/sheetData>/,
      '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>im Blatt</t></is></c></row></sheetData>',
    );
  });
  t.same(await rowsOf(inline), [['im Blatt', '']]);
});

t.test('numbers and days are told from texts, and written plainly', async (t) => {
  const file = await workbook((book) => {
    const sheet = book.addWorksheet('A');
    sheet.addRows([
      ['Name', 'Betrag'],
      ['a', 1.234],
      ['b', '1.234'],
      ['c', { formula: '0.1+0.2', result: 0.1 + 0.2 }],
      ['d', 46_235],
      ['e', 46_235 + 1 / 3],
    ]);
    for (const cell of ['B5', 'B6']) sheet.getCell(cell).numFmt = 'dd.mm.yyyy';
  });
  t.same(await rowsOf(file), [
    ['a', '1.234'],
    ['b', 'a text'],
    ['c', '0.3'],
    ['d', '2026-08-01'],
    ['e', '2026-08-01T08:00:00'],
  ]);
});

t.test('nothing of a file is written to the disk', async (t) => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('tmp-'));
  const file = await workbook((book) => book.addWorksheet('A').addRows([['Name'], ['x']]));
  t.ok(
    Object.keys(unzipSync(file)).indexOf('xl/sharedStrings.xml') >
      Object.keys(unzipSync(file)).indexOf(SHEET),
    'its texts stand behind its sheet',
  );
  t.same(await rowsOf(file), [['x', '']]);
  t.same(
    readdirSync(tmpdir()).filter((name) => name.startsWith('tmp-') && !before.includes(name)),
    [],
  );
});

t.test('a small file that unpacks to much is refused, whatever size it states', async (t) => {
  const file = await workbook((book) => book.addWorksheet('A').addRows([['Name'], ['x']]));
  const padded = (bytes: number) =>
    changed(file, (parts) => {
      parts[SHEET] = `${parts[SHEET] ?? ''}${' '.repeat(bytes)}`;
    });
  t.same(await rowsOf(padded(1_000_000)), [['x', '']], 'blanks behind the sheet do no harm');
  const bomb = Buffer.from(padded(100 * 1024 * 1024));
  t.ok(bomb.length < 200_000);
  t.same(await faultsOf(bomb), ['XLSX_MALFORMED']);
  let entry = bomb.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  for (; entry !== -1; entry = bomb.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]), entry + 4))
    bomb.writeUInt32LE(1, entry + 24);
  t.same(await faultsOf(bomb), ['XLSX_MALFORMED']);
  const [first] = entriesOf(file);
  if (first === undefined) throw new Error('the file has an entry');
  const content = unpack(first, 1_000_000);
  t.equal(unpack(first, content.length).length, content.length);
  t.throws(() => unpack(first, content.length - 1));
  t.throws(() => unpack({ name: 'x', packed: Buffer.alloc(9), isDeflated: false }, 8));
  t.throws(() => entriesOf(Buffer.from('no archive')));
});

t.test('a sheet of too many rows or columns is refused, and so is what is no XLSX file', async (t) => {
  const wide = await workbook((book) =>
    book.addWorksheet('A').addRows([['Name', ...Array.from({ length: 200 }, () => 'x')]]),
  );
  t.same(await faultsOf(wide), ['SHEET_TOO_LARGE']);
  const far = await workbook((book) => {
    book.addWorksheet('A').getCell('A100001').value = 'x';
  });
  t.same(await faultsOf(far), ['SHEET_TOO_LARGE']);
  const withoutSheet = changed(wide, (parts) => delete parts[SHEET]);
  for (const bytes of [withoutSheet, Buffer.alloc(0), Buffer.from('Name;Betrag'), wide.subarray(0, -40)])
    t.same(await faultsOf(bytes), ['XLSX_MALFORMED']);
});

t.test('a formula whose result is not stored is said to be one, and an empty result is empty', async (t) => {
  const file = await workbook((book) => {
    book.addWorksheet('Blatt').addRows([
      ['Name', 'Betrag'],
      ['ohne', { formula: 'A1*2' }],
      ['Text', 1],
      ['Zahl', { formula: '1+1', result: 2 }],
    ]);
  });
  const stored = changed(file, (parts) => {
    parts[SHEET] = (parts[SHEET] ?? '').replace(
      /<c r="B3"[^>]*>.*?<\/c>/,
      '<c r="B3" t="str"><f>""</f><v></v></c>',
    );
  });
  const { rows, issues } = await readXlsx(stored, COLUMNS);
  t.match(issues, [
    { row: 2, column: 'Betrag', code: 'FORMULA_WITHOUT_VALUE', reason: /formula without a stored value/ },
  ]);
  t.same(
    rows.map(({ values }) => [values.name, values.amount]),
    [
      ['Text', ''],
      ['Zahl', '2'],
    ],
  );
  const blank = changed(file, (parts) => {
    parts[SHEET] = (parts[SHEET] ?? '').replace(/<c r="B2"[^>]*>.*?<\/c>/, '<c r="B2"><f>A1*2</f><v/></c>');
  });
  t.match(await faultsOf(blank), ['FORMULA_WITHOUT_VALUE'], 'as some programs write it');
});
