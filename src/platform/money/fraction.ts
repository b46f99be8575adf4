import type { Units } from './units.ts';

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const MAX_INT32 = 2 ** 31 - 1;

/** Greatest common divisor of non-negative integers; `gcd(0, n)` is n. */
export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) {
    // Numbers are some twenty times faster than BigInt, and Euclid soon reaches their range.
    if (x <= MAX_SAFE && y <= MAX_SAFE) return BigInt(gcdOfNumbers(Number(x), Number(y)));
    [x, y] = [y, x % y];
  }
  return x;
}

function gcdOfNumbers(a: number, b: number): number {
  let x = a;
  let y = b;
  while (y !== 0) {
    // Below 2^31 the processor divides integers, which is faster by far than the remainder of doubles.
    if (x <= MAX_INT32 && y <= MAX_INT32) return gcdOfInt32(x | 0, y | 0);
    [x, y] = [y, x % y];
  }
  return x;
}

function gcdOfInt32(a: number, b: number): number {
  let x = a;
  let y = b;
  while (y !== 0) {
    const rest = x % y;
    x = y;
    y = rest;
  }
  return x;
}

/**
 * The fraction in lowest terms as `"num/den"`, also for whole numbers (`"5/1"`, `"0/1"`), the sign in front.
 * `denominator` must be positive.
 */
export function formatFraction(numerator: bigint, denominator: bigint): string {
  const divisor = gcd(absolute(numerator), denominator);
  return divisor === 1n ? `${numerator}/${denominator}` : `${numerator / divisor}/${denominator / divisor}`;
}

/** Factors that are divided by together first. */
const STRETCH = 8;

/**
 * `formatFraction` for numerators over one denominator that is known as a product: dividing by small factors one after the other is
 * faster by orders of magnitude than Euclid on a denominator of thousands of digits.
 */
export function fractionsOver(factors: readonly bigint[]): (numerator: bigint) => string {
  const stretches: { factors: readonly bigint[]; product: bigint }[] = [];
  for (let from = 0; from < factors.length; from += STRETCH) {
    const some = factors.slice(from, from + STRETCH);
    stretches.push({ factors: some, product: some.reduce((product, factor) => product * factor, 1n) });
  }
  return (numerator) => {
    if (numerator === 0n) return '0/1';
    let top = numerator;
    let bottom = 1n;
    for (const stretch of stretches) {
      // What a long numerator leaves over here says the same to each factor, and is short.
      let left = absolute(top % stretch.product);
      let [cut, kept] = [1n, 1n];
      for (const factor of stretch.factors) {
        let rest = factor;
        for (let shared = gcd(left % rest, rest); shared !== 1n; shared = gcd(left % rest, rest)) {
          left /= shared;
          rest /= shared;
          cut *= shared;
        }
        kept *= rest;
      }
      top /= cut;
      bottom *= kept;
    }
    return `${top}/${bottom}`;
  };
}

/**
 * `numerator / denominator × weight / sum of the weights` for each weight, in lowest terms. Reducing the common factor
 * once and staying in plain numbers where they are exact takes a run of 80,000 lines from seconds to milliseconds.
 */
export function formatShares(numerator: bigint, denominator: bigint, weights: Units): string[] {
  const whole = denominator * BigInt(weights.total);
  const shared = gcd(absolute(numerator), whole);
  const [top, bottom] = [numerator / shared, whole / shared];
  if (weights.kind === 'number' && bottom <= MAX_SAFE)
    return numberShares(top, Number(bottom), weights.values);
  return Array.from<number | bigint, string>(weights.values, (weight) =>
    formatFraction(top * BigInt(weight), bottom),
  );
}

function numberShares(top: bigint, bottom: number, weights: Float64Array): string[] {
  const topNumber = Number(top);
  const texts: string[] = [];
  for (let index = 0; index < weights.length; index += 1) {
    const weight = weights[index] as number;
    const divisor = gcdOfNumbers(weight, bottom);
    const product = topNumber * (weight / divisor);
    // A product outside the exact range may already be rounded: only then pay for BigInt.
    const exact = Number.isSafeInteger(product) ? product : top * BigInt(weight / divisor);
    texts.push(`${exact}/${bottom / divisor}`);
  }
  return texts;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
