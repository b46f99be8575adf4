import { type Day, localTimeOf } from '../../../platform/clock.ts';
import { formatCents } from '../../../platform/money/index.ts';
import type { LedgerBooking, LedgerVoucher } from './ledger.types.ts';
import { bookingsOf } from './ledger-bookings.rules.ts';
import { DATEV_COLUMNS, isDatevText } from './ledger-datev-columns.rules.ts';
import { encode, mediaTypeOf, nameOf, unwritable } from './ledger-encodings.rules.ts';
import { inOneLine, writeDay } from './ledger-fields.rules.ts';
import type { FileFacts, RenderedFile } from './ledger-files.types.ts';
import { Refusals } from './ledger-refusals.rules.ts';
import type { DatevSettings } from './ledger-settings.types.ts';

const ENCODING = 'windows-1252';
/** Longest Buchungstext; longer ones are cut. */
const TEXT_LENGTH = 60;
/** Rows that one file may have. */
const MOST_ROWS = 99_999;
const LARGEST_CENTS = 999_999_999_999;
/** What both the pattern and the words of the description of Belegfeld 1 allow. */
const VOUCHER_NUMBER = /^[A-Za-z0-9$%\-/]{1,36}$/;

/**
 * A Buchungsstapel in the DATEV format: header version 700, category 21, format version 13. Each row books between the personal
 * account of the member (Konto) and another one (Gegenkonto).
 */
export function renderDatev(
  vouchers: readonly LedgerVoucher[],
  settings: DatevSettings,
  facts: FileFacts,
): RenderedFile {
  const refusals = new Refusals();
  const rows = vouchers.flatMap((voucher) =>
    bookingsOf(voucher, settings.vat, facts.say).map((booking) =>
      rowOf(voucher, booking, settings, refusals),
    ),
  );
  if (rows.length > MOST_ROWS) {
    refusals.add('TOO_MANY_ROWS', `${rows.length} rows, and a file may have ${MOST_ROWS}; export fewer days`);
  }
  const lines = [headerOf(settings, facts, refusals), DATEV_COLUMNS.join(';'), ...rows];
  refusals.assertNone();
  const repetition = facts.isRepetition ? '_Wiederholung' : '';
  return {
    bytes: encode(lines.map((line) => `${line}\r\n`).join(''), ENCODING),
    rowCount: rows.length,
    fileName: `EXTF_Buchungsstapel_${facts.number}${repetition}.csv`,
    mediaType: mediaTypeOf(ENCODING),
  };
}

function headerOf(settings: DatevSettings, facts: FileFacts, refusals: Refusals): string {
  const { consultantNumber, clientNumber, accountLength, label, dictation, chart, isLocked } = settings;
  const { firstDay, lastDay, isRepetition, number } = facts;
  const yearStart = fiscalYearOf(firstDay, settings);
  if (fiscalYearOf(lastDay, settings) !== yearStart) {
    refusals.add(
      'FISCAL_YEARS_MIXED',
      `documents from ${firstDay} to ${lastDay} are of several fiscal years, and days of this format have no year`,
    );
  }
  const marked = isRepetition ? `Wiederholung ${number}`.slice(0, 30) : (label ?? number);
  const compact = (day: Day) => writeDay(day, 'YYYYMMDD');
  const createdAt = localTimeOf(facts.createdAt).replace(/\D/g, '');
  return [
    quoted('EXTF'),
    '700',
    '21',
    quoted('Buchungsstapel'),
    '13',
    createdAt,
    '',
    quoted(''),
    quoted(''),
    quoted(''),
    String(consultantNumber),
    String(clientNumber),
    compact(yearStart),
    String(accountLength),
    compact(firstDay),
    compact(lastDay),
    quoted(marked.slice(0, 30)),
    quoted(dictation ?? ''),
    '1',
    '0',
    isLocked ? '1' : '0',
    quoted('EUR'),
    '',
    quoted(''),
    '',
    '',
    quoted(chart ?? ''),
    '',
    '',
    quoted(''),
    quoted(isRepetition ? 'Wiederholung' : ''),
  ].join(';');
}

