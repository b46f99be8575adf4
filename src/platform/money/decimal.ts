import { DomainError } from '../errors.ts';
import { DECIMAL_INVALID } from './money.errors.ts';

/** Exact decimal number: `units / 10^scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** Of every decimal string. */
const GRAMMAR = /^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,12})?$/;

/**
 * Reads a weight, percentage or quantity exactly.
 * @param pointer tells where the text came from, asked only when it is refused
 * @throws DomainError DECIMAL_INVALID
 */
export function parseDecimal(text: string, pointer?: () => string): Decimal {
  if (typeof text !== 'string' || !GRAMMAR.test(text)) {
    const shown = JSON.stringify(text) ?? String(text);
    throw new DomainError(
      DECIMAL_INVALID,
      `${shown.length > 60 ? `${shown.slice(0, 57)}...` : shown} is not a plain decimal number`,
      pointer === undefined ? {} : { pointer: pointer() },
    );
  }
  const point = text.indexOf('.');
  if (point < 0) return { units: BigInt(text), scale: 0 };
  return { units: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 };
}

/** Brings decimals to their largest scale, so that their integer units stand in the same proportion. */
export function alignDecimals(decimals: readonly Decimal[]): { units: bigint[]; scale: number } {
  const scale = decimals.reduce((max, decimal) => Math.max(max, decimal.scale), 0);
  const powers = Array.from({ length: scale + 1 }, (_, power) => 10n ** BigInt(power));
  const units = decimals.map((decimal) =>
    decimal.scale === scale ? decimal.units : decimal.units * (powers[scale - decimal.scale] as bigint),
  );
  return { units, scale };
}

/** Writes a decimal without trailing zeros: the shortest text that `parseDecimal` reads back to the same number. */
export function formatDecimal(decimal: Decimal): string {
  const negative = decimal.units < 0n;
  const digits = (negative ? -decimal.units : decimal.units).toString().padStart(decimal.scale + 1, '0');
  const whole = digits.slice(0, digits.length - decimal.scale);
  const rest = digits.slice(digits.length - decimal.scale).replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${rest && `.${rest}`}`;
}

/** Exact product. */
export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}
