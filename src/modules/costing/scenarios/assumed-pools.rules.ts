import { DomainError } from '../../../platform/errors.ts';
import { compareIds } from '../../../platform/money/index.ts';
import type { AllocationRunInput, AssumedTranche, RunAssumptions, RunPool } from '../calculation.types.ts';
import { ASSUMPTION_MISMATCH } from '../costing.errors.ts';

/**
 * What a file says it assumed must show in its pools: who joined is in them and who left is not, and an assumed clause is the one
 * that was applied. What pools and keys were before the file does not know.
 * @throws DomainError ASSUMPTION_MISMATCH
 */
export function checkAssumed({ assumptions, pools }: AllocationRunInput): void {
  if (assumptions === undefined) return;
  const byId = new Map(pools.map((pool) => [pool.id, pool]));
  for (const { place, pool: id, holds } of claimsOf(assumptions)) {
    const pool = byId.get(id);
    if (pool !== undefined && holds(pool)) continue;
    const detail = pool === undefined ? `There is no pool ${id}` : `The pool ${id} says otherwise`;
    throw new DomainError(ASSUMPTION_MISMATCH, detail, { pointer: `/assumptions/${place}` });
  }
}

interface Claim {
  readonly place: string;
  readonly pool: string;
  readonly holds: (pool: RunPool) => boolean;
}

function claimsOf({ clauses = [], joins = [], leaves = [], costs = [] }: RunAssumptions): Claim[] {
  return [
    ...clauses.map(({ pool, mode, tranches }, i) => ({
      place: `clauses/${i}`,
      pool,
      holds: (applied: RunPool) => applied.mode === mode && isApplied(tranches, applied),
    })),
    ...joins.flatMap(({ member, pools }, i) =>
      pools.map((pool) => ({
        place: `joins/${i}`,
        pool,
        holds: ({ members }: RunPool) => members.includes(member),
      })),
    ),
    ...leaves.flatMap(({ member, pools }, i) =>
      pools.map(({ pool }) => ({
        place: `leaves/${i}`,
        pool,
        holds: ({ members }: RunPool) => !members.includes(member),
      })),
    ),
    ...costs.map(({ pool }, i) => ({ place: `costs/${i}`, pool, holds: () => true })),
  ];
}

/** Tranche for tranche, but for the type: a clause may leave it to the value list. */
function isApplied(tranches: readonly AssumedTranche[], { tranches: applied }: RunPool): boolean {
  const summary = (list: readonly Pick<AssumedTranche, 'id' | 'label' | 'percent'>[]) =>
    list
      .map(({ id, label, percent }) => JSON.stringify([id, label, percent.replace(/^0+(?=\d)/, '')]))
      .sort(compareIds)
      .join();
  return summary(tranches) === summary(applied);
}
