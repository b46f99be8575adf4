import {
  alignDecimals,
  type Decimal,
  formatDecimal,
  multiplyDecimals,
  parseDecimal,
} from '../../../platform/money/index.ts';

/** Inhabitants above the grade before, up to `upTo`, count `factor` each; null: without end. */
export interface PopulationGrade {
  readonly upTo: string | null;
  readonly factor: string;
}

/** How the values of a key follow from counted figures, member by member; anybody can work them out again. */
export type KeyFormula =
  | {
      readonly kind: 'weighted_cases';
      readonly equivalents: Readonly<Record<string, string>>;
      /** Member → meter → quantity. */
      readonly quantities: Readonly<Record<string, Readonly<Record<string, string>>>>;
    }
  | {
      readonly kind: 'graded_population';
      readonly grades: readonly PopulationGrade[];
      readonly populations: Readonly<Record<string, string>>;
    };

/** What is added up: a figure, and what each unit of it counts. */
type Product = readonly [figure: string, factor: string];

/** The value of each member, exact. @throws DomainError DECIMAL_INVALID */
export function valuesByFormula(formula: KeyFormula): Record<string, string> {
  return Object.fromEntries(membersOf(formula).map((member) => [member, sumOf(productsOf(formula, member))]));
}

/** The derivation of one member's value, such as `10 × 1 + 3 × 2.5`; names no other member. */
export function derivationOf(formula: KeyFormula, member: string): string {
  return productsOf(formula, member)
    .map(([figure, factor]) => `${figure} × ${factor}`)
    .join(' + ');
}

function membersOf(formula: KeyFormula): string[] {
  return Object.keys(formula.kind === 'weighted_cases' ? formula.quantities : formula.populations);
}

function productsOf(formula: KeyFormula, member: string): Product[] {
  if (formula.kind === 'weighted_cases') {
    const quantities = formula.quantities[member] ?? {};
    const meters = Object.keys(formula.equivalents).sort();
    return meters.map((meter) => [quantities[meter] ?? '0', formula.equivalents[meter] as string]);
  }
  return gradeProducts(BigInt(formula.populations[member] ?? '0'), formula.grades);
}

function gradeProducts(population: bigint, grades: readonly PopulationGrade[]): Product[] {
  const products: Product[] = [];
  let from = 0n;
  for (const { upTo, factor } of grades) {
    const end = upTo === null || BigInt(upTo) > population ? population : BigInt(upTo);
    if (end <= from && products.length > 0) break;
    products.push([(end > from ? end - from : 0n).toString(), factor]);
    from = end;
  }
  return products;
}

function sumOf(products: readonly Product[]): string {
  const parts: Decimal[] = products.map(([figure, factor]) =>
    multiplyDecimals(parseDecimal(figure), parseDecimal(factor)),
  );
  const { units, scale } = alignDecimals(parts);
  return formatDecimal({ units: units.reduce((a, b) => a + b, 0n), scale });
}
