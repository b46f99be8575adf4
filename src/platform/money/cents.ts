import { DomainError } from '../errors.ts';
import { AMOUNT_OUT_OF_RANGE } from './money.errors.ts';

export type MoneyLocale = 'de' | 'en';

/** Amounts stay below it: what a person enters as more is a slip, and sums of what is less are held exactly. */
const CENTS_LIMIT = 10 ** 14;
/** The largest amount that is entered: sums over many of them stay below the limit. */
export const MOST_ENTERED_CENTS = 10 ** 13;

/**
 * Integer cents, taken into exact arithmetic.
 * @throws DomainError AMOUNT_OUT_OF_RANGE for fractions and from 10^14 cents on
 */
export function toBigCents(amountCents: number, pointer?: string): bigint {
  if (!Number.isInteger(amountCents) || Math.abs(amountCents) >= CENTS_LIMIT) {
    throw outOfRange(String(amountCents), pointer, 'below 10^14');
  }
  return BigInt(amountCents);
}

/** Back from exact arithmetic. @throws DomainError AMOUNT_OUT_OF_RANGE */
export function fromBigCents(amount: bigint, pointer?: string): number {
  const amountCents = Number(amount);
  if (!Number.isSafeInteger(amountCents)) throw outOfRange(String(amount), pointer);
  return amountCents;
}

/**
 * An amount that was worked out, of which `figure` says what it is: it stays below the limit of what goes in, for it goes into other
 * calculations.
 * @throws DomainError AMOUNT_OUT_OF_RANGE
 */
export function resultCents(amount: bigint | number, figure: string, pointer?: string): number {
  if (amount < CENTS_LIMIT && amount > -CENTS_LIMIT) return Number(amount);
  const detail = `${figure} comes to ${amount} cents; results stay below 10^14 like all amounts`;
  throw new DomainError(AMOUNT_OUT_OF_RANGE, detail, pointer === undefined ? {} : { pointer });
}

/** Sum of integer cents, exact or refused. @throws DomainError AMOUNT_OUT_OF_RANGE */
export function sumCents(amounts: Iterable<number>): number {
  let big = 0n;
  let sum = 0;
  for (const amountCents of amounts) {
    if (!Number.isSafeInteger(amountCents)) throw outOfRange(String(amountCents), undefined);
    const next = sum + amountCents;
    // Two numbers that are held exactly have an exact sum where that is one, too.
    if (Number.isSafeInteger(next)) sum = next;
    else {
      big += BigInt(sum) + BigInt(amountCents);
      sum = 0;
    }
  }
  return big === 0n ? sum : fromBigCents(big + BigInt(sum));
}

function outOfRange(
  shown: string,
  pointer: string | undefined,
  range = 'that can be held exactly',
): DomainError {
  return new DomainError(
    AMOUNT_OUT_OF_RANGE,
    `${shown} is not a whole number of cents ${range}`,
    pointer === undefined ? {} : { pointer },
  );
}

const SEPARATORS = { de: { group: '.', point: ',' }, en: { group: ',', point: '.' } } as const;

/**
 * Cents as an amount of money without currency: `1.234,56` (de) or `1,234.56` (en). `grouping: false` leaves out the
 * thousands separator, for files that programs read.
 * @throws DomainError AMOUNT_OUT_OF_RANGE
 */
export function formatCents(
  amountCents: number,
  locale: MoneyLocale,
  options?: { grouping?: boolean },
): string {
  if (!Number.isSafeInteger(amountCents)) throw outOfRange(String(amountCents), undefined);
  const amount = BigInt(amountCents);
  const { group, point } = SEPARATORS[locale];
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  const whole = digits.slice(0, -2);
  const shown = options?.grouping === false ? whole : whole.replace(/\B(?=(\d{3})+$)/g, group);
  return `${amount < 0n ? '-' : ''}${shown}${point}${digits.slice(-2)}`;
}
