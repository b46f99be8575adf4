export { apportion, apportionUnits, type Portion, type PortionColumns, type Weighted } from './apportion.ts';
export {
  formatCents,
  fromBigCents,
  MOST_ENTERED_CENTS,
  type MoneyLocale,
  resultCents,
  sumCents,
  toBigCents,
} from './cents.ts';
export { alignDecimals, type Decimal, formatDecimal, multiplyDecimals, parseDecimal } from './decimal.ts';
export { type ExactSolution, solveExactly } from './equations.ts';
export { formatFraction, formatShares, fractionsOver, gcd } from './fraction.ts';
export { ALLOCATION_KEY_EMPTY, AMOUNT_OUT_OF_RANGE, NEGATIVE_WEIGHT } from './money.errors.ts';
export { compareIds } from './order.ts';
export { divideHalfUp, roundToTotal } from './rounding.ts';
export { readUnits, type Units } from './units.ts';
