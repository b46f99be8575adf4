import {
  apportion,
  formatFraction,
  formatFractionOver,
  fractionWriter,
  fromBigCents,
  gcd,
  sumCents,
  toBigCents,
} from '../../platform/money/index.ts';
import {
  type ResolvedPool,
  type ResolvedTranche,
  resolvePool,
  type TrancheInput,
} from './allocation-keys.rules.ts';

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
  const amount = toBigCents(input.amountCents, `${at}/amountCents`);
  const pool = resolvePool(input, at);
  return input.mode === 'composite' ? allocateComposite(amount, pool) : allocateCascade(amount, pool);
}

/** For callers that have resolved the pool already. */
export function allocateCascade(amount: bigint, pool: ResolvedPool): CascadeAllocation {
  const portions = apportion(
    amount,
    pool.tranches.map((tranche) => ({ id: tranche.id, weight: tranche.percentUnits })),
  );
  const tranches = pool.tranches.map((tranche, index) =>
    cascadeTranche(tranche, (portions[index] as { amount: bigint }).amount, pool.members),
  );
  const members = pool.members.map((member, index) => ({
    member,
    amountCents: sumCents(tranches.map((tranche) => (tranche.lines[index] as CascadeLine).amountCents)),
  }));
  return { tranches, members };
}

function cascadeTranche(
  tranche: ResolvedTranche,
  amount: bigint,
  members: readonly string[],
): CascadeTranche {
  const portions = apportion(
    amount,
    members.map((id, index) => ({ id, weight: tranche.weightUnits[index] as bigint })),
  );
  const exact = exactShares(amount, 1n, tranche);
  const lines = portions.map((portion, index) => ({
    member: portion.id,
    weight: tranche.weights[index] as string,
    amountCents: fromBigCents(portion.amount),
    exactCents: exact[index] as string,
    roundingCents: portion.rounding,
  }));
  return { id: tranche.id, amountCents: fromBigCents(amount), lines };
}

/** For callers that have resolved the pool already. */
export function allocateComposite(amount: bigint, pool: ResolvedPool): CompositeAllocation {
  const { percentUnitsTotal } = pool;
  const tranches = pool.tranches.map((tranche) => {
    const exact = exactShares(amount * tranche.percentUnits, percentUnitsTotal, tranche);
    const lines = pool.members.map((member, index) => ({
      member,
      weight: tranche.weights[index] as string,
      exactCents: exact[index] as string,
    }));
    return {
      id: tranche.id,
      exactCents: formatFraction(amount * tranche.percentUnits, percentUnitsTotal),
      lines,
    };
  });
  const { shares, factors } = combinedShares(pool);
  const members = apportion(amount, shares).map((portion, index) => ({
    member: portion.id,
    amountCents: fromBigCents(portion.amount),
    exactCents: formatFractionOver(amount * (shares[index] as { weight: bigint }).weight, factors),
    roundingCents: portion.rounding,
  }));
  return { tranches, members };
}

/**
 * Each member's share of the pool over all tranches, on one common denominator, which is also their sum; and that
 * denominator as a product of small factors.
 */
export function combinedShares(pool: ResolvedPool): {
  shares: { id: string; weight: bigint }[];
  factors: bigint[];
} {
  const factors = [pool.percentUnitsTotal];
  let common = 1n;
  for (const { weightUnitsTotal } of pool.tranches) {
    const factor = weightUnitsTotal / gcd(common % weightUnitsTotal, weightUnitsTotal);
    if (factor === 1n) continue;
    factors.push(factor);
    common *= factor;
  }
  const multipliers = pool.tranches.map(
    (tranche) => (common / tranche.weightUnitsTotal) * tranche.percentUnits,
  );
  const shares = pool.members.map((id, index) => {
    let weight = 0n;
    for (const [position, tranche] of pool.tranches.entries()) {
      weight += (multipliers[position] as bigint) * (tranche.weightUnits[index] as bigint);
    }
    return { id, weight };
  });
  return { shares, factors };
}

/** `numerator / denominator × weight / sum of weights` for each member of a tranche, in lowest terms. */
function exactShares(numerator: bigint, denominator: bigint, tranche: ResolvedTranche): string[] {
  return tranche.weightUnits.map(fractionWriter(numerator, denominator * tranche.weightUnitsTotal));
}
