import type { Calculations } from '../../platform/calculations/calculation.ts';

/** The kinds of calculation files of this module, for `verbund compute`. */
export const costingCalculations: Calculations = {
  allocation: () => import('./sharing/allocation.calculation.ts'),
  'allocation-run': () => import('./runs/allocation-run.calculation.ts'),
  rating: () => import('./rates/rating.calculation.ts'),
  'secondary-allocation': () => import('./sharing/secondary-allocation.calculation.ts'),
};
