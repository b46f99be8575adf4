import ExcelJs from 'exceljs';
import tap from 'tap';
import { AMOUNT_PARSERS, DAY_PARSERS } from '../../../src/platform/csv.ts';
import type { Caller } from '../../support/app.ts';
import { problemOf, startCostingWorld } from '../../support/costing.ts';
import { must } from '../../support/services.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const MAPPING = {
  name: 'Haushalt',
  columns: {
    bookedOn: 'Buch.-Dat.',
    costType: 'Sachkonto',
    amountCents: 'Betrag EUR',
    costCentre: 'KST',
    text: 'Buchungstext',
  },
  categories: { '414100': 'grant' },
  dayFormat: 'german',
  numberFormat: 'german',
  sign: 'cost_positive',
};
/** As spreadsheets hold a day: a number, which its format makes a day. */
const FIRST_OF_AUGUST = 46_235;
const LEDGER = `Mandant;KST;Buch.-Dat.;Sachkonto;Betrag EUR;Buchungstext
1;DESK;1.7.2026;501200;1.234;Gehälter
1;DESK;31.07.2026;501200;12.345,67-;Umbuchung
1;DESK;31.07.2026;414100;-500,00;Zuweisung
`;

function send(caller: Caller, file: string | Buffer, query: string, type = 'text/csv') {
  return caller.call('POST', `/cost-line-imports?${query}`, file, { 'content-type': type });
}

async function workbook(rows: readonly (readonly unknown[])[]): Promise<Buffer> {
  const book = new ExcelJs.Workbook();
  const sheet = book.addWorksheet('Ledger');
  sheet.getColumn(2).numFmt = 'dd.mm.yyyy';
  for (const row of rows) sheet.addRow([...row]);
  return Buffer.from(await book.xlsx.writeBuffer());
}

tap.test('amounts and days as a ledger is known to write them', async (t) => {
  for (const [format, cell, wanted] of [
    ['german', '1.234', 123_400],
    ['german', '1.234.567,8', 123_456_780],
    ['german', '12,34-', -1234],
    ['german', '-0,00', 0],
    ['german', '1,234.56', 'AMOUNT_MALFORMED'],
    ['german', '1.23', 'AMOUNT_MALFORMED'],
    ['german', '1,234', 'AMOUNT_MALFORMED'],
    ['german', '-1-', 'AMOUNT_MALFORMED'],
    ['german', '100.000.000.000,00', 10_000_000_000_000],
    ['german', '1.000.000.000.000,00', 'AMOUNT_OUT_OF_RANGE'],
    ['german', '99.999.999.999.999,99', 'AMOUNT_OUT_OF_RANGE'],
    ['english', '1,234', 123_400],
    ['english', '1,234.5', 123_450],
  ] as const) {
    const result = AMOUNT_PARSERS[format](cell);
    t.equal(result.ok ? result.value : result.code, wanted, `${format}: ${cell}`);
  }
  for (const [format, cell, wanted] of [
    ['german', '1.2.2026', '2026-02-01'],
    ['german', '29.02.2026', 'DAY_UNKNOWN'],
    ['german', '2026-02-01', 'DAY_MALFORMED'],
    ['compact', '20260228', '2026-02-28'],
    ['iso', '01.02.2026', 'DAY_MALFORMED'],
  ] as const) {
    const result = DAY_PARSERS[format](cell);
    t.equal(result.ok ? result.value : result.code, wanted, `${format}: ${cell}`);
  }
});

