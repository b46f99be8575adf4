import { DomainError } from '../errors.ts';
import { ALLOCATION_KEY_EMPTY, NEGATIVE_WEIGHT } from './money.errors.ts';
import { compareIds } from './order.ts';

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

export interface Weighted {
  readonly id: string;
  /** Any common unit: only the proportions count. */
  readonly weight: bigint;
}

export interface Portion {
  readonly id: string;
  readonly amount: bigint;
  /** What rounding added to the share cut off towards zero: one cent away from zero, or nothing. */
  readonly rounding: -1 | 0 | 1;
}

/**
 * Splits a total (cents) by weights so that the portions add up to it exactly: each share is cut off towards zero,
 * and the cents left over go one each to the largest fractional parts, ties by ascending id (largest remainder).
 * A negative total is the mirror image of the positive one.
 *
 * @returns one portion per weight, ascending by id whatever the order of the input
 * @throws DomainError ALLOCATION_KEY_EMPTY when the weights add up to zero (also without any), NEGATIVE_WEIGHT
 * @throws RangeError when two weights bear the same id: the tie would be open. Callers check their input first
 */
export function apportion(total: bigint, weights: readonly Weighted[]): Portion[] {
  const sorted = [...weights].sort((a, b) => compareIds(a.id, b.id));
  const sum = sumOfWeights(sorted);
  const size = total < 0n ? -total : total;
  // Remainders are below the sum. Where numbers hold them exactly they are ranked as numbers, which is far faster.
  const small = sum <= MAX_SAFE;
  const shares = sorted.map(({ id, weight }, position) => {
    const product = size * weight;
    const floor = product / sum;
    const remainder = product - floor * sum;
    return { id, position, floor, remainder: small ? Number(remainder) : remainder };
  });
  const left = Number(shares.reduce((rest, share) => rest - share.floor, size));
  const lifted = positionsOfLargest(shares, left);
  return shares.map(({ id, position, floor }) => {
    const lift = lifted.has(position);
    const amount = lift ? floor + 1n : floor;
    if (total < 0n) return { id, amount: -amount, rounding: lift ? -1 : 0 };
    return { id, amount, rounding: lift ? 1 : 0 };
  });
}

/** Sum of the weights, which is above zero or the key is refused. Expects them sorted by id. */
function sumOfWeights(sorted: readonly Weighted[]): bigint {
  let sum = 0n;
  let previous: string | undefined;
  for (const { id, weight } of sorted) {
    if (id === previous) throw new RangeError(`Two weights bear the id ${id}`);
    if (weight < 0n) throw new DomainError(NEGATIVE_WEIGHT, `The weight of ${id} is negative`);
    previous = id;
    sum += weight;
  }
  if (sum === 0n) throw new DomainError(ALLOCATION_KEY_EMPTY, 'The weights add up to zero');
  return sum;
}

/** Ties by ascending position. */
export function positionsOfLargest(
  shares: readonly { position: number; remainder: bigint | number }[],
  count: number,
): Set<number> {
  if (count === 0) return new Set();
  const ranked = [...shares].sort((a, b) => {
    if (a.remainder === b.remainder) return a.position - b.position;
    return a.remainder > b.remainder ? -1 : 1;
  });
  return new Set(ranked.slice(0, count).map((share) => share.position));
}
