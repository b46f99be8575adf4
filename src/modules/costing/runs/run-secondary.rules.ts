import { DomainError } from '../../../platform/errors.ts';
import { compareIds, sumCents, toBigCents } from '../../../platform/money/index.ts';
import type { AllocationRunInput, Netting, RunCost, RunSecondary } from '../calculation.types.ts';
import { POOL_NETTING_SUM } from '../costing.errors.ts';
import { POOL_SOURCES_SUM } from '../costs/cost-centres.errors.ts';
import { allocateSecondary, type SecondaryAllocation } from '../sharing/secondary-allocation.rules.ts';
import { sortedByName } from '../sharing/sorted-names.rules.ts';

/** What the services cost, shared out or not, each with its place in the snapshot. */
export function placedCosts({
  pools,
  unshared = [],
}: Pick<AllocationRunInput, 'pools' | 'unshared'>): (RunCost & { readonly at: string })[] {
  return [
    ...pools.map((pool, index) => ({ ...pool, at: `/pools/${index}` })),
    ...unshared.map((cost, index) => ({ ...cost, at: `/unshared/${index}` })),
  ];
}

/**
 * Passes the cost of the support centres on, and sees that each pool is what was booked on its service and came to its cost
 * centres. Undefined where no cost centre took part.
 * @throws DomainError POOL_SOURCES_SUM, POOL_NETTING_SUM, and what `allocateSecondary` throws
 */
export function resolveSecondary(input: AllocationRunInput): SecondaryAllocation | undefined {
  const { secondary } = input;
  if (secondary === undefined) return undefined;
  const costs = placedCosts(input);
  checkNettings(secondary);
  const result = ascending(below('/secondary', () => allocateSecondary(secondary)));
  const totals = new Map(result.final.map(({ id, totalCents }) => [id, totalCents]));
  const fed = new Map<string, number[]>();
  for (const { id, type, pool } of secondary.costCentres) {
    if (type !== 'final' || pool === undefined) continue;
    fed.set(pool, [...(fed.get(pool) ?? []), totals.get(id) ?? 0]);
  }
  for (const cost of costs) checkSources(cost, fed.get(cost.id) ?? [], cost.at);
  const known = new Set(costs.map(({ id }) => id));
  for (const [index, { id, type, pool }] of secondary.costCentres.entries()) {
    if (type !== 'final' || (pool !== undefined && known.has(pool)) || totals.get(id) === 0) continue;
    throw new DomainError(POOL_SOURCES_SUM, `The cost of ${id} is in no pool`, {
      pointer: `/secondary/costCentres/${index}`,
    });
  }
  return result;
}

/** Ascending by id, so that the order of the snapshot does not show in the result. */
function ascending({ final, gross }: SecondaryAllocation): SecondaryAllocation {
  const byId = (a: { id: string }, b: { id: string }) => compareIds(a.id, b.id);
  return { final: final.toSorted(byId), ...(gross !== undefined && { gross: gross.toSorted(byId) }) };
}

/** Lets pointers lead into the snapshot. */
function below<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const errors = error.errors.map((each) => ({ ...each, pointer: `${place}${each.pointer}` }));
    throw new DomainError(error.problem, error.message, { errors, cause: error });
  }
}

function checkNettings({ costCentres }: RunSecondary): void {
  for (const [index, { id, primaryCents, netting }] of costCentres.entries()) {
    if (netting === undefined) continue;
    checkAmounts(netting, `/secondary/costCentres/${index}/netting`);
    if (netCents(netting) === primaryCents) continue;
    const detail = `${id}: cost less income is ${netCents(netting)}, not ${primaryCents}`;
    throw new DomainError(POOL_NETTING_SUM, detail, {
      pointer: `/secondary/costCentres/${index}/netting`,
    });
  }
}

function checkSources(pool: RunCost, fed: readonly number[], at: string): void {
  const cost = pool.netting?.costCents ?? pool.amountCents;
  const sources = sumCents([pool.directCents ?? (fed.length === 0 ? cost : 0), ...fed]);
  if (sources === cost) return;
  throw new DomainError(
    POOL_SOURCES_SUM,
    `Pool ${pool.id}: ${sources} were booked and passed on, the cost is ${cost}`,
    { pointer: at },
  );
}

/** @throws DomainError AMOUNT_OUT_OF_RANGE */
export function checkAmounts({ costCents, deductions }: Netting, at: string): void {
  toBigCents(costCents, `${at}/costCents`);
  for (const [index, { amountCents }] of deductions.entries()) {
    toBigCents(amountCents, `${at}/deductions/${index}/amountCents`);
  }
}

/** Cost less grants and other income. */
export function netCents({ costCents, deductions }: Netting): number {
  return sumCents([costCents, ...deductions.map(({ amountCents }) => -amountCents)]);
}

export function canonicalNetting(netting: Netting): Netting {
  return { ...netting, deductions: netting.deductions.toSorted((a, b) => compareIds(a.id, b.id)) };
}

export function canonicalSecondary(secondary: RunSecondary): RunSecondary {
  return {
    ...secondary,
    costCentres: secondary.costCentres
      .map(({ netting, ...centre }) => ({
        ...centre,
        ...(netting !== undefined && { netting: canonicalNetting(netting) }),
        costLineIds: centre.costLineIds.toSorted(compareIds),
      }))
      .sort((a, b) => compareIds(a.id, b.id)),
    use: sortedByName(secondary.use, sortedByName),
  };
}
