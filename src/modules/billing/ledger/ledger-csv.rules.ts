import type { LedgerLeg, LedgerVoucher, LedgerWords } from './ledger.types.ts';
import { bookingsOf, legsOf } from './ledger-bookings.rules.ts';
import { encode, mediaTypeOf, nameOf, unwritable } from './ledger-encodings.rules.ts';
import { inOneLine, LEDGER_FIELDS, type LedgerRow } from './ledger-fields.rules.ts';
import type { FileFacts, RenderedFile } from './ledger-files.types.ts';
import { Refusals } from './ledger-refusals.rules.ts';
import type { CsvSettings, LedgerColumn } from './ledger-settings.types.ts';

/** The file of a CSV profile; what cannot be written as the profile asks is named, and nothing is cut or replaced unasked. */
export function renderLedgerCsv(
  vouchers: readonly LedgerVoucher[],
  settings: CsvSettings,
  facts: FileFacts,
): RenderedFile {
  const refusals = new Refusals();
  const rows = rowsOf(vouchers, settings, facts);
  const { columns, headerRow, lineEnding, encoding } = settings;
  const heading = columns.map(({ header }) => cell(header, header, 'the header', settings, refusals));
  const lines = [
    ...(headerRow ? [heading] : []),
    ...rows.map((row) =>
      columns.map((column) =>
        cell(
          valueOf(column, row, settings, refusals),
          column.header,
          row.leg.voucherNumber,
          settings,
          refusals,
        ),
      ),
    ),
  ];
  const end = lineEnding === 'crlf' ? '\r\n' : '\n';
  const text = lines.map((line) => `${line.join(settings.delimiter)}${end}`).join('');
  refusals.assertNone();
  return {
    bytes: encode(text, encoding),
    rowCount: rows.length,
    fileName: fileNameOf(settings, facts),
    mediaType: mediaTypeOf(encoding),
  };
}

function rowsOf(
  vouchers: readonly LedgerVoucher[],
  { layout, vat }: CsvSettings,
  { number, isRepetition, say }: FileFacts,
): LedgerRow[] {
  const legs = vouchers.flatMap((voucher) =>
    (layout === 'legs' ? legsOf(voucher, vat, say) : pairsOf(voucher, vat, say)).map((leg) => ({
      voucher,
      leg,
    })),
  );
  return legs.map((row, at) => ({ ...row, rowNumber: at + 1, exportNumber: number, isRepetition }));
}

function pairsOf(voucher: LedgerVoucher, vat: CsvSettings['vat'], say: LedgerWords): LedgerLeg[] {
  return bookingsOf(voucher, vat, say).map(
    ({ account, debtorAccount, debtorSide, effect: _effect, ...rest }) => ({
      ...rest,
      account: debtorAccount,
      contraAccount: account,
      side: debtorSide,
    }),
  );
}

function valueOf(column: LedgerColumn, row: LedgerRow, settings: CsvSettings, refusals: Refusals): string {
  if (!('field' in column)) return column.text;
  const value = inOneLine(LEDGER_FIELDS[column.field](row, settings) ?? '');
  const { maxLength, overflow = 'refuse', header } = column;
  const chars = Array.from(value);
  if (maxLength === undefined || chars.length <= maxLength) return value;
  if (overflow === 'cut') return chars.slice(0, maxLength).join('');
  refusals.add(
    'TEXT_TOO_LONG',
    `${row.leg.voucherNumber}, column ${header}: "${value}" has ${chars.length} characters, ${maxLength} are allowed`,
  );
  return value;
}

function cell(
  value: string,
  header: string,
  where: string,
  { quote, quoting, delimiter, encoding }: CsvSettings,
  refusals: Refusals,
): string {
  for (const char of unwritable(value, encoding)) {
    refusals.add('CHARACTER_UNKNOWN', `${where}, column ${header}: ${nameOf(char)} is not in ${encoding}`);
  }
  if (quote === 'none') {
    if (value.includes(delimiter)) {
      refusals.add(
        'DELIMITER_IN_TEXT',
        `${where}, column ${header}: "${value}" holds the delimiter, and nothing is quoted`,
      );
    }
    return value;
  }
  if (quoting === 'needed' && !value.includes(delimiter) && !value.includes(quote)) return value;
  return `${quote}${value.replaceAll(quote, quote + quote)}${quote}`;
}

function fileNameOf({ fileName }: CsvSettings, facts: FileFacts): string {
  const places: Readonly<Record<string, string>> = {
    number: facts.number,
    day: facts.createdOn.replaceAll('-', ''),
    from: facts.firstDay.replaceAll('-', ''),
    to: facts.lastDay.replaceAll('-', ''),
    repetition: facts.isRepetition ? 'Wiederholung' : '',
  };
  const name = fileName.replace(/\{(\w+)\}/g, (_place, key: string) => places[key] ?? '');
  if (!facts.isRepetition || fileName.includes('{repetition}')) return name;
  return name.replace(/(\.[A-Za-z0-9]+)?$/, '_Wiederholung$1');
}
