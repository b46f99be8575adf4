import type { Day } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { RunPeriods } from './run-periods.rules.ts';

export interface RunPeriodsRow extends Omit<RunPeriods, 'hasLateUsage'> {
  readonly runId: string;
  readonly centreId: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
}

/** The periods of runs, as they are now. */
export async function findRunPeriods({ sql }: HatTx, runIds: readonly string[]): Promise<RunPeriodsRow[]> {
  return sql<RunPeriodsRow[]>`
    select r.id as "runId", p.centre_id as "centreId", p.starts_on as "startsOn", p.ends_on as "endsOn", p.state,
      p.recorded_until as "recordedUntil", p.correction_billing_period_id as "correctionBillingPeriodId",
      c.state as "correctionBillingPeriodState", b.state as "billedInState",
      exists (select from allocation_runs o where o.period_id = p.id and o.status = 'posted') as "hasPostedRun"
    from allocation_runs r
      join billing_periods p on p.id = r.period_id
      left join billing_periods c on c.id = p.correction_billing_period_id
      left join billing_periods b on b.id = r.billing_period_id
    where r.id = any(${runIds as string[]}::uuid[])`;
}
