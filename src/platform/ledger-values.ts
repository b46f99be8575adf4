import { type CellParser, type CellResult, enteredCents, enteredDay, refuse, show } from './csv-values.ts';

/** How a ledger is known to write its amounts, so that one group of three digits says what it means. */
export type AmountFormat = 'german' | 'english';
/** How a ledger is known to write its days: `2026-01-31`, `31.01.2026` (also `31.1.2026`), `20260131`. */
export type DayFormat = 'iso' | 'german' | 'compact';

const AMOUNTS: Readonly<Record<AmountFormat, { pattern: RegExp; thousands: string; example: string }>> = {
  german: {
    pattern: /^([+-]?)(\d{1,16}|\d{1,3}(?:\.\d{3})+)(?:,(\d{1,2}))?(-?)$/,
    thousands: '.',
    example: '1.234,56',
  },
  english: {
    pattern: /^([+-]?)(\d{1,16}|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?(-?)$/,
    thousands: ',',
    example: '1,234.56',
  },
};

function amountParser(format: AmountFormat): CellParser<number> {
  const { pattern, thousands, example } = AMOUNTS[format];
  return (cell) => {
    const [, sign = '', whole, decimals = '', trailing = ''] = pattern.exec(cell) ?? [];
    if (whole === undefined || (sign !== '' && trailing !== '')) {
      return refuse('AMOUNT_MALFORMED', `${show(cell)} is no amount like ${example} or ${example}-`);
    }
    const amountCents = Number(`${whole.replaceAll(thousands, '')}${decimals.padEnd(2, '0')}`);
    return enteredCents(cell, sign === '-' || trailing === '-' ? -amountCents : amountCents);
  };
}

/** Amounts to integer cents; a minus may stand behind the number, as some ledgers write it. */
export const AMOUNT_PARSERS: Readonly<Record<AmountFormat, CellParser<number>>> = {
  german: amountParser('german'),
  english: amountParser('english'),
};

const DAYS: Readonly<Record<DayFormat, { pattern: RegExp; order: 'ymd' | 'dmy'; example: string }>> = {
  iso: { pattern: /^(\d{4})-(\d{2})-(\d{2})$/, order: 'ymd', example: '2026-01-31' },
  german: { pattern: /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/, order: 'dmy', example: '31.01.2026' },
  compact: { pattern: /^(\d{4})(\d{2})(\d{2})$/, order: 'ymd', example: '20260131' },
};

function dayParser(format: DayFormat): CellParser<string> {
  const { pattern, order, example } = DAYS[format];
  return (cell): CellResult<string> => {
    const [, first, second, third] = pattern.exec(cell) ?? [];
    if (first === undefined || second === undefined || third === undefined) {
      return refuse('DAY_MALFORMED', `${show(cell)} is no day like ${example}`);
    }
    const [year, day] = order === 'ymd' ? [first, third] : [third, first];
    const iso = `${year}-${second.padStart(2, '0')}-${day.padStart(2, '0')}`;
    return enteredDay(cell, iso);
  };
}

/** Days to ISO; they must exist in the calendar, in a year that is no slip. */
export const DAY_PARSERS: Readonly<Record<DayFormat, CellParser<string>>> = {
  iso: dayParser('iso'),
  german: dayParser('german'),
  compact: dayParser('compact'),
};
