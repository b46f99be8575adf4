import fc from 'fast-check';
import { test } from 'tap';
import { parseAmountCents, parseDay, parseTextUpTo, readCsv, writeCsv } from '../../src/platform/csv.ts';
import { formatCents } from '../../src/platform/money/index.ts';

const runs = { numRuns: 1000 };
const columns = {
  day: { headers: ['Tag', 'Datum'], parse: parseDay },
  amountCents: { headers: ['Betrag'], parse: parseAmountCents },
  text: { headers: ['Text'], parse: parseTextUpTo(20), fallback: '' },
} as const;

test('amounts', async (t) => {
  t.test('German and plain writing are read to cents', async (t) => {
    const cases: [string, number][] = [
      ['1.234,56', 123456],
      ['1234,56', 123456],
      ['1234.56', 123456],
      ['-0,05', -5],
      ['0', 0],
      ['-0', 0],
      ['12', 1200],
      ['1,5', 150],
      ['1.234.567', 123456700],
      ['-1.234.567,8', -123456780],
      ['100.000.000.000,00', 10 ** 13],
    ];
    for (const [cell, value] of cases) t.strictSame(parseAmountCents(cell), { ok: true, value }, cell);
  });

  t.test('ambiguous and malformed amounts are refused with a reason', async (t) => {
    const cases: [string, string][] = [
      ['1.234', 'AMOUNT_AMBIGUOUS'],
      ['1,234', 'AMOUNT_AMBIGUOUS'],
      ['-123.456', 'AMOUNT_AMBIGUOUS'],
      ['100.000.000.000,01', 'AMOUNT_OUT_OF_RANGE'],
      ['90071992547409,92', 'AMOUNT_OUT_OF_RANGE'],
      ...[
        '',
        ' 1',
        '1,234.56',
        '1234.567',
        '1,2345',
        '12.34,56',
        '1.2345,00',
        '0.123',
        '01,00',
        '+1',
        '1-',
        '1 €',
      ].map((cell): [string, string] => [cell, 'AMOUNT_MALFORMED']),
      ...['1e3', '--1', '1.', ',5', '1 234,56', "1'234,56", '−1,00', '=1', '1,00\n', '0.1.234'].map(
        (cell): [string, string] => [cell, 'AMOUNT_MALFORMED'],
      ),
    ];
    for (const [cell, code] of cases) {
      const result = parseAmountCents(cell);
      t.match(result, { ok: false, code, reason: String }, cell);
    }
  });

  t.test('every amount we write is read back', async () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 13), max: 10 ** 13 }), fc.boolean(), (amountCents, grouping) => {
        const german = parseAmountCents(formatCents(amountCents, 'de', { grouping }));
        const plain = parseAmountCents(formatCents(amountCents, 'en', { grouping: false }));
        return german.ok && plain.ok && german.value === amountCents && plain.value === amountCents;
      }),
      runs,
    );
  });
});

test('days', async (t) => {
  t.test('days of the calendar in both writings', async (t) => {
    for (const cell of ['2024-02-29', '29.02.2024'])
      t.strictSame(parseDay(cell), { ok: true, value: '2024-02-29' });
    for (const cell of [
      '2026-02-29',
      '1900-02-29',
      '31.04.2026',
      '2026-13-01',
      '2026-00-10',
      '00.01.2026',
      '0000-01-01',
    ]) {
      t.match(parseDay(cell), { ok: false, code: 'DAY_UNKNOWN' }, cell);
    }
    for (const cell of [
      '1.1.2026',
      '2026-1-1',
      '01/02/2026',
      '26-01-01',
      '2026-01-01T00:00',
      ' 2026-01-01',
      '',
    ]) {
      t.match(parseDay(cell), { ok: false, code: 'DAY_MALFORMED' }, cell);
    }
  });
});

