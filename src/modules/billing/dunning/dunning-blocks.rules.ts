import type { Day } from '../../../platform/clock.ts';

/** A block that holds: nobody lifted it, and its last day is not past. */
export interface DunningBlock {
  readonly organisationId: string;
  /** The one chain it is about; null: all of the member. */
  readonly chainId: string | null;
  readonly untilOn: Day;
}

interface Claim {
  readonly organisationId: string;
  readonly chainId: string;
}

/** The last day on which a claim is not reminded of, by the block that holds longest; null where none holds. */
export function blockedUntil(blocks: readonly DunningBlock[], claim: Claim): Day | null {
  const days = blocks
    .filter(
      ({ organisationId, chainId }) =>
        organisationId === claim.organisationId && (chainId === null || chainId === claim.chainId),
    )
    .map(({ untilOn }) => untilOn);
  return days.sort().at(-1) ?? null;
}
