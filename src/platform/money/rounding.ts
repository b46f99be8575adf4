import { positionsOfLargest } from './apportion.ts';

/** `numerator / denominator` to the nearest integer, halves away from zero. `denominator` must be positive. */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  const size = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * size + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}

/**
 * Rounds exact amounts, numerators over one positive denominator, to whole cents that add up to `total`: each is cut
 * off downwards, and the cents left over go one each to the largest fractional parts, ties in the order of the list. A
 * negative total is the mirror image. It does for amounts of either sign what `apportion` does for weights.
 *
 * @throws RangeError when the amounts are not less than a cent each away from the total: it is not theirs
 */
export function roundToTotal(numerators: readonly bigint[], denominator: bigint, total: bigint): bigint[] {
  if (total < 0n) {
    const mirrored = numerators.map((numerator) => -numerator);
    return roundToTotal(mirrored, denominator, -total).map((amount) => -amount);
  }
  const parts = numerators.map((numerator, position) => {
    const remainder = ((numerator % denominator) + denominator) % denominator;
    return { position, remainder, floor: (numerator - remainder) / denominator };
  });
  const left = parts.reduce((rest, part) => rest - part.floor, total);
  const liftable = parts.filter((part) => part.remainder > 0n);
  if (left < 0n || left > BigInt(liftable.length)) {
    throw new RangeError(`The amounts do not round to ${total}`);
  }
  const lifted = positionsOfLargest(liftable, Number(left));
  return parts.map(({ position, floor }) => (lifted.has(position) ? floor + 1n : floor));
}