tap.test('import from the ledger (number in brackets: invariant of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { finance, stranger, test, marriage } = world;
  await must(finance, 'POST', '/cost-centres', {
    code: 'DESK',
    name: 'Standesamt',
    type: 'final',
    serviceId: marriage,
  });
  const mapping = await must(finance, 'POST', '/cost-line-mappings', MAPPING);
  const lines = async () =>
    test.owner
      .sql`select booked_on::text as day, cost_type as type, category, kind, amount_cents as cents from cost_lines order by id`;

  t.test('422, 409: a mapping that could read nothing is refused', async (t) => {
    const post = async (change: object) =>
      problemOf(await finance.call('POST', '/cost-line-mappings', { ...MAPPING, name: 'Neu', ...change }));
    const { costCentre: _none, ...columns } = MAPPING.columns;
    t.match(await post({ columns }), { code: 'COST_LINE_MAPPING_BROKEN', errors: [{ code: 'REQUIRED' }] });
    t.match(await post({ sign: 'debit_credit' }), { errors: [{ pointer: '/columns/debitCredit' }] });
    t.match(await post({ columns: { ...MAPPING.columns, text: 'kst ' } }), {
      errors: [{ pointer: '/columns/text', code: 'REPEATED' }],
    });
    t.match(await post({ name: 'Haushalt' }), { code: 'COST_LINE_MAPPING_NAME_TAKEN' });
  });

  t.test(
    '200: a dry run reads thousands, signs and income as the mapping says; nothing is written (8)',
    async (t) => {
      const answer = await send(finance, LEDGER, `dryRun=true&mappingId=${mapping.id}`);
      t.match(answer.json(), {
        issues: [],
        rowCount: 3,
        amountCents: 123_400 - 1_234_567 - 50_000,
        services: [],
        costCentres: [{ code: 'DESK', rowCount: 3 }],
      });
      t.same(await lines(), []);
    },
  );

  t.test('422: each broken cell by the name of its column in the file, all or nothing (8)', async (t) => {
    const broken = `KST;Buch.-Dat.;Sachkonto;Betrag EUR;Buchungstext
DESK;01.07.2026;501200;1,00;gut
DESK;31.06.2026;501200;1.23;schlecht
DUST;01.07.2026;501200;1,00;wo
;01.07.2026;501200;1,00;nirgends
`;
    const answer = await send(finance, broken, `mappingId=${mapping.id}`);
    t.equal(answer.statusCode, 422);
    t.match(problemOf(answer).errors, [
      { pointer: '/rows/3/Buch.-Dat.', code: 'DAY_UNKNOWN' },
      { pointer: '/rows/3/Betrag EUR', code: 'AMOUNT_MALFORMED' },
      { pointer: '/rows/4/KST', code: 'COST_CENTRE_UNKNOWN' },
      { pointer: '/rows/5/KST', code: 'PLACE_UNCLEAR' },
    ]);
    const headless = await send(finance, 'KST;Betrag EUR\nDESK;1,00\n', `mappingId=${mapping.id}`);
    t.match(problemOf(headless).errors, [
      { code: 'COLUMN_MISSING', detail: /Buch\.-Dat\./ },
      { code: 'COLUMN_MISSING' },
      { code: 'COLUMN_MISSING' },
    ]);
    t.same(await lines(), []);
  });

  t.test('422: the mapping of another centre is none', async (t) => {
    const answer = await send(stranger, LEDGER, `mappingId=${mapping.id}`);
    t.equal(problemOf(answer).code, 'COST_LINE_MAPPING_UNKNOWN');
  });

  t.test('201: CSV comes in as it was read', async (t) => {
    t.equal((await send(finance, LEDGER, `mappingId=${mapping.id}`)).statusCode, 201);
    t.same(await lines(), [
      { day: '2026-07-01', type: '501200', category: 'cost', kind: 'actual', cents: 123_400 },
      { day: '2026-07-31', type: '501200', category: 'cost', kind: 'actual', cents: -1_234_567 },
      { day: '2026-07-31', type: '414100', category: 'grant', kind: 'actual', cents: 50_000 },
    ]);
  });

  t.test('201: XLSX with real days and numbers, and texts in between; a budget (8)', async (t) => {
    const file = await workbook([
      ['KST', 'Buch.-Dat.', 'Sachkonto', 'Betrag EUR', 'Buchungstext', 'Mandant'],
      ['DESK', FIRST_OF_AUGUST, 501200, 0.1 + 0.2, { richText: [{ text: 'Ge' }, { text: 'halt' }] }],
      [],
      ['DESK', '02.08.2026', '501200', '1.234,56', 'Text', 1],
      ['DESK', '03.08.2026', '501200', { formula: '1+1', result: 2 }, null],
    ]);
    const answer = await send(finance, file, `mappingId=${mapping.id}&kind=budget`, XLSX);
    t.equal(answer.statusCode, 201, answer.body);
    t.match((await lines()).slice(3), [
      { day: '2026-08-01', type: '501200', kind: 'budget', cents: 30 },
      { day: '2026-08-02', kind: 'budget', cents: 123_456 },
      { day: '2026-08-03', kind: 'budget', cents: 200 },
    ]);
  });

  t.test('422: broken cells of XLSX by row and column; what is no XLSX is said so (8)', async (t) => {
    const file = await workbook([
      ['KST', 'Buch.-Dat.', 'Sachkonto', 'Betrag EUR', 'Buchungstext'],
      [],
      ['DESK', 'im Juli', '501200', 1.234, ''],
    ]);
    const answer = await send(finance, file, `dryRun=true&mappingId=${mapping.id}`, XLSX);
    t.match(answer.json<{ issues: object[] }>().issues, [
      { row: 3, column: 'Buch.-Dat.', code: 'DAY_MALFORMED' },
      { row: 3, column: 'Betrag EUR', code: 'AMOUNT_MALFORMED', reason: /1.234.* more than two decimals/ },
    ]);
    for (const bad of [Buffer.from('KST;Betrag'), file.subarray(0, file.length - 40), Buffer.alloc(0)]) {
      const refused = await send(finance, bad, `mappingId=${mapping.id}`, XLSX);
      t.match(problemOf(refused).errors, [{ code: 'XLSX_MALFORMED' }]);
    }
    t.equal((await lines()).length, 6);
  });

  t.test('412, 200: changed by who read it last; S and H tell the sign', async (t) => {
    const { name: _name, ...rest } = MAPPING;
    const body = {
      name: 'S/H',
      ...rest,
      columns: { ...MAPPING.columns, debitCredit: 'S/H' },
      sign: 'debit_credit',
    };
    const put = (etag: string) =>
      finance.call('PUT', `/cost-line-mappings/${mapping.id}`, body, { 'if-match': etag });
    t.equal((await put('"9"')).statusCode, 412);
    t.match((await put('"1"')).json(), { name: 'S/H', version: 2 });
    const file = `KST;Buch.-Dat.;Sachkonto;Betrag EUR;Buchungstext;S/H
DESK;01.09.2026;501200;1,00;a;S
DESK;01.09.2026;501200;0,25;b;h
`;
    const answer = await send(finance, file, `dryRun=true&mappingId=${mapping.id}`);
    t.match(answer.json(), { amountCents: 75, issues: [] });
  });
});
