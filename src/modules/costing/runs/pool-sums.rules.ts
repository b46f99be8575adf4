import type { RunPool } from '../calculation.types.ts';

/** Cost, less grants and other income, is what was shared out. Sums of the service, for those who bear it. */
export interface PoolSums {
  costCents: number;
  deductions: { type: 'grant' | 'other_income'; label: string; amountCents: number }[];
  amountCents: number;
}

/** The sums of a pool, without anything that leads to single costs. */
export function poolSums({ netting, amountCents }: Pick<RunPool, 'netting' | 'amountCents'>): PoolSums {
  return {
    costCents: netting?.costCents ?? amountCents,
    deductions: (netting?.deductions ?? []).map(({ type, label, amountCents: cents }) => ({
      type,
      label,
      amountCents: cents,
    })),
    amountCents,
  };
}
