import { DomainError } from '../../../platform/errors.ts';
import {
  alignDecimals,
  type Decimal,
  formatDecimal,
  formatFraction,
  parseDecimal,
  toBigCents,
} from '../../../platform/money/index.ts';
import { RATE_NEGATIVE } from '../calculations.errors.ts';

/** Integer cents, or a decimal string where a price has fractions of a cent. */
export type Price = number | string;

export const ZERO: Decimal = { units: 0n, scale: 0 };
export const ONE: Decimal = { units: 1n, scale: 0 };

/** For how many days, of those that its fixed amounts are meant for, a price holds. */
export interface Share {
  readonly days: bigint;
  readonly of: bigint;
}
export const WHOLE: Share = { days: 1n, of: 1n };

/** @throws DomainError DECIMAL_INVALID, AMOUNT_OUT_OF_RANGE, RATE_NEGATIVE */
export function readPrice(price: Price, pointer: string): Decimal {
  const decimal =
    typeof price === 'number'
      ? { units: toBigCents(price, pointer), scale: 0 }
      : parseDecimal(price, () => pointer);
  return notNegative(decimal, pointer);
}

/** @throws DomainError DECIMAL_INVALID, RATE_NEGATIVE */
export function readQuantity(text: string, pointer: string): Decimal {
  return notNegative(
    parseDecimal(text, () => pointer),
    pointer,
  );
}

function notNegative(decimal: Decimal, pointer: string): Decimal {
  if (decimal.units >= 0n) return decimal;
  throw new DomainError(RATE_NEGATIVE, `${formatDecimal(decimal)} is negative`, { pointer });
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  const { units, scale } = alignDecimals([a, b]);
  return { units: (units[0] as bigint) - (units[1] as bigint), scale };
}

export function times({ units, scale }: Decimal, factor: bigint): Decimal {
  return { units: units * factor, scale };
}

/** `decimal / parts`, exactly: as a decimal where it is one, else as a fraction `num/den`. */
export function formatPart({ units, scale }: Decimal, parts: bigint): string {
  if (units % parts === 0n) return formatDecimal({ units: units / parts, scale });
  const fraction = formatFraction(units, parts * 10n ** BigInt(scale));
  const [numerator = 0n, denominator = 1n] = fraction.split('/').map(BigInt);
  for (let places = 1, ten = 10n; places <= MAX_PLACES; places += 1, ten *= 10n) {
    if (ten % denominator === 0n)
      return formatDecimal({ units: numerator * (ten / denominator), scale: places });
  }
  return fraction;
}

/** Places behind the point that `parseDecimal` reads. */
const MAX_PLACES = 12;

export function isAbove(a: Decimal, b: Decimal): boolean {
  return subtract(a, b).units > 0n;
}
