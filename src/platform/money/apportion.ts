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
  const divide = sum <= MAX_SAFE ? numberDivider(size, sum) : bigDivider(size, sum);
  const shares = sorted.map(({ id, weight }, position) => {
    const { floor, remainder } = divide(weight);
    return { id, position, floor, remainder };
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

interface Divided {
  readonly floor: bigint;
  readonly remainder: bigint | number;
}

function bigDivider(size: bigint, sum: bigint): (weight: bigint) => Divided {
  return (weight) => {
    const product = size * weight;
    const floor = product / sum;
    return { floor, remainder: product - floor * sum };
  };
}

/** `size * weight` by `sum` in plain numbers wherever they are exact: `size = whole * sum + rest`, so that only the rest is divided. */
function numberDivider(size: bigint, sum: bigint): (weight: bigint) => Divided {
  const whole = size / sum;
  const [rest, divisor] = [Number(size % sum), Number(sum)];
  const exact = bigDivider(size, sum);
  return (weight) => {
    const product = rest * Number(weight);
    if (product > Number.MAX_SAFE_INTEGER) {
      const { floor, remainder } = exact(weight);
      return { floor, remainder: Number(remainder) };
    }
    const remainder = product % divisor;
    return { floor: whole * weight + BigInt((product - remainder) / divisor), remainder };
  };
}

interface Remaining {
  readonly position: number;
  readonly remainder: bigint | number;
}

/** Ties by ascending position. */
export function positionsOfLargest(shares: readonly Remaining[], count: number): Set<number> {
  if (count === 0) return new Set();
  const numbers = new Float64Array(shares.length);
  for (const [index, { remainder }] of shares.entries()) {
    if (typeof remainder !== 'number') return largest(shares, count);
    numbers[index] = remainder;
  }
  return largestNumbers(shares, numbers, count);
}

function largest(shares: readonly Remaining[], count: number): Set<number> {
  const ranked = [...shares].sort((a, b) => {
    if (a.remainder === b.remainder) return a.position - b.position;
    return a.remainder > b.remainder ? -1 : 1;
  });
  return new Set(ranked.slice(0, count).map((share) => share.position));
}

/** Numbers are ranked without asking a function for each pair; the last of the largest says which others are among them. */
function largestNumbers(shares: readonly Remaining[], numbers: Float64Array, count: number): Set<number> {
  const last = numbers.slice().sort().at(-count) ?? 0;
  const above = shares.filter((_share, index) => (numbers[index] as number) > last);
  const ties = shares
    .filter((_share, index) => numbers[index] === last)
    .sort((a, b) => a.position - b.position);
  return new Set([...above, ...ties.slice(0, count - above.length)].map(({ position }) => position));
}
