import type { Calculations } from '../../platform/calculations/calculation.ts';

/** The kinds of calculation files of this module, for `verbund compute`. */
export const costingCalculations: Calculations = {
  allocation: () => import('./allocation.calculation.ts'),
  'allocation-run': () => import('./allocation-run.calculation.ts'),
  rating: () => import('./rating.calculation.ts'),
  'secondary-allocation': () => import('./secondary-allocation.calculation.ts'),
};
