import type { HatTx } from '../../../platform/db/hat.ts';
import { findPeriods, type PeriodRow } from './billing-periods.repo.ts';

/** Periods whose corrections are billed in the period and that documents can still be made of, by the days of what was used. */
export async function correctionsBilledIn(
  tx: HatTx,
  centreId: string,
  billingPeriodId: string,
): Promise<PeriodRow[]> {
  const rows = await tx.sql<{ id: string }[]>`
    select p.id from billing_periods p
    left join allocation_runs r on r.centre_id = p.centre_id and r.period_id = p.id and r.status = 'posted'
    where p.centre_id = ${centreId} and p.recorded_until is not null
      and (p.correction_billing_period_id = ${billingPeriodId} or (r.billing_period_id = ${billingPeriodId} and p.state <> 'settled'))`;
  return findPeriods(
    tx,
    rows.map(({ id }) => id),
  );
}
