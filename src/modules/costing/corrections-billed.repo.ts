import type { Moment } from '../../platform/clock.ts';
import type { HatTx } from '../../platform/db/hat.ts';

/** A period whose correction is billed in another one. */
export interface CorrectionBilled {
  readonly periodId: string;
  readonly code: string;
  /** What was recorded until then counts. */
  readonly recordedUntil: Moment;
  /** The run that is posted; null also where all services are paid by price. */
  readonly runId: string | null;
  /** A run was superseded and none followed. */
  readonly isRunMissing: boolean;
}

/** Corrections that are billed in the period and that documents can still be made of, by the days of what was used. */
export async function correctionsBilledIn(
  { sql }: HatTx,
  centreId: string,
  billingPeriodId: string,
): Promise<CorrectionBilled[]> {
  return sql<CorrectionBilled[]>`
    select p.id as "periodId", p.code, p.recorded_until as "recordedUntil", r.id as "runId",
      r.id is null and exists (
        select from allocation_runs s where s.period_id = p.id and s.status = 'superseded') as "isRunMissing"
    from billing_periods p left join allocation_runs r on r.centre_id = p.centre_id and r.period_id = p.id and r.status = 'posted'
    where p.centre_id = ${centreId} and p.recorded_until is not null
      and (p.correction_billing_period_id = ${billingPeriodId} or (r.billing_period_id = ${billingPeriodId} and p.state <> 'settled'))
    order by p.starts_on`;
}
