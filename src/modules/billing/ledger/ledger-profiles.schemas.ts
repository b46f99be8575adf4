import { type Static, Type } from 'typebox';
import { OwnCentreId } from '../../../platform/http/own-centre.ts';
import { closed, named, PageQuery, pageOf, text, Uuid } from '../../../platform/http/schemas.ts';
import { DAY_FORMATS, LEDGER_ENCODINGS, LEDGER_FIELD_NAMES } from './ledger.types.ts';

const VatRows = Type.Enum(['separate', 'included'], {
  description:
    '`separate`: VAT in rows of its own on its account; `included`: gross amounts, and the program that reads them works out VAT by the tax key',
});
const word = (maxLength: number, options: Record<string, unknown> = {}) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000-\\u001f]*$', ...options });

const FieldColumn = closed({
  header: word(100, { examples: ['Belegnummer'] }),
  field: Type.Enum([...LEDGER_FIELD_NAMES], { description: 'docs/ledger-export.md says what each holds' }),
  maxLength: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  overflow: Type.Optional(
    Type.Enum(['refuse', 'cut'], {
      description: 'What happens to longer values; only texts can be cut. Left out: refused',
    }),
  ),
});
const TextColumn = closed({
  header: word(100),
  text: Type.String({
    maxLength: 100,
    pattern: '^[^\\u0000-\\u001f]*$',
    description: 'The same in each row',
  }),
});

const CsvSettings = named('LedgerCsvSettings', {
  format: Type.Enum(['csv']),
  layout: Type.Enum(['pairs', 'legs'], {
    description:
      '`pairs`: a row is an amount between the account of the member and another; `legs`: a row is one account, the one of the member once for each document',
  }),
  vat: VatRows,
  delimiter: Type.Enum([';', ',', '|', '\t']),
  quote: Type.Enum(['"', "'", 'none']),
  quoting: Type.Enum(['always', 'needed']),
  decimal: Type.Enum([',', '.']),
  dayFormat: Type.Enum([...DAY_FORMATS]),
  encoding: Type.Enum([...LEDGER_ENCODINGS]),
  headerRow: Type.Boolean(),
  lineEnding: Type.Enum(['crlf', 'lf']),
  sides: closed(
    { debit: word(10), credit: word(10) },
    { description: 'How the field `side` says debit and credit', examples: [{ debit: 'S', credit: 'H' }] },
  ),
  positiveSide: Type.Enum(['debit', 'credit'], {
    description: 'Side that `signedAmount` writes without a minus',
  }),
  repetitionText: word(30, { description: 'What `repetition` says in a file that was made again' }),
  fileName: Type.String({
    minLength: 1,
    maxLength: 120,
    pattern: '^(?:[A-Za-z0-9_-]|\\.(?!\\.)|\\{(?:number|day|from|to|repetition)\\})+$',
    description:
      'With the places {number}, {day}, {from}, {to}, {repetition}; in a file that was made again `_Wiederholung` is added where {repetition} is missing',
    examples: ['sollstellungen_{number}_{day}.csv'],
  }),
  columns: Type.Array(Type.Union([FieldColumn, TextColumn]), { minItems: 1, maxItems: 100 }),
});

const DatevSettings = named('LedgerDatevSettings', {
  format: Type.Enum(['datev']),
  vat: VatRows,
  consultantNumber: Type.Integer({ minimum: 1001, maximum: 9_999_999, description: 'Beraternummer' }),
  clientNumber: Type.Integer({ minimum: 1, maximum: 99_999, description: 'Mandantennummer' }),
  fiscalYearStartsOn: Type.String({
    pattern: '^(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])$',
    description: 'Month and day on which the fiscal year starts',
    examples: ['01-01'],
  }),
  accountLength: Type.Integer({
    minimum: 4,
    maximum: 8,
    description: 'Digits of general ledger accounts; personal accounts have one more',
  }),
  isLocked: Type.Boolean({ description: 'Festschreibung: whether the batch is locked when it is read in' }),
  label: Type.Optional(
    Type.String({ pattern: '^[A-Za-z0-9_.\\-/ ]{1,30}$', description: 'Bezeichnung of the batch' }),
  ),
  dictation: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$', description: 'Diktatkürzel' })),
  chart: Type.Optional(
    Type.String({ pattern: '^\\d{2,4}$', description: 'Sachkontenrahmen', examples: ['03'] }),
  ),
  noTaxKey: Type.Optional(
    Type.String({
      pattern: '^\\d{1,4}$',
      description:
        'BU-Schlüssel that keeps accounts from adding VAT by themselves; written where VAT has rows of its own',
    }),
  ),
});

const LedgerSettings = Type.Union([CsvSettings, DatevSettings]);

const fields = {
  name: text(100, { examples: ['Sollstellungen Kasse'] }),
  settings: LedgerSettings,
};
export const LedgerProfileInput = named('LedgerProfileInput', { centreId: OwnCentreId, ...fields });
export type LedgerProfileInput = Static<typeof LedgerProfileInput>;

export const LedgerProfileView = named('LedgerProfile', {
  id: Uuid,
  centreId: Uuid,
  name: Type.String(),
  settings: LedgerSettings,
  version: Type.Integer(),
});
export type LedgerProfileView = Static<typeof LedgerProfileView>;
export const LedgerProfilePage = pageOf(LedgerProfileView);
export const LedgerProfileQuery = closed(PageQuery);
export type LedgerProfileQuery = Static<typeof LedgerProfileQuery>;
