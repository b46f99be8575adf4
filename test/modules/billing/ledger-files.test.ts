import tap from 'tap';
import type {
  LedgerEntry,
  LedgerVoucher,
  LedgerWords,
} from '../../../src/modules/billing/ledger/ledger.types.ts';
import { encode, unwritable } from '../../../src/modules/billing/ledger/ledger-encodings.rules.ts';
import {
  checkLedgerSettings,
  renderLedgerFile,
} from '../../../src/modules/billing/ledger/ledger-files.rules.ts';
import type { FileFacts } from '../../../src/modules/billing/ledger/ledger-files.types.ts';
import type {
  CsvSettings,
  DatevSettings,
  LedgerColumn,
} from '../../../src/modules/billing/ledger/ledger-settings.types.ts';
import type { DomainError } from '../../../src/platform/errors.ts';
import { CSV_PROFILE, DATEV_PROFILE, fromWindows1252, readRows } from '../../support/ledger.ts';

const say: LedgerWords = (key, values) => `${key} ${Object.values(values).join(' ')}`;

const FACTS: FileFacts = {
  number: 'SOE-F-000001',
  isRepetition: false,
  createdAt: '2026-10-31T23:30:15.123Z',
  createdOn: '2026-11-01',
  firstDay: '2026-10-05',
  lastDay: '2026-10-06',
  say,
};

const entry = (change: Partial<LedgerEntry> = {}): LedgerEntry => ({
  role: 'revenue',
  effect: 'charge',
  account: '8400',
  vatAccount: '1776',
  product: '11130',
  costObject: 'K 7',
  taxKey: '3',
  vatCategory: 'S',
  ratePercent: '19',
  serviceId: 's',
  serviceCode: 'marriage',
  serviceTitle: 'Eheschließung',
  netCents: 1_234_56,
  vatCents: 234_57,
  text: 'Eheschließung „Große“ 2026-Q3',
  reference: null,
  ...change,
});

const voucher = (
  entries: readonly LedgerEntry[],
  change: Partial<LedgerVoucher['statement']> = {},
): LedgerVoucher => ({
  planId: 'p',
  debtorAccount: '10001',
  entries,
  statement: {
    id: 'x',
    number: 'SOE-R-2026-000001',
    kind: 380,
    organisationId: 'm',
    memberName: 'Gemeinde Ahsetal; "A"',
    memberKey: '05974004',
    issuedOn: '2026-10-05',
    dueOn: '2026-11-04',
    periodCode: '2026-Q3',
    startsOn: '2026-07-01',
    endsOn: '2026-10-01',
    agreementReference: 'Vereinbarung',
    correctsId: null,
    correctsNumber: null,
    preceding: [],
    lines: [],
    vat: [],
    payableCents: 0,
    ...change,
  },
});

const csv = (change: Partial<CsvSettings> = {}): CsvSettings => ({ ...CSV_PROFILE, ...change });
const datev = (change: Partial<DatevSettings> = {}): DatevSettings => ({ ...DATEV_PROFILE, ...change });
const columns = (...fields: readonly string[]) =>
  fields.map((field) => ({ header: field, field }) as LedgerColumn);
const render = (settings: CsvSettings | DatevSettings, vouchers = [voucher([entry()])], facts = FACTS) =>
  renderLedgerFile(vouchers, settings, facts);

/** Not by the table under test. */
const decoded = (bytes: Uint8Array, charset: 'windows-1252' | 'utf-8' = 'windows-1252') =>
  charset === 'utf-8' ? Buffer.from(bytes).toString('utf8') : fromWindows1252(bytes);

function refusals(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    return (error as DomainError).errors.map(({ code, detail }) => `${code}: ${detail}`);
  }
  return [];
}