test('reader', async (t) => {
  const good = { day: '2026-01-31', amountCents: 123456, text: 'Strom; Gas' };

  t.test('semicolon, comma, byte order mark and quoted cells', async (t) => {
    const semicolon = '\uFEFFDatum;Betrag;Text\r\n31.01.2026;1.234,56;"Strom; Gas"\r\n';
    const comma = 'text , tag,BETRAG\n"Strom; Gas",2026-01-31,1234.56\n';
    for (const input of [semicolon, comma, Buffer.from(semicolon)]) {
      const { rows, issues } = readCsv(input, columns);
      t.strictSame({ rows, issues }, { rows: [{ row: 2, values: good }], issues: [] });
    }
  });

  t.test('rows count as in a spreadsheet, blank rows and line breaks in cells included', async (t) => {
    const input =
      'Tag;Betrag;Text\n\n2026-01-01;1,00;"a\nb"\n;;\n2026-01-02;x;\n2026-01-03;1.000;c;d\n2026-02-30;;\n';
    const { rows, issues } = readCsv(input, columns);
    t.strictSame(rows, [{ row: 3, values: { day: '2026-01-01', amountCents: 100, text: 'a\nb' } }]);
    t.strictSame(
      issues.map(({ row, column, code }) => [row, column, code]),
      [
        [5, 'Betrag', 'AMOUNT_MALFORMED'],
        [6, undefined, 'ROW_WIDTH'],
        [7, 'Tag', 'DAY_UNKNOWN'],
        [7, 'Betrag', 'CELL_EMPTY'],
      ],
    );
  });

  t.test('wrong headers are named and nothing is read', async (t) => {
    const { rows, issues } = readCsv('Datum;Tag;Konto\n2026-01-01;2026-01-01;1\n', columns);
    t.strictSame(rows, []);
    t.strictSame(
      issues.map(({ row, column, code }) => [row, column, code]),
      [
        [1, 'Tag', 'COLUMN_REPEATED'],
        [1, 'Konto', 'COLUMN_UNKNOWN'],
        [1, 'Betrag', 'COLUMN_MISSING'],
      ],
    );
  });

  t.test('faults of the whole file', async (t) => {
    t.match(readCsv('', columns).issues, [{ code: 'HEADER_MISSING' }]);
    t.match(readCsv('Tag;Betrag\n"2026', columns).issues, [{ code: 'CSV_MALFORMED' }]);
    t.match(readCsv(Buffer.from('Tag;Betr\xE4ge', 'latin1'), columns).issues, [{ code: 'ENCODING' }]);
  });

  t.test('optional columns may be missing', async (t) => {
    const { rows } = readCsv('Tag;Betrag\n2026-01-01;-1,00\n', columns);
    t.strictSame(rows, [{ row: 2, values: { day: '2026-01-01', amountCents: -100, text: '' } }]);
  });
});

test('writer', async (t) => {
  interface Row {
    text: string;
    amountCents: number;
    weight: string;
  }
  const exported = [
    { header: 'Text', type: 'text', value: (row: Row) => row.text },
    { header: 'Betrag', type: 'cents', value: (row: Row) => row.amountCents },
    { header: 'Gewicht', type: 'decimal', value: (row: Row) => row.weight },
  ] as const;

  t.test('byte order mark, semicolon, CRLF, decimal sign of the locale', async (t) => {
    const rows = [{ text: 'Öl', amountCents: -123456, weight: '-1.50' }];
    t.equal(writeCsv(rows, exported, 'de'), '\uFEFFText;Betrag;Gewicht\r\nÖl;-1234,56;-1,5\r\n');
    t.equal(writeCsv(rows, exported, 'en'), '\uFEFFText;Betrag;Gewicht\r\nÖl;-1234.56;-1.5\r\n');
  });

  t.test('text that starts a formula is defused, headers too; numbers cannot smuggle one', async (t) => {
    for (const start of ['=', '+', '-', '@', '\t', '\r', '\n', '＝']) {
      const csv = writeCsv(
        [{ text: `${start}1+1` }],
        [{ header: `${start}h`, type: 'text', value: (row) => row.text }],
        'de',
      );
      t.equal(csv.replaceAll('"', ''), `\uFEFF'${start}h\r\n'${start}1+1\r\n`, JSON.stringify(start));
    }
    t.throws(() => writeCsv([{ text: '', amountCents: 1, weight: '=1+1' }], exported, 'de'), {
      code: 'DECIMAL_INVALID',
    });
    t.throws(() => writeCsv([{ text: '', amountCents: 0.5, weight: '1' }], exported, 'de'), {
      code: 'AMOUNT_OUT_OF_RANGE',
    });
  });

  t.test('any text comes back as it was written, but for the apostrophe', async () => {
    const readable = {
      text: { headers: ['Text'], parse: parseTextUpTo(1000) },
      n: { headers: ['N'], parse: parseTextUpTo(9) },
    } as const;
    const texts = fc
      .string({ unit: fc.constantFrom('a', ';', ',', '"', '\n', '\r', '=', "'", ' ', 'ß'), minLength: 1 })
      .filter((text) => text.trim() === text);
    fc.assert(
      fc.property(texts, (text) => {
        const written = writeCsv(
          [{ text }],
          [
            { header: 'Text', type: 'text', value: (row) => row.text },
            { header: 'N', type: 'text', value: () => 'n' },
          ],
          'de',
        );
        const { rows } = readCsv(written, readable);
        const read = rows[0]?.values.text;
        return read === (/^[=\r\n]/.test(text) ? `'${text}` : text);
      }),
      runs,
    );
  });
});
