import {
  apportion,
  apportionUnits,
  formatFraction,
  formatShares,
  fractionsOver,
  fromBigCents,
  type Portion,
  type PortionColumns,
  toBigCents,
} from '../../../platform/money/index.ts';
import {
  type ResolvedPool,
  type ResolvedTranche,
  resolvePool,
  type TrancheInput,
} from './allocation-keys.rules.ts';
import { combinedShares } from './combined-shares.rules.ts';

/**
 * - `cascade`: pool → tranches, then each tranche → members; every printed line is rounded and adds up.
 * - `composite`: one rounding over the combined exact shares of a member.
 *
 * The mode belongs to the cost clause, because results differ by a cent.
 */
export type AllocationMode = 'cascade' | 'composite';

export interface AllocationInput {
  readonly amountCents: number;
  /** Default `cascade`. */
  readonly mode?: AllocationMode | undefined;
  readonly members: readonly string[];
  readonly tranches: readonly TrancheInput[];
}

/** Share of one member in one tranche, rounded. */
export interface CascadeLine {
  readonly member: string;
  /** As spelled in the key; `"1"` for an equal key. */
  readonly weight: string;
  readonly amountCents: number;
  /** Rounded amount of the tranche × weight / sum of the weights, before rounding; `"num/den"` in lowest terms. */
  readonly exactCents: string;
  /**
   * The cent rounding gave to this line: `amountCents` is `exactCents` cut off towards zero, plus this. 1 or 0 where
   * the total is positive, -1 or 0 where it is negative.
   */
  readonly roundingCents: -1 | 0 | 1;
}

export interface CascadeTranche {
  readonly id: string;
  readonly amountCents: number;
  readonly lines: readonly CascadeLine[];
}

export interface CascadeAllocation {
  readonly tranches: readonly CascadeTranche[];
  readonly members: readonly { readonly member: string; readonly amountCents: number }[];
}

/** Part of a member's share that comes from one tranche. It bears no cents: parts are not rounded, only their sum. */
export interface CompositeLine {
  readonly member: string;
  readonly weight: string;
  /** Pool × percentage × weight / sum of the weights; `"num/den"` in lowest terms. */
  readonly exactCents: string;
}

export interface CompositeTranche {
  readonly id: string;
  /** Pool × percentage; `"num/den"` in lowest terms. */
  readonly exactCents: string;
  readonly lines: readonly CompositeLine[];
}

export interface CompositeShare {
  readonly member: string;
  readonly amountCents: number;
  /** Sum of the member's exact parts over all tranches; `"num/den"` in lowest terms. */
  readonly exactCents: string;
  /** As in `CascadeLine`, here of the member's whole share. */
  readonly roundingCents: -1 | 0 | 1;
}

export interface CompositeAllocation {
  readonly tranches: readonly CompositeTranche[];
  readonly members: readonly CompositeShare[];
}

export type Allocation = CascadeAllocation | CompositeAllocation;

/**
 * Shares an amount among members by tranches and keys: exact arithmetic, largest remainder, ties by ascending id.
 * Tranches, lines and members come out ascending by id (UTF-16 code units), so that the order of the input never
 * shows in the result. The members' amounts always add up to `amountCents`.
 *
 * In composite mode only the members carry cents. The parts per tranche are exact fractions; rounding them for
 * print would produce columns that do not add up.
 *
 * @param at JSON pointer of the input inside a larger file, for errors
 * @throws DomainError AMOUNT_OUT_OF_RANGE and what `resolvePool` throws
 */
export function allocate(
  input: AllocationInput & { readonly mode: 'composite' },
  at?: string,
): CompositeAllocation;
export function allocate(
  input: AllocationInput & { readonly mode?: 'cascade' },
  at?: string,
): CascadeAllocation;
export function allocate(input: AllocationInput, at?: string): Allocation;
export function allocate(input: AllocationInput, at = ''): Allocation {
  const { amount, pool } = resolve(input, at);
  return input.mode === 'composite' ? allocateComposite(amount, pool) : allocateCascade(amount, pool);
}