tap.test('files for finance programs (numbers in brackets: invariants)', async (t) => {
  t.test('Windows-1252 is written as the standard lists it, and nothing else (45)', async (t) => {
    const unassigned = [0x81, 0x8d, 0x8f, 0x90, 0x9d];
    const assigned = Array.from({ length: 256 }, (_, at) => at).filter((at) => !unassigned.includes(at));
    const text = decoded(Uint8Array.from(assigned));
    t.same([...encode(text, 'windows-1252')], assigned);
    const controls = String.fromCharCode(...unassigned);
    t.same(unwritable(controls, 'windows-1252'), Array.from(controls));
    t.same(unwritable('Łódź 😀 Łß', 'windows-1252'), ['Ł', 'ź', '😀']);
    t.throws(() => encode('Ł', 'windows-1252'), RangeError);
    t.same(unwritable('Łódź', 'utf-8'), []);
    t.same([...encode('ä', 'utf-8-bom')], [0xef, 0xbb, 0xbf, 0xc3, 0xa4]);
    t.same([...encode('ä€', 'windows-1252')], [0xe4, 0x80]);
  });

  t.test('a CSV file reads back as what was booked (44)', async (t) => {
    const { bytes, fileName, mediaType, rowCount } = render(csv());
    t.same(readRows(decoded(bytes), ';', '"'), [
      CSV_PROFILE.columns.map(({ header }) => header),
      [
        '0001',
        'SOE-R-2026-000001',
        '05.10.2026',
        '04.11.2026',
        '10001',
        '8400',
        '1234,56',
        '3',
        '11130',
        'Eheschließung „Große“ 2026-Q3',
        '',
      ],
      [
        '0001',
        'SOE-R-2026-000001',
        '05.10.2026',
        '04.11.2026',
        '10001',
        '1776',
        '234,57',
        '',
        '',
        'vat 19 2026-Q3',
        '',
      ],
    ]);
    t.equal(fileName, 'sollstellung_SOE-F-000001_20261101.csv');
    t.equal(mediaType, 'text/csv; charset=windows-1252');
    t.equal(rowCount, 2);
    t.ok(decoded(bytes).endsWith('\r\n'));
    t.notOk(decoded(bytes).includes('"'), 'nothing needs quotes');
  });

  t.test('each setting says what it says (44)', async (t) => {
    const settings = csv({
      delimiter: ',',
      quote: "'",
      quoting: 'always',
      decimal: '.',
      dayFormat: 'YYYYMMDD',
      encoding: 'utf-8-bom',
      headerRow: false,
      lineEnding: 'lf',
      vat: 'included',
      sides: { debit: 'Soll', credit: 'Haben' },
      columns: columns(
        'rowNumber',
        'side',
        'account',
        'contraAccount',
        'amount',
        'vatAmount',
        'vatRate',
        'memberName',
        'periodLastDay',
      ),
    });
    const back = entry({ netCents: -100, vatCents: -19 });
    const text = decoded(render(settings, [voucher([entry({ ratePercent: '10.7' }), back])]).bytes, 'utf-8');
    t.equal(text[0], '\uFEFF');
    t.notOk(text.includes('\r'));
    t.same(readRows(text.slice(1), ',', "'"), [
      ['1', 'Soll', '10001', '8400', '1469.13', '234.57', '10.7', 'Gemeinde Ahsetal; "A"', '20260930'],
      ['2', 'Haben', '10001', '8400', '1.19', '0.19', '19', 'Gemeinde Ahsetal; "A"', '20260930'],
    ]);
    t.ok(text.startsWith("\uFEFF'1','Soll'"));
  });

  t.test('rows by account hold the member once and add up to nothing (41, 44)', async (t) => {
    const fields = columns(
      'account',
      'contraAccount',
      'debitAccount',
      'creditAccount',
      'debitAmount',
      'creditAmount',
      'signedAmount',
    );
    const settings = csv({ layout: 'legs', headerRow: false, positiveSide: 'credit', columns: fields });
    const rows = readRows(decoded(render(settings).bytes), ';', '"');
    t.same(rows, [
      ['10001', '', '10001', '', '1469,13', '', '-1469,13'],
      ['8400', '10001', '', '8400', '', '1234,56', '1234,56'],
      ['1776', '10001', '', '1776', '', '234,57', '234,57'],
    ]);
    const nothing = voucher([
      entry({ netCents: 5, vatCents: 0 }),
      entry({ netCents: -5, vatCents: 0, account: '8300' }),
    ]);
    t.equal(render(settings, [nothing]).rowCount, 2, 'no row of zero for the member');
  });

  t.test('what does not fit is refused by name, and cut only where the profile says so (45)', async (t) => {
    const text = 'Ł'.repeat(3);
    const settings = csv({
      quote: 'none',
      columns: [
        { header: 'Text', field: 'bookingText', maxLength: 2 },
        { header: 'Kurz', field: 'bookingText', maxLength: 2, overflow: 'cut' },
        { header: 'Name', field: 'memberName' },
      ],
    });
    const made = voucher([entry({ text, vatCents: 0 })]);
    t.same(
      refusals(() => render(settings, [made, made])),
      [
        'TEXT_TOO_LONG: SOE-R-2026-000001, column Text: "ŁŁŁ" has 3 characters, 2 are allowed',
        'CHARACTER_UNKNOWN: SOE-R-2026-000001, column Text: "Ł" (U+0141) is not in windows-1252',
        'CHARACTER_UNKNOWN: SOE-R-2026-000001, column Kurz: "Ł" (U+0141) is not in windows-1252',
        'DELIMITER_IN_TEXT: SOE-R-2026-000001, column Name: "Gemeinde Ahsetal; "A"" holds the delimiter, and nothing is quoted',
      ],
    );
    const cut = csv({ columns: [settings.columns[1] as LedgerColumn], headerRow: false, encoding: 'utf-8' });
    t.equal(
      decoded(render(cut, [voucher([entry({ text: 'a\r\nb', vatCents: 0 })])]).bytes, 'utf-8'),
      'a \r\n',
      'in one line',
    );
    const broken = csv({
      columns: [
        { header: 'A', field: 'amount', maxLength: 3, overflow: 'cut' },
        { header: 'A', text: '' },
      ],
    });
    t.match(checkLedgerSettings(broken), [{ code: 'NOT_CUTTABLE' }, { code: 'HEADER_TWICE' }]);
    t.same(checkLedgerSettings(csv()), []);
  });

  t.test('a repetition is marked in name and column (48)', async (t) => {
    const facts = { ...FACTS, isRepetition: true, number: 'SOE-F-000001-W1' };
    const made = render(csv(), undefined, facts);
    t.equal(made.fileName, 'sollstellung_SOE-F-000001-W1_20261101_Wiederholung.csv');
    const [, ...rows] = readRows(decoded(made.bytes), ';', '"');
    t.ok(rows.every((row) => row.at(-1) === 'Wiederholung'));
    const named = render(csv({ fileName: '{repetition}{from}-{to}.txt' }), undefined, facts);
    t.equal(named.fileName, 'Wiederholung20261005-20261006.txt');
    const batch = render(datev({ label: 'Sollstellungen' }), undefined, facts);
    t.equal(batch.fileName, 'EXTF_Buchungsstapel_SOE-F-000001-W1_Wiederholung.csv');
    const [head = []] = readRows(decoded(batch.bytes), ';', '"');
    t.same([head[16], head[30]], ['Wiederholung SOE-F-000001-W1', 'Wiederholung']);
  });

  t.test('DATEV: header and rows are those of the published description (46)', async (t) => {
    const { bytes, fileName, mediaType, rowCount } = render(
      datev({ chart: '03', dictation: 'WD', noTaxKey: '40' }),
      [
        voucher([
          entry(),
          entry({ netCents: -50, vatCents: 0, vatCategory: 'O', account: '42', product: null }),
        ]),
      ],
    );
    const text = decoded(bytes);
    const lines = text.split('\r\n');
    t.equal(
      lines[0],
      '"EXTF";700;21;"Buchungsstapel";13;20261101003015123;;"";"";"";29098;55003;20260101;4;20261005;20261006;"SOE-F-000001";"WD";1;0;0;"EUR";;"";;;"03";;;"";""',
    );
    const rows = readRows(text, ';', '"');
    t.equal(rows[0]?.length, 31);
    t.same(
      rows.slice(1).map((row) => row.length),
      [125, 125, 125, 125],
    );
    const filled = (row: readonly string[]) =>
      row.flatMap((value, at) => (value === '' ? [] : [`${at + 1} ${rows[1]?.[at]}: ${value}`]));
    t.same(filled(rows[2] as string[]), [
      '1 Umsatz (ohne Soll/Haben-Kz): 1234,56',
      '2 Soll/Haben-Kennzeichen: S',
      '3 WKZ Umsatz: EUR',
      '7 Konto: 10001',
      '8 Gegenkonto (ohne BU-Schlüssel): 8400',
      '9 BU-Schlüssel: 0040',
      '10 Belegdatum: 0510',
      '11 Belegfeld 1: SOE-R-2026-000001',
      '14 Buchungstext: Eheschließung „Große“ 2026-Q3',
      '37 KOST1 - Kostenstelle: 11130',
      '38 KOST2 - Kostenstelle: K 7',
      '114 Festschreibung: 0',
      '117 Fälligkeit: 04112026',
    ]);
    t.same(rows[3]?.slice(0, 8), ['0,50', 'H', 'EUR', '', '', '', '10001', '42'], 'without a sign');
    t.same(rows[4]?.slice(0, 8), ['234,57', 'S', 'EUR', '', '', '', '10001', '1776']);
    t.ok(lines[2]?.startsWith('1234,56;"S";"EUR";;;"";10001;8400;"0040";0510;"SOE-R-2026-000001";"";;"'));
    t.same(
      [fileName, mediaType, rowCount],
      ['EXTF_Buchungsstapel_SOE-F-000001.csv', 'text/csv; charset=windows-1252', 3],
    );
    t.equal(bytes.indexOf(0xdf) > 0, true, 'ß is one byte');
  });

  t.test('DATEV: VAT by key stands in the amount, and its key is needed (46)', async (t) => {
    const settings = datev({ vat: 'included' });
    const rows = readRows(decoded(render(settings).bytes), ';', '"');
    t.same([rows.length, rows[2]?.[0], rows[2]?.[8]], [3, '1469,13', '0003']);
    t.same(
      refusals(() => render(settings, [voucher([entry({ taxKey: null })])])),
      ['TAX_KEY_MISSING: SOE-R-2026-000001: account 8400 holds VAT, and its rule has no tax key'],
    );
  });

  t.test('DATEV: what the format cannot hold is refused, long texts are cut (45, 46)', async (t) => {
    const bad = voucher(
      [entry({ account: '84000', product: 'P-1', taxKey: 'U19', netCents: 1_000_000_000_000, text: 'Ł' })],
      { number: 'SOE.R 1' },
    );
    t.same(
      refusals(() => render(datev({ vat: 'included' }), [{ ...bad, debtorAccount: '1001' }])),
      [
        'AMOUNT_TOO_LARGE: SOE.R 1: 10000000234,57 has more than ten digits',
        'FIELD_REFUSED: SOE.R 1: "1001" is no personal account of 5 digits',
        'FIELD_REFUSED: SOE.R 1: "84000" is no general ledger account of up to 4 digits',
        'FIELD_REFUSED: SOE.R 1: "U19" is no BU-Schlüssel of up to four digits',
        'FIELD_REFUSED: SOE.R 1: "SOE.R 1" is no Belegfeld 1 (36 letters, digits, $ % - /)',
        'CHARACTER_UNKNOWN: SOE.R 1: "Ł" (U+0141) in "Ł" is not in windows-1252',
        'FIELD_REFUSED: SOE.R 1: "P-1" is no product (36 letters, digits, spaces, _)',
      ],
    );
    const long = render(datev(), [voucher([entry({ text: 'ä'.repeat(61), vatCents: 0 })])]);
    t.equal(readRows(decoded(long.bytes), ';', '"')[2]?.[13], 'ä'.repeat(60));
    const years = { ...FACTS, firstDay: '2026-06-30', lastDay: '2026-07-01' };
    t.same(
      refusals(() => render(datev(), undefined, years)),
      [],
    );
    t.match(
      refusals(() => render(datev({ fiscalYearStartsOn: '07-01' }), undefined, years)),
      [/^FISCAL_YEARS_MIXED/],
    );
    const [head = []] = readRows(
      decoded(
        render(datev({ fiscalYearStartsOn: '07-01' }), undefined, { ...years, lastDay: '2026-06-30' }).bytes,
      ),
      ';',
      '"',
    );
    t.equal(head[12], '20250701');
  });
});
