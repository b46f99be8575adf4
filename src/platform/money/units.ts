import { alignDecimals, parseDecimal } from './decimal.ts';

/**
 * Decimals in integer units common to all of them, and their sum. Where none is negative and numbers hold their sum
 * exactly they are numbers, which are many times faster than BigInt.
 */
export type Units =
  | { readonly kind: 'number'; readonly values: Float64Array; readonly total: number; readonly scale: number }
  | {
      readonly kind: 'bigint';
      readonly values: readonly bigint[];
      readonly total: bigint;
      /** Decimal places of a unit, as in `Decimal`. */
      readonly scale: number;
    };

/**
 * Reads decimals exactly.
 * @param pointer tells where the text at a position came from, asked only when it is refused
 * @throws DomainError DECIMAL_INVALID
 */
export function readUnits(texts: readonly string[], pointer: (index: number) => string): Units {
  const numbers = readNumbers(texts);
  if (numbers !== undefined) return numbers;
  const decimals = texts.map((text, index) => parseDecimal(text, () => pointer(index)));
  const { units: values, scale } = alignDecimals(decimals);
  return { kind: 'bigint', values, total: values.reduce((sum, unit) => sum + unit, 0n), scale };
}

/** Undefined where one of them has to be looked at closer, or numbers might not hold them. */
function readNumbers(texts: readonly string[]): Units | undefined {
  const values = new Float64Array(texts.length);
  const scales = new Uint8Array(texts.length);
  let scale = 0;
  for (let index = 0; index < texts.length; index += 1) {
    const text = texts[index] as string;
    const digits = digitsOf(text);
    if (digits === undefined) return undefined;
    values[index] = digits;
    const point = text.indexOf('.');
    if (point < 0) continue;
    const places = text.length - point - 1;
    scales[index] = places;
    if (places > scale) scale = places;
  }
  let total = 0;
  for (let index = 0; index < values.length; index += 1) {
    const missing = scale - (scales[index] as number);
    if (missing > 0) values[index] = (values[index] as number) * 10 ** missing;
    total += values[index] as number;
  }
  // What was rounded on the way is too large as well.
  return total <= Number.MAX_SAFE_INTEGER ? { kind: 'number', values, total, scale } : undefined;
}

const [ZERO, NINE, POINT] = [0x30, 0x39, 0x2e];
/** A text up to this long has digits that a number holds exactly, and no more places than a decimal may have. */
const SHORT = 14;

/** The digits of a decimal as one number, its point left out; undefined for a negative or long one, and for what is none. */
function digitsOf(text: string): number | undefined {
  const { length } = text;
  if (length > SHORT) return undefined;
  let digits = 0;
  let whole = length;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) digits = digits * 10 + code - ZERO;
    else if (code === POINT && whole === length) whole = at;
    else return undefined;
  }
  const startsWell = whole === 1 || (whole > 1 && text.charCodeAt(0) !== ZERO);
  return startsWell && whole !== length - 1 ? digits : undefined;
}
