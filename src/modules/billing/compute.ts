import type { Calculations } from '../../platform/calculations/calculation.ts';

/** The kinds of calculation files of this module, for `verbund compute`. */
export const billingCalculations: Calculations = {
  instalments: () => import('./instalments.calculation.ts'),
  settlement: () => import('./settlement.calculation.ts'),
  vat: () => import('./vat/vat.calculation.ts'),
};
