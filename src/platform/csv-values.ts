import { isDay, isMoment } from './calendar.ts';
import { momentAt } from './clock.ts';
import { MOST_ENTERED_CENTS } from './money/index.ts';

/** A cell that was read, or why it was not; `reason` completes the sentence "row 7, column Betrag: …". */
export type CellResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: string; readonly reason: string };

export type CellParser<Value> = (cell: string) => CellResult<Value>;

const GERMAN = /^(-?)((?:0|[1-9]\d*)|[1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d{1,2}))?$/;
const PLAIN = /^(-?)(0|[1-9]\d*)\.(\d{1,2})$/;
/** One group of three after one separator: 1.234 is a thousand in German and little more than one elsewhere. */
const AMBIGUOUS = /^-?[1-9]\d{0,2}[.,]\d{3}$/;

/**
 * An amount in German (`1.234,56`, `1234,56`, `1.234.567`) or plain writing (`1234.56`), to integer cents. Nothing
 * is guessed: no currency, no spaces, no plus, no trailing minus, at most two decimals.
 */
export function parseAmountCents(cell: string): CellResult<number> {
  if (AMBIGUOUS.test(cell)) {
    return refuse('AMOUNT_AMBIGUOUS', `${show(cell)} may mean thousands or decimals; write two decimals`);
  }
  const match = GERMAN.exec(cell) ?? PLAIN.exec(cell);
  if (match === null) {
    return refuse('AMOUNT_MALFORMED', `${show(cell)} is no amount like 1.234,56 or 1234.56`);
  }
  const [, sign = '', whole = '', decimals = ''] = match;
  const amountCents = Number(`${sign}${whole.replaceAll('.', '')}${decimals.padEnd(2, '0')}`);
  return enteredCents(cell, amountCents);
}

/** What a cell says, unless nobody can have meant it. */
export function enteredCents(cell: string, amountCents: number): CellResult<number> {
  if (Math.abs(amountCents) > MOST_ENTERED_CENTS)
    return refuse('AMOUNT_OUT_OF_RANGE', `${show(cell)} is more than 100 billion euro`);
  // -0 is equal to 0 but not the same to every comparison.
  return { ok: true, value: amountCents === 0 ? 0 : amountCents };
}

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;
const GERMAN_DAY = /^(\d{2})\.(\d{2})\.(\d{4})$/;

/** A day as `2026-01-31` or `31.01.2026`, to ISO; it must exist in the calendar. */
export function parseDay(cell: string): CellResult<string> {
  const german = GERMAN_DAY.exec(cell);
  const iso = german === null ? cell : `${german[3]}-${german[2]}-${german[1]}`;
  if (!ISO_DAY.test(iso)) {
    return refuse('DAY_MALFORMED', `${show(cell)} is no day like 2026-01-31 or 31.01.2026`);
  }
  return enteredDay(cell, iso);
}

/** The same of a day. */
export function enteredDay(cell: string, iso: string): CellResult<string> {
  if (!isDay(iso)) return refuse('DAY_UNKNOWN', `${show(cell)} is not in the calendar`);
  return /^(19|20|21)/.test(iso)
    ? { ok: true, value: iso }
    : refuse('DAY_IMPLAUSIBLE', `${show(cell)} is not within the years 1900 to 2199`);
}

const GERMAN_QUANTITY = /^((?:0|[1-9]\d{0,17})|[1-9]\d{0,2}(?:\.\d{3}){1,5})(?:,(\d{1,6}))?$/;
const PLAIN_QUANTITY = /^(0|[1-9]\d{0,17})\.(\d{1,6})$/;

/** A quantity in German (`1.234,5`) or plain writing (`1234.5`), zero or more, to an exact decimal of up to six places. */
export function parseQuantity(cell: string): CellResult<string> {
  if (AMBIGUOUS.test(cell)) {
    return refuse(
      'QUANTITY_AMBIGUOUS',
      `${show(cell)} may mean thousands or decimals; write another decimal`,
    );
  }
  const match = GERMAN_QUANTITY.exec(cell) ?? PLAIN_QUANTITY.exec(cell);
  if (match === null) {
    return refuse(
      'QUANTITY_MALFORMED',
      `${show(cell)} is no quantity like 1.234,5 or 1234.5, up to six decimals`,
    );
  }
  const [, whole = '', decimals] = match;
  const digits = whole.replaceAll('.', '');
  return { ok: true, value: decimals === undefined ? digits : `${digits}.${decimals}` };
}

/** A quantity that a spreadsheet holds as a number, in plain writing: a point is never a thousand. */
export function parseTypedQuantity(cell: string): CellResult<string> {
  return /^[1-9]\d{0,2}\.\d{3}$/.test(cell) ? { ok: true, value: cell } : parseQuantity(cell);
}

const LOCAL_TIME = /^(\d{4}-\d{2}-\d{2}|\d{2}\.\d{2}\.\d{4})[ T]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)$/;

/** A moment with its offset (RFC 3339), a day with the time in Germany, or a day alone, which is its noon. */
export function parseMoment(cell: string): CellResult<string> {
  if (isMoment(cell)) return { ok: true, value: cell };
  const [, dayText = cell, time = '12:00'] = LOCAL_TIME.exec(cell) ?? [];
  const day = parseDay(dayText);
  if (day.ok) return { ok: true, value: momentAt(day.value, time) };
  const reason = `${show(cell)} is no day like 2026-01-31 or 31.01.2026, with or without a time like 14:30`;
  return day.code === 'DAY_MALFORMED' ? refuse('MOMENT_MALFORMED', reason) : day;
}

/** Text of limited length. */
export function parseTextUpTo(maxLength: number): CellParser<string> {
  return (cell) =>
    cell.length <= maxLength
      ? { ok: true, value: cell }
      : refuse('TEXT_TOO_LONG', `has ${cell.length} characters, ${maxLength} are allowed`);
}

/** One of the given words, compared without regard to case. */
export function parseChoice<Value extends string>(
  choices: Readonly<Record<string, Value>>,
): CellParser<Value> {
  const byWord = new Map(Object.entries(choices).map(([word, value]) => [word.toLowerCase(), value]));
  return (cell) => {
    const value = byWord.get(cell.toLowerCase());
    if (value !== undefined) return { ok: true, value };
    return refuse('CHOICE_UNKNOWN', `${show(cell)} is none of ${Object.keys(choices).join(', ')}`);
  };
}

/** A cell that cannot be read. */
export function refuse(code: string, reason: string): { ok: false; code: string; reason: string } {
  return { ok: false, code, reason };
}

/** A cell as a message quotes it. */
export function show(cell: string): string {
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 37)}...` : cell);
}
