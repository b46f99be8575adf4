import {
  compareIds,
  type ExactSolution,
  formatFraction,
  fromBigCents,
  resultCents,
  roundToTotal,
  solveExactly,
  toBigCents,
} from '../../../platform/money/index.ts';
import { resolveUse, type SecondaryAllocationInput, type Use } from '../costs/cost-centre-use.rules.ts';

export interface FinalCostCentre {
  readonly id: string;
  readonly primaryCents: number;
  /** What the support centres pass to it, rounded. */
  readonly secondaryCents: number;
  /** The same before rounding; `"num/den"` in lowest terms. */
  readonly exactSecondaryCents: string;
  readonly totalCents: number;
}

export interface SecondaryAllocation {
  /** In the order of the input. */
  readonly final: readonly FinalCostCentre[];
  /**
   * Only `reciprocal`: primary cost of a support centre and what others passed to it, exact, in the order of the input.
   * Gross costs count the same cent at each centre it passes.
   */
  readonly gross?: readonly { readonly id: string; readonly exactCents: string }[];
}

/**
 * Passes the primary cost of support centres on to the final ones, in proportion to use. Shares stay exact to the end;
 * the sum of the support centres' primary cost is then spread over the final centres by their exact shares and rounded
 * once, ties by ascending id. No cent is lost, and the order of the input changes no amount.
 *
 * All methods are the same equations: cost per unit of use of a support centre × all its counted use = its primary
 * cost + use of others × their cost per unit. They differ in which use counts.
 * @throws DomainError AMOUNT_OUT_OF_RANGE and what `resolveUse` throws
 */
export function allocateSecondary(input: SecondaryAllocationInput): SecondaryAllocation {
  const primaries = new Map(
    input.costCentres.map(({ id, primaryCents }, index) => [
      id,
      toBigCents(primaryCents, `/costCentres/${index}/primaryCents`),
    ]),
  );
  const uses = resolveUse(input);
  const supports = [...uses.keys()];
  const unitCosts = solveUnitCosts(supports, uses, primaries);
  const final = spread(input, uses, unitCosts, primaries);
  if (input.method !== 'reciprocal') return { final };
  const gross = supports.map((id, index) => {
    const numerator = totalUse(uses, id) * (unitCosts.numerators[index] as bigint);
    return { id, exactCents: formatFraction(numerator, unitCosts.denominator) };
  });
  return { final, gross };
}

/** Cost per unit of use, for each support centre. */
function solveUnitCosts(
  supports: readonly string[],
  uses: ReadonlyMap<string, Use>,
  primaries: ReadonlyMap<string, bigint>,
): ExactSolution {
  const matrix = supports.map((row) =>
    supports.map((column) => (row === column ? totalUse(uses, row) : -useOf(uses, column, row))),
  );
  const solution = solveExactly(
    matrix,
    supports.map((id) => primaries.get(id) as bigint),
  );
  // Without closed loops the equations have one solution, and closed loops were refused by name before.
  if (solution === undefined) throw new RangeError('Secondary allocation: no single solution');
  return solution;
}

function spread(
  { costCentres }: SecondaryAllocationInput,
  uses: ReadonlyMap<string, Use>,
  { numerators, denominator }: ExactSolution,
  primaries: ReadonlyMap<string, bigint>,
): FinalCostCentre[] {
  const finals = costCentres.filter(({ type }) => type === 'final').map(({ id }) => id);
  const sorted = finals.sort(compareIds);
  const supports = [...uses.keys()];
  const exact = sorted.map((final) =>
    supports.reduce((sum, id, index) => sum + useOf(uses, id, final) * (numerators[index] as bigint), 0n),
  );
  const total = supports.reduce((sum, id) => sum + (primaries.get(id) as bigint), 0n);
  const rounded = roundToTotal(exact, denominator, total);
  const places = new Map(sorted.map((id, place) => [id, place]));
  return costCentres.flatMap(({ id, type }, index) => {
    if (type !== 'final') return [];
    const at = `/costCentres/${index}`;
    const place = places.get(id) as number;
    const primary = primaries.get(id) as bigint;
    const secondary = rounded[place] as bigint;
    return [
      {
        id,
        primaryCents: fromBigCents(primary),
        secondaryCents: resultCents(secondary, `secondaryCents of ${id}`, at),
        exactSecondaryCents: formatFraction(exact[place] as bigint, denominator),
        totalCents: resultCents(primary + secondary, `totalCents of ${id}`, at),
      },
    ];
  });
}

function useOf(uses: ReadonlyMap<string, Use>, from: string, to: string): bigint {
  return uses.get(from)?.get(to) ?? 0n;
}

function totalUse(uses: ReadonlyMap<string, Use>, id: string): bigint {
  let total = 0n;
  for (const weight of uses.get(id)?.values() ?? []) total += weight;
  return total;
}
