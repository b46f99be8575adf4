import type { Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { audit } from '../../audit/index.ts';
import { countLateUsage, usageEventsLink } from '../../usage/index.ts';
import {
  CORRECTION_PERIOD_REFUSED,
  LATE_USAGE_NONE,
  PERIOD_HAS_POSTED_RUN,
  PERIOD_STATE_REFUSED,
  RUN_CORRECTS_NOTHING,
} from '../costing.errors.ts';
import { findSuperseded } from '../runs/allocation-runs.repo.ts';
import * as repo from './billing-periods.repo.ts';
import type { AdmitLateUsage } from './billing-periods.schemas.ts';
import { getBillablePeriod } from './correction-periods.service.ts';

/** How many events of the days of a frozen or settled period were recorded too late to count; 0 while it takes all. */
export async function lateEventsOf(
  tx: HatTx,
  { centreId, startsOn, endsOn, recordedUntil }: repo.PeriodRow,
  until?: Moment,
): Promise<number> {
  if (recordedUntil === null) return 0;
  return countLateUsage(tx, {
    centreId,
    from: startsOn,
    to: endsOn,
    recordedAfter: recordedUntil,
    ...(until !== undefined && { recordedUntil: until }),
  });
}

/** Where the events that `lateEventsOf` counts are listed. */
export function lateUsageLink({ centreId, startsOn, endsOn, recordedUntil }: repo.PeriodRow): string | null {
  if (recordedUntil === null) return null;
  return usageEventsLink({ centreId, from: startsOn, to: endsOn, recordedAfter: recordedUntil });
}

/**
 * From now on what was recorded until now counts for the period. It takes turns with recording as freezing does, and with posting by
 * the lock on the period, so that a run counts either none or all of what is admitted.
 * @throws DomainError PERIOD_STATE_REFUSED, PERIOD_HAS_POSTED_RUN, LATE_USAGE_NONE, and what `billedIn` throws
 */
export async function admitLateUsage(
  tx: HatTx,
  ctx: HatContext,
  id: string,
  version: number,
  { reason, billingPeriodId }: AdmitLateUsage,
): Promise<void> {
  await repo.lockFreezing(tx, ctx.hat.id);
  const period = await repo.lockPeriod(tx, id);
  if (period === undefined) throw new DomainError(NOT_FOUND, 'There is no such billing period.');
  if (period.version !== version) throw preconditionFailed();
  const { code, state } = period;
  if (period.recordedUntil === null) {
    throw new DomainError(PERIOD_STATE_REFUSED, `The period ${code} is ${state} and takes all usage.`);
  }
  if (await repo.hasPostedRun(tx, id)) {
    throw new DomainError(PERIOD_HAS_POSTED_RUN, `A run of the period ${code} is posted.`);
  }
  const events = await lateEventsOf(tx, period, ctx.now);
  if (events === 0) {
    throw new DomainError(LATE_USAGE_NONE, `No usage of ${code} was recorded after ${period.recordedUntil}.`);
  }
  const billingPeriod = await billedIn(tx, period, billingPeriodId);
  const kept = billingPeriod?.id ?? null;
  if (!(await repo.updateRecordedUntil(tx, id, version, ctx.now, kept))) throw preconditionFailed();
  await audit(tx, ctx, {
    action: 'costing.late-usage-admitted',
    entityType: 'billing_period',
    entityId: id,
    details: {
      code,
      state,
      events,
      reason,
      recordedUntil: ctx.now,
      billingPeriod: billingPeriod?.code ?? null,
    },
  });
}

/** A settled period is corrected in a later one; a frozen one may be, where there is something to correct. */
async function billedIn(
  tx: HatTx,
  period: repo.PeriodRow,
  named: string | undefined,
): Promise<repo.PeriodRow | undefined> {
  const pointer = '/billingPeriodId';
  if (named === undefined) {
    if (period.state !== 'settled') return undefined;
    throw new DomainError(
      CORRECTION_PERIOD_REFUSED,
      `${period.code} is settled: say in which later period the correction is billed.`,
      { pointer },
    );
  }
  const billingPeriod = await getBillablePeriod(tx, period, named);
  if (period.state === 'settled' || (await findSuperseded(tx, period.id)) !== undefined) return billingPeriod;
  throw new DomainError(
    RUN_CORRECTS_NOTHING,
    `No run of ${period.code} was superseded: it is billed in its own period.`,
    { pointer },
  );
}
