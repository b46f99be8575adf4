import { gcd } from '../../../platform/money/index.ts';
import type { ResolvedPool, ResolvedTranche } from './allocation-keys.rules.ts';

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Each member's share of the pool over all tranches, on one common denominator, which is also their sum; and that
 * denominator as a product of few factors, as large as numbers hold them.
 */
export function combinedShares(pool: ResolvedPool): {
  shares: { id: string; weight: bigint }[];
  factors: bigint[];
} {
  const groups = groupsOf(pool.tranches);
  const { common, factors } = commonMultiple(groups, pool.percentUnitsTotal);
  const columns = groups.map((group) => ({ multiplier: common / group.multiple, parts: partsOf(group) }));
  const shares = pool.members.map((id, index) => {
    let weight = 0n;
    for (const { multiplier, parts } of columns)
      weight += multiplier * BigInt(parts[index] as number | bigint);
    return { id, weight };
  });
  return { shares, factors };
}

/** Tranches whose shares are added up before the large numbers begin. */
interface TrancheGroup {
  readonly tranches: readonly ResolvedTranche[];
  /** Least common multiple of their sums of weights. */
  readonly multiple: bigint;
  readonly percentUnits: bigint;
}

/** Groups as wide as numbers hold the sum of their shares exactly; a tranche that they do not hold is a group of its own. */
function groupsOf(tranches: readonly ResolvedTranche[]): TrancheGroup[] {
  const groups: TrancheGroup[] = [];
  // Equal sums stand side by side then, and need no larger multiple.
  for (const tranche of [...tranches].sort((a, b) => Number(a.units.total) - Number(b.units.total))) {
    const own = {
      tranches: [tranche],
      multiple: BigInt(tranche.units.total),
      percentUnits: tranche.percentUnits,
    };
    const last = groups.at(-1);
    const both = last && {
      tranches: [...last.tranches, tranche],
      multiple: (last.multiple / gcd(last.multiple, own.multiple)) * own.multiple,
      percentUnits: last.percentUnits + own.percentUnits,
    };
    if (both !== undefined && isNumeric(both)) groups[groups.length - 1] = both;
    else groups.push(own);
  }
  return groups;
}

const isNumeric = ({ tranches, multiple, percentUnits }: TrancheGroup): boolean =>
  multiple * percentUnits <= MAX_SAFE && tranches.every(({ units }) => units.kind === 'number');

/** What each member has of a group, in units of which the multiple makes one percent unit. */
function partsOf(group: TrancheGroup): ArrayLike<number> | ArrayLike<bigint> {
  const [first] = group.tranches as [ResolvedTranche];
  if (!isNumeric(group))
    return Array.from<number | bigint, bigint>(
      first.units.values,
      (unit) => first.percentUnits * BigInt(unit),
    );
  const parts = new Float64Array(first.units.values.length);
  for (const { units, percentUnits } of group.tranches) {
    const factor = Number((group.multiple / BigInt(units.total)) * percentUnits);
    for (let index = 0; index < parts.length; index += 1) {
      parts[index] = (parts[index] as number) + factor * (units.values[index] as number);
    }
  }
  return parts;
}

function commonMultiple(
  groups: readonly TrancheGroup[],
  percentUnitsTotal: bigint,
): { common: bigint; factors: bigint[] } {
  const factors: bigint[] = [];
  let common = 1n;
  let product = percentUnitsTotal;
  for (const { multiple } of groups) {
    const factor = multiple / gcd(common % multiple, multiple);
    common *= factor;
    if (product * factor <= MAX_SAFE) {
      product *= factor;
      continue;
    }
    factors.push(product);
    product = factor;
  }
  factors.push(product);
  return { common, factors };
}