/** First day of the fiscal year that a day is in. */
function fiscalYearOf(day: Day, { fiscalYearStartsOn }: DatevSettings): Day {
  const year = Number(day.slice(0, 4));
  const start = `${year}-${fiscalYearStartsOn}`;
  return start <= day ? start : `${year - 1}-${fiscalYearStartsOn}`;
}

function rowOf(
  { statement }: LedgerVoucher,
  booking: LedgerBooking,
  settings: DatevSettings,
  refusals: Refusals,
): string {
  const { number } = statement;
  const refuse = (code: string, detail: string) => refusals.add(code, `${number}: ${detail}`);
  const cells: Readonly<Record<number, string>> = {
    1: amountOf(booking, refuse),
    2: booking.debtorSide === 'debit' ? 'S' : 'H',
    3: 'EUR',
    7: personalAccount(booking.debtorAccount, settings, refuse),
    8: generalAccount(booking.account, settings, refuse),
    9: taxKeyOf(booking, settings, refuse),
    10: writeDay(statement.issuedOn, 'DDMM'),
    11: matching(number, VOUCHER_NUMBER, 'is no Belegfeld 1 (36 letters, digits, $ % - /)', refuse),
    14: textOf(booking.text, refuse),
    37: costOf(booking.product, 'product', refuse),
    38: costOf(booking.costObject, 'cost object', refuse),
    114: settings.isLocked ? '1' : '0',
    117: writeDay(statement.dueOn, 'DDMMYYYY'),
  };
  return DATEV_COLUMNS.map((_name, at) => {
    const value = cells[at + 1] ?? '';
    return isDatevText(at + 1) ? quoted(value) : value;
  }).join(';');
}

type Refuse = (code: string, detail: string) => void;

function amountOf({ amountCents }: LedgerBooking, refuse: Refuse): string {
  const amount = formatCents(amountCents, 'de', { grouping: false });
  if (amountCents > LARGEST_CENTS) refuse('AMOUNT_TOO_LARGE', `${amount} has more than ten digits`);
  return amount;
}

function personalAccount(account: string, { accountLength }: DatevSettings, refuse: Refuse): string {
  const digits = accountLength + 1;
  const form = new RegExp(`^[1-9]\\d{${accountLength}}$`);
  return matching(account, form, `is no personal account of ${digits} digits`, refuse);
}

function generalAccount(account: string, { accountLength }: DatevSettings, refuse: Refuse): string {
  const form = new RegExp(`^(?!0+$)\\d{1,${accountLength}}$`);
  return matching(account, form, `is no general ledger account of up to ${accountLength} digits`, refuse);
}

function taxKeyOf(booking: LedgerBooking, { vat, noTaxKey }: DatevSettings, refuse: Refuse): string {
  const key = vat === 'included' ? booking.taxKey : (noTaxKey ?? null);
  if (vat === 'included' && booking.vatCents !== 0 && key === null) {
    refuse('TAX_KEY_MISSING', `account ${booking.account} holds VAT, and its rule has no tax key`);
  }
  if (key === null) return '';
  return matching(key, /^\d{1,4}$/, 'is no BU-Schlüssel of up to four digits', refuse).padStart(4, '0');
}

function costOf(value: string | null, what: string, refuse: Refuse): string {
  if (value === null) return '';
  return matching(value, /^[\w ]{1,36}$/, `is no ${what} (36 letters, digits, spaces, _)`, refuse);
}

function textOf(text: string, refuse: Refuse): string {
  const line = Array.from(inOneLine(text)).slice(0, TEXT_LENGTH).join('');
  for (const char of unwritable(line, ENCODING)) {
    refuse('CHARACTER_UNKNOWN', `${nameOf(char)} in "${line}" is not in ${ENCODING}`);
  }
  return line;
}

function matching(value: string, form: RegExp, otherwise: string, refuse: Refuse): string {
  if (!form.test(value)) refuse('FIELD_REFUSED', `"${value}" ${otherwise}`);
  return value;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
