/** Solution of linear equations as integers over one denominator: `x[i] = numerators[i] / denominator`. */
export interface ExactSolution {
  readonly numerators: readonly bigint[];
  /** Positive. */
  readonly denominator: bigint;
}

/**
 * Solves `matrix · x = right` exactly: elimination without fractions (E. H. Bareiss, Sylvester's Identity and Multistep
 * Integer-Preserving Gaussian Elimination, 1968), where every division leaves no rest and numbers stay as short as
 * determinants are.
 *
 * @returns undefined when there is not exactly one solution
 */
export function solveExactly(
  matrix: readonly (readonly bigint[])[],
  right: readonly bigint[],
): ExactSolution | undefined {
  const rows = matrix.map((row, index) => [...row, right[index] as bigint]);
  let previous = 1n;
  for (let step = 0; step < rows.length; step += 1) {
    if (!bringPivot(rows, step)) return undefined;
    const pivotRow = rows[step] as bigint[];
    const pivot = pivotRow[step] as bigint;
    for (const row of rows.slice(step + 1)) eliminate(row, pivotRow, step, previous);
    previous = pivot;
  }
  return substituteBack(rows, previous);
}

/** Brings a row without zero in the column of the step to its place. */
function bringPivot(rows: bigint[][], step: number): boolean {
  const found = rows.findIndex((row, index) => index >= step && row[step] !== 0n);
  if (found < 0) return false;
  [rows[step], rows[found]] = [rows[found] as bigint[], rows[step] as bigint[]];
  return true;
}

function eliminate(row: bigint[], pivotRow: readonly bigint[], step: number, previous: bigint): void {
  const pivot = pivotRow[step] as bigint;
  const factor = row[step] as bigint;
  for (let column = step; column < row.length; column += 1) {
    row[column] = ((row[column] as bigint) * pivot - factor * (pivotRow[column] as bigint)) / previous;
  }
}

/** From the triangle upwards; the last pivot is the determinant, up to its sign. */
function substituteBack(rows: readonly (readonly bigint[])[], determinant: bigint): ExactSolution {
  const size = rows.length;
  const numerators: bigint[] = Array.from({ length: size }, () => 0n);
  for (let index = size - 1; index >= 0; index -= 1) {
    const row = rows[index] as readonly bigint[];
    let rest = determinant * (row[size] as bigint);
    for (let column = index + 1; column < size; column += 1) {
      rest -= (row[column] as bigint) * (numerators[column] as bigint);
    }
    numerators[index] = rest / (row[index] as bigint);
  }
  if (determinant > 0n) return { numerators, denominator: determinant };
  return { numerators: numerators.map((numerator) => -numerator), denominator: -determinant };
}