function resolve(input: AllocationInput, at: string): { amount: bigint; pool: ResolvedPool } {
  return { amount: toBigCents(input.amountCents, `${at}/amountCents`), pool: resolvePool(input, at) };
}

/** An allocation whose tranches are made one by one while they are read, once: who writes it never holds all lines. */
export type ByTranche<Whole extends Allocation> = Omit<Whole, 'tranches'> & {
  readonly tranches: Iterable<Whole['tranches'][number]>;
};

/** `allocate`, with everything refused that there is to refuse before the first tranche is read. */
export function allocateByTranche(
  input: AllocationInput,
): ByTranche<CascadeAllocation> | ByTranche<CompositeAllocation> {
  const { amount, pool } = resolve(input, '');
  return input.mode === 'composite' ? compositeByTranche(amount, pool) : cascadeByTranche(amount, pool);
}

/** For callers that have resolved the pool already. */
export function allocateCascade(amount: bigint, pool: ResolvedPool): CascadeAllocation {
  const { tranches, members } = cascadeByTranche(amount, pool);
  return { tranches: [...tranches], members };
}

/** For callers that have resolved the pool already. */
export function allocateComposite(amount: bigint, pool: ResolvedPool): CompositeAllocation {
  const { tranches, members } = compositeByTranche(amount, pool);
  return { tranches: [...tranches], members };
}

function cascadeByTranche(amount: bigint, pool: ResolvedPool): ByTranche<CascadeAllocation> {
  const portions = apportion(
    amount,
    pool.tranches.map((tranche) => ({ id: tranche.id, weight: tranche.percentUnits })),
  );
  const shared = pool.tranches.map((tranche, index) => {
    const trancheCents = fromBigCents((portions[index] as Portion).amount);
    return { tranche, trancheCents, ...apportionUnits(trancheCents, tranche.units) };
  });
  // All amounts have the sign of the pool, so no sum on the way is larger than it.
  const sums = new Float64Array(pool.members.length);
  for (const { amounts } of shared) {
    for (let index = 0; index < sums.length; index += 1) {
      sums[index] = (sums[index] as number) + (amounts[index] as number);
    }
  }
  return {
    tranches: cascadeTranches(shared, pool.members),
    members: pool.members.map((member, index) => ({ member, amountCents: sums[index] as number })),
  };
}

interface SharedTranche extends PortionColumns {
  readonly tranche: ResolvedTranche;
  readonly trancheCents: number;
}

function* cascadeTranches(
  shared: readonly SharedTranche[],
  members: readonly string[],
): Generator<CascadeTranche> {
  for (const { tranche, trancheCents, amounts, roundings } of shared) {
    const exact = formatShares(BigInt(trancheCents), 1n, tranche.units);
    const lines = members.map((member, index) => ({
      member,
      weight: tranche.weights[index] as string,
      amountCents: amounts[index] as number,
      exactCents: exact[index] as string,
      roundingCents: roundings[index] as -1 | 0 | 1,
    }));
    yield { id: tranche.id, amountCents: trancheCents, lines };
  }
}

function compositeByTranche(amount: bigint, pool: ResolvedPool): ByTranche<CompositeAllocation> {
  const { shares, factors } = combinedShares(pool);
  const fractionOf = fractionsOver(factors);
  const members = apportion(amount, shares).map((portion, index) => ({
    member: portion.id,
    amountCents: fromBigCents(portion.amount),
    exactCents: fractionOf(amount * (shares[index] as { weight: bigint }).weight),
    roundingCents: portion.rounding,
  }));
  return { tranches: compositeTranches(amount, pool), members };
}

function* compositeTranches(amount: bigint, pool: ResolvedPool): Generator<CompositeTranche> {
  for (const { id, percentUnits, weights, units } of pool.tranches) {
    const exact = formatShares(amount * percentUnits, pool.percentUnitsTotal, units);
    const lines = pool.members.map((member, index) => ({
      member,
      weight: weights[index] as string,
      exactCents: exact[index] as string,
    }));
    yield { id, exactCents: formatFraction(amount * percentUnits, pool.percentUnitsTotal), lines };
  }
}
