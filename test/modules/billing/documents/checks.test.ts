import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import t from 'tap';
import {
  isGermanVatId,
  isIban,
  isLeitwegId,
} from '../../../../src/modules/billing/documents/identifiers.rules.ts';
import { checkDocument, type StatementDocument } from '../../../../src/modules/billing/documents/index.ts';
import { isPrintable } from '../../../../src/platform/printable.ts';
import {
  allSamples,
  EXEMPT,
  INSTALMENTS,
  leitwegId,
  nettedLines,
  OUT_OF_SCOPE,
  STANDARD,
  sampleDocument,
} from '../../../support/documents.ts';

/** A copy with one value changed; `undefined` takes it away. */
function changed(document: StatementDocument, pointer: string, value: unknown): StatementDocument {
  // Through JSON: a structured clone would keep one object for the treatment that all lines share.
  const copy = JSON.parse(JSON.stringify(document)) as StatementDocument;
  const path = pointer.split('/').slice(1);
  const last = path.pop() ?? '';
  const parent = path.reduce<Record<string, unknown>>(
    (inner, key) => inner[key] as Record<string, unknown>,
    copy as unknown as Record<string, unknown>,
  );
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

const plain = sampleDocument();
const taxed = sampleDocument(STANDARD);
const final = sampleDocument(STANDARD, { preceding: INSTALMENTS });
const corrected = sampleDocument(STANDARD, { kind: 384, preceding: INSTALMENTS.slice(0, 1) });
const credit = sampleDocument(STANDARD, { kind: 381, preceding: INSTALMENTS.slice(0, 1) });
const first = plain.lines[0];
const netted = sampleDocument(OUT_OF_SCOPE, { lines: nettedLines(OUT_OF_SCOPE) });
const own = { ...INSTALMENTS[0], number: plain.number };
const part = '/lines/1/derivation/parts/0';

/** What is spoiled, where to, and the finding that must name it. */
const table: readonly [
  document: StatementDocument,
  pointer: string,
  value: unknown,
  code: string,
  at?: string,
][] = [
  [plain, '/kind', 389, 'KIND_INVALID'],
  [plain, '/number', '', 'NUMBER_INVALID'],
  [plain, '/number', 'SZB 2026', 'NUMBER_INVALID'],
  [plain, '/issuedOn', '2026-02-30', 'DAY_INVALID'],
  [plain, '/issuedOn', '20.11.2026', 'DAY_INVALID'],
  [plain, '/dueOn', '2027-02-29', 'DAY_INVALID'],
  [plain, '/dueOn', '2026-11-19', 'DUE_BEFORE_ISSUE'],
  [plain, '/period/startsOn', '2026-13-01', 'DAY_INVALID'],
  [plain, '/period/endsOn', '2026-01-01', 'PERIOD_EMPTY', '/period'],
  [plain, '/agreementReference', ' ', 'TEXT_MISSING'],
  [plain, '/seller/name', '', 'TEXT_MISSING'],
  [plain, '/seller/centreName', '', 'TEXT_MISSING'],
  [plain, '/seller/identifier', '', 'TEXT_MISSING'],
  [plain, '/seller/contact/name', '', 'CONTACT_INCOMPLETE'],
  [plain, '/seller/contact/phone', 'n/a', 'CONTACT_INCOMPLETE'],
  [plain, '/seller/contact/email', 'abrechnung', 'CONTACT_INCOMPLETE'],
  [plain, '/seller/bank/holder', '', 'TEXT_MISSING'],
  [plain, '/seller/bank/iban', 'DE03120300000000202051', 'IBAN_INVALID'],
  [plain, '/seller/bank/bic', 'BYLA', 'BIC_INVALID'],
  [plain, '/seller/vatId', 'DE136695976', 'VAT_ID_FORBIDDEN'],
  [taxed, '/seller/vatId', 'DE136695977', 'VAT_ID_INVALID'],
  [plain, '/seller/taxNumber', '', 'TEXT_MISSING'],
  [changed(taxed, '/seller/vatId', undefined), '/seller/taxNumber', undefined, 'TAX_ID_MISSING', '/seller'],
  [plain, '/seller/address/street', '', 'TEXT_MISSING'],
  [plain, '/buyer/address/postCode', '5951', 'POST_CODE_INVALID'],
  [plain, '/buyer/address/city', '', 'TEXT_MISSING'],
  [plain, '/buyer/address/country', 'Deutschland', 'COUNTRY_INVALID'],
  [plain, '/buyer/name', '', 'TEXT_MISSING'],
  [plain, '/buyer/leitwegId', '04011000-1234512345-07', 'LEITWEG_ID_INVALID'],
  [plain, '/buyer/electronicAddress/scheme', 'XY', 'ELECTRONIC_ADDRESS_INVALID'],
  [plain, '/buyer/electronicAddress/value', '04011000-1234512345-07', 'ELECTRONIC_ADDRESS_INVALID'],
  [plain, '/seller/electronicAddress/value', 'nobody', 'ELECTRONIC_ADDRESS_INVALID'],
  [corrected, '/preceding', [], 'PRECEDING_MISSING'],
  [credit, '/preceding', [], 'PRECEDING_MISSING'],
  [corrected, '/preceding/0/issuedOn', '2026-11-21', 'PRECEDING_LATER'],
  [corrected, '/preceding/0/issuedOn', 'gestern', 'DAY_INVALID'],
  [corrected, '/preceding/0/number', '', 'NUMBER_INVALID'],
  [plain, '/preceding', [own], 'PRECEDING_ITSELF', '/preceding/0/number'],
  [final, '/preceding/1/number', INSTALMENTS[0]?.number, 'PRECEDING_TWICE', '/preceding'],
  [final, '/preceding/1/prepaidCents', 2_000_001, 'PREPAID_TOO_LARGE'],
  [final, '/preceding/1/prepaidCents', -1, 'PREPAID_TOO_LARGE'],
  [final, '/preceding/1/prepaidVatCents', 2_000_001, 'PREPAID_VAT_TOO_LARGE'],
  [plain, '/lines', [], 'LINES_MISSING'],
  [plain, '/lines/0/service/code', '', 'TEXT_MISSING'],
  [plain, '/lines/0/service/title', '', 'TEXT_MISSING'],
  [plain, '/lines/0/quantity', '0', 'QUANTITY_INVALID'],
  [plain, '/lines/0/quantity', '-1', 'QUANTITY_INVALID'],
  [plain, '/lines/0/quantity', '1,5', 'QUANTITY_INVALID'],
  [plain, '/lines/0/netCents', 0.5, 'AMOUNT_OUT_OF_RANGE'],
  [plain, '/lines/0/netCents', Number.NaN, 'AMOUNT_OUT_OF_RANGE'],
  [plain, '/lines/0/netCents', 100_000_000_000_001, 'AMOUNT_OUT_OF_RANGE'],
  [plain, '/totals/payableCents', 2 ** 53, 'AMOUNT_OUT_OF_RANGE'],
  [plain, '/lines/0/vat', STANDARD, 'VAT_CATEGORIES_MIXED', '/lines'],
  [taxed, '/lines/0/vat/ratePercent', '0', 'VAT_RATE_INVALID'],
  [taxed, '/lines/0/vat/reason', 'frei', 'VAT_REASON_UNEXPECTED', '/lines/0/vat'],
  [plain, '/lines/0/vat/ratePercent', '19', 'VAT_RATE_INVALID'],
  [plain, '/lines/0/vat/reason', '', 'VAT_REASON_MISSING'],
  [plain, '/lines/0/vat/vatexCode', 'VATEX-EU-132-1F', 'VATEX_CODE_INVALID'],
  [plain, '/lines/0/vat/vatexCode', '132', 'VATEX_CODE_INVALID'],
  [sampleDocument(EXEMPT), '/lines/1/vat/reason', 'Kleinunternehmer', 'VAT_REASONS_DIFFER', '/lines/1/vat'],
  [taxed, '/vat/0/vatCents', (taxed.vat[0]?.vatCents ?? 0) + 1, 'VAT_WRONG', '/vat/0'],
  [taxed, '/vat', [], 'VAT_WRONG', '/vat/0'],
  [taxed, '/totals/netCents', taxed.totals.netCents - 1, 'TOTAL_WRONG'],
  [taxed, '/totals/vatCents', taxed.totals.vatCents + 1, 'TOTAL_WRONG'],
  [taxed, '/totals/grossCents', taxed.totals.grossCents + 1, 'TOTAL_WRONG'],
  [final, '/totals/prepaidCents', 0, 'TOTAL_WRONG'],
  [final, '/totals/payableCents', taxed.totals.grossCents, 'TOTAL_WRONG'],
  [plain, '/lines/1/derivation/poolCents', 1.5, 'AMOUNT_OUT_OF_RANGE'],
  [plain, '/lines/1/derivation/exactCents', '1/1', 'DERIVATION_WRONG'],
  [plain, '/lines/1/derivation/roundingCents', -1, 'DERIVATION_WRONG'],
  [plain, '/lines/0/derivation/roundingCents', 1, 'DERIVATION_WRONG'],
  [
    plain,
    '/lines/0/derivation',
    { ...first?.derivation, instalment: { number: 1, count: 2 } },
    'DERIVATION_WRONG',
  ],
  [
    plain,
    '/lines/0/derivation',
    { ...first?.derivation, instalment: { number: 2, count: 1 } },
    'DERIVATION_WRONG',
  ],
  [netted, '/lines/1/derivation/netting/costCents', 0.5, 'AMOUNT_OUT_OF_RANGE'],
  [netted, '/lines/1/derivation/netting/deductions/0/amountCents', 2 ** 53, 'AMOUNT_OUT_OF_RANGE'],
  [
    netted,
    '/lines/1/derivation/netting/deductions/1/amountCents',
    500_001,
    'DERIVATION_WRONG',
    '/lines/1/derivation/netting',
  ],
  [netted, '/lines/1/derivation/netting/deductions/0/label', 'Land \u{1f600}', 'TEXT_UNPRINTABLE'],
  [plain, `${part}/percent`, '0', 'DECIMAL_INVALID'],
  [plain, `${part}/weight`, '-1', 'DECIMAL_INVALID'],
  [plain, `${part}/weightTotal`, '0', 'DECIMAL_INVALID'],
  [plain, `${part}/trancheCents`, 0.1, 'AMOUNT_OUT_OF_RANGE'],
  [plain, `${part}/trancheCents`, 18_770_761, 'DERIVATION_WRONG'],
  [plain, '/notes', ['Bitte\u0000'], 'TEXT_UNPRINTABLE', '/notes/0'],
  [plain, '/buyer/name', 'Gemeinde \u{1f600}', 'TEXT_UNPRINTABLE'],
];

t.test('what stands against issuing a document', async (t) => {
  for (const [name, document] of Object.entries(allSamples())) {
    t.same(checkDocument(document), [], `nothing stands against ${name}`);
  }
  for (const [document, pointer, value, code, at = pointer] of table) {
    t.test(`${code}: ${pointer} = ${JSON.stringify(value)?.slice(0, 60)}`, async (t) => {
      t.same(
        checkDocument(document).filter((finding) => finding.code === code && finding.pointer === at),
        [],
      );
      const found = checkDocument(changed(document, pointer, value));
      t.ok(
        found.some((finding) => finding.code === code && finding.pointer === at && finding.detail !== ''),
        JSON.stringify(found),
      );
    });
  }
});

t.test('identifiers', async (t) => {
  t.test('Leitweg-ID: the published example, and no other check digits', async (t) => {
    t.ok(isLeitwegId('04011000-1234512345-06'));
    t.equal(leitwegId('04011000', '1234512345'), '04011000-1234512345-06');
    for (let check = 0; check < 100; check++) {
      const text = `04011000-1234512345-${String(check).padStart(2, '0')}`;
      t.equal(isLeitwegId(text), check === 6, text);
    }
    for (const text of ['', '04011000', '04011000-06', '04011000--06', '04011000-1234512345-06 ']) {
      t.notOk(isLeitwegId(text), text);
    }
  });

  t.test('IBAN: each wrong digit and each swap of neighbours is found', async (t) => {
    const iban = 'DE02120300000000202051';
    t.ok(isIban(iban));
    t.ok(isIban('AT611904300234573201'));
    for (let at = 2; at < iban.length; at++) {
      const wrong = `${iban.slice(0, at)}${(Number(iban[at]) + 1) % 10}${iban.slice(at + 1)}`;
      t.notOk(isIban(wrong), wrong);
      const swapped = `${iban.slice(0, at - 1)}${iban[at]}${iban[at - 1]}${iban.slice(at + 1)}`;
      if (at > 4 && iban[at] !== iban[at - 1]) t.notOk(isIban(swapped), swapped);
    }
    t.notOk(isIban('DE02 1203 0000 0000 2020 51'), 'spaces are for people');
    t.notOk(isIban('DE0212030000000020205'), 'too short');
  });

  t.test('German VAT id: check digit', async (t) => {
    t.ok(isGermanVatId('DE136695976'));
    for (let digit = 0; digit < 10; digit++) t.equal(isGermanVatId(`DE13669597${digit}`), digit === 6);
    t.notOk(isGermanVatId('136695976'));
  });
});

t.test('every printable character has a glyph in both fonts', async (t) => {
  const require = createRequire(createRequire(import.meta.url).resolve('pdfkit'));
  const fontkit = require('fontkit') as {
    create(bytes: Buffer): { hasGlyphForCodePoint(point: number): boolean };
  };
  const resolve = createRequire(import.meta.url).resolve;
  for (const file of ['400Regular/NotoSans_400Regular.ttf', '600SemiBold/NotoSans_600SemiBold.ttf']) {
    const font = fontkit.create(readFileSync(resolve(`@expo-google-fonts/noto-sans/${file}`)));
    const points = [...Array(0x3000).keys()].filter((point) => isPrintable(String.fromCodePoint(point)));
    t.ok(points.length > 1_000);
    t.same(
      points.filter((point) => point !== 10 && !font.hasGlyphForCodePoint(point)).map((p) => p.toString(16)),
      [],
    );
  }
  t.ok(isPrintable('Łukasz Đoković, Straße §§ 23 ff., 12.345,67 € – „Umlage“ … ṣ ğ ė'));
  t.notOk(isPrintable('\u0007'));
});
