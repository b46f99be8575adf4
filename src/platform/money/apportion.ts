import { DomainError } from '../errors.ts';
import { ALLOCATION_KEY_EMPTY, NEGATIVE_WEIGHT } from './money.errors.ts';
import { compareIds } from './order.ts';
import type { Units } from './units.ts';

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
  const { floors, lifted } =
    size <= MAX_SAFE && sum <= MAX_SAFE
      ? cutNumbers(
          Number(size),
          Float64Array.from(sorted, ({ weight }) => Number(weight)),
          Number(sum),
        )
      : cutBigInts(
          size,
          sorted.map(({ weight }) => weight),
          sum,
        );
  return sorted.map(({ id }, index) => {
    const lift = lifted[index] as 0 | 1;
    const amount = BigInt(floors[index] as number | bigint) + BigInt(lift);
    return total < 0n ? { id, amount: -amount, rounding: lift && -1 } : { id, amount, rounding: lift };
  });
}

/** Portions in the order of the weights, in columns: amounts in cents, and what rounding added to each. */
export interface PortionColumns {
  readonly amounts: Float64Array;
  readonly roundings: Int8Array;
}

/**
 * `apportion` for weights in the order that decides ties; none of them is negative and their sum is above zero.
 * @param totalCents held exactly by a number
 */
export function apportionUnits(totalCents: number, weights: Units): PortionColumns {
  const size = Math.abs(totalCents);
  const sign = totalCents < 0 ? -1 : 1;
  const { floors, lifted } =
    weights.kind === 'number'
      ? cutNumbers(size, weights.values, weights.total)
      : cutBigInts(BigInt(size), weights.values, weights.total);
  const amounts = new Float64Array(lifted.length);
  const roundings = new Int8Array(lifted.length);
  for (let index = 0; index < lifted.length; index += 1) {
    const lift = lifted[index] as number;
    // Adding 0 makes 0 of -0.
    amounts[index] = sign * (Number(floors[index]) + lift) + 0;
    roundings[index] = sign * lift;
  }
  return { amounts, roundings };
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

/** Shares cut off, and 1 for each that gets one of the cents left over. */
interface Cut {
  readonly floors: ArrayLike<number> | ArrayLike<bigint>;
  readonly lifted: Uint8Array;
}

function cutBigInts(size: bigint, weights: readonly bigint[], sum: bigint): Cut {
  const remainders = weights.map((weight) => (size * weight) % sum);
  const floors = weights.map((weight, index) => (size * weight - (remainders[index] as bigint)) / sum);
  const left = floors.reduce((rest, floor) => rest - floor, size);
  return { floors, lifted: liftLargest(remainders, Number(left)) };
}

/** The same in plain numbers, each of them exact: `size = whole * sum + rest`, so that only the rest is divided. */
function cutNumbers(size: number, weights: Float64Array, sum: number): Cut {
  const rest = size % sum;
  const whole = (size - rest) / sum;
  const floors = new Float64Array(weights.length);
  const remainders = new Float64Array(weights.length);
  let left = size;
  for (let index = 0; index < weights.length; index += 1) {
    const weight = weights[index] as number;
    const product = rest * weight;
    const isExact = product <= Number.MAX_SAFE_INTEGER;
    const remainder = isExact ? product % sum : Number((BigInt(rest) * BigInt(weight)) % BigInt(sum));
    const floor = isExact
      ? (product - remainder) / sum
      : Number((BigInt(rest) * BigInt(weight)) / BigInt(sum));
    remainders[index] = remainder;
    floors[index] = whole * weight + floor;
    left -= whole * weight + floor;
  }
  return { floors, lifted: liftLargestNumbers(remainders, left) };
}

/** Marks the `count` largest, ties by ascending position. */
export function liftLargest(remainders: readonly bigint[], count: number): Uint8Array {
  const lifted = new Uint8Array(remainders.length);
  if (count === 0) return lifted;
  const ranked = remainders
    .map((remainder, position) => ({ remainder, position }))
    .sort((a, b) => {
      if (a.remainder === b.remainder) return a.position - b.position;
      return a.remainder > b.remainder ? -1 : 1;
    });
  for (const { position } of ranked.slice(0, count)) lifted[position] = 1;
  return lifted;
}

/** The same without a function asked for each pair: the least of the largest says which others are among them. */
function liftLargestNumbers(remainders: Float64Array, count: number): Uint8Array {
  const lifted = new Uint8Array(remainders.length);
  if (count === 0) return lifted;
  const least = remainders.slice().sort()[remainders.length - count] as number;
  let ties = count;
  for (let index = 0; index < remainders.length; index += 1) {
    if ((remainders[index] as number) <= least) continue;
    lifted[index] = 1;
    ties -= 1;
  }
  for (let index = 0; ties > 0; index += 1) {
    if (remainders[index] !== least) continue;
    lifted[index] = 1;
    ties -= 1;
  }
  return lifted;
}
