import { liftLargest } from './apportion.ts';

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
  const remainders = numerators.map((numerator) => ((numerator % denominator) + denominator) % denominator);
  const floors = numerators.map(
    (numerator, index) => (numerator - (remainders[index] as bigint)) / denominator,
  );
  const left = floors.reduce((rest, floor) => rest - floor, total);
  const liftable = remainders.filter((remainder) => remainder > 0n).length;
  if (left < 0n || left > BigInt(liftable)) throw new RangeError(`The amounts do not round to ${total}`);
  const lifted = liftLargest(remainders, Number(left));
  return floors.map((floor, index) => floor + BigInt(lifted[index] as number));
}
