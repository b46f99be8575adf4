const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

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

/**
 * `formatFraction` for a denominator that is known as a product: dividing by small factors one after the other is
 * faster by orders of magnitude than Euclid on a denominator of thousands of digits.
 */
export function formatFractionOver(numerator: bigint, factors: readonly bigint[]): string {
  if (numerator === 0n) return '0/1';
  let top = numerator;
  let bottom = 1n;
  for (const factor of factors) {
    let rest = factor;
    let shared = gcd(absolute(top % rest), rest);
    while (shared !== 1n) {
      top /= shared;
      rest /= shared;
      shared = gcd(absolute(top % rest), rest);
    }
    bottom *= rest;
  }
  return `${top}/${bottom}`;
}

/**
 * Writes `numerator / denominator × weight` in lowest terms for many weights. Reducing the common factor once and
 * staying in plain numbers where they are exact takes a run of 80,000 lines from seconds to milliseconds.
 */
export function fractionWriter(numerator: bigint, denominator: bigint): (weight: bigint) => string {
  const shared = gcd(absolute(numerator), denominator);
  const [top, bottom] = [numerator / shared, denominator / shared];
  const [topNumber, bottomNumber] = [Number(top), Number(bottom)];
  return (weight) => {
    if (weight > MAX_SAFE || bottom > MAX_SAFE) {
      const divisor = gcd(weight, bottom);
      return `${top * (weight / divisor)}/${bottom / divisor}`;
    }
    const weightNumber = Number(weight);
    const divisor = gcdOfNumbers(weightNumber, bottomNumber);
    const product = topNumber * (weightNumber / divisor);
    // A product outside the exact range may already be rounded: only then pay for BigInt.
    const exact = Number.isSafeInteger(product) ? product : top * BigInt(weightNumber / divisor);
    return `${exact}/${bottomNumber / divisor}`;
  };
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
