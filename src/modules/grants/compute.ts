import type { Calculations } from '../../platform/calculations/calculation.ts';

/** The kinds of calculation files of this module, for `verbund compute`. */
export const grantsCalculations: Calculations = {
  grant: () => import('./grant.calculation.ts'),
};
