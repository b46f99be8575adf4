import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import {
  CORRECTION_PERIOD_REFUSED,
  PERIOD_STATE_REFUSED,
  PERIOD_UNKNOWN,
  RUN_CORRECTS_NOTHING,
} from '../costing.errors.ts';
import { holdPeriod, type PeriodRow } from './billing-periods.repo.ts';
import { takesCharges, whyNotBilledIn } from './billing-periods.rules.ts';

const POINTER = '/billingPeriodId';

/** A period of the hat, whose state stays as it is until the end of the transaction. @throws DomainError PERIOD_UNKNOWN */
export async function getHeldPeriod(tx: HatTx, id: string, pointer = '/periodId'): Promise<PeriodRow> {
  const period = await holdPeriod(tx, id);
  if (period !== undefined) return period;
  throw new DomainError(PERIOD_UNKNOWN, 'The centre has no such billing period.', { pointer });
}

/**
 * A settled period takes the runs of its correction, while that is open, and no others.
 * @throws DomainError PERIOD_STATE_REFUSED
 */
export function assertTakesRuns(period: PeriodRow): void {
  if (!takesCharges(period)) throw settledRefusal(period);
}

/** Why a settled period takes no run. */
export function settledRefusal({ code, correctionBillingPeriodCode: billedIn }: PeriodRow): DomainError {
  const why =
    billedIn === null ? 'no late usage of it is admitted' : `so is ${billedIn}, where it is corrected`;
  return new DomainError(PERIOD_STATE_REFUSED, `The period ${code} is settled, and ${why}.`);
}

/**
 * Another period that a correction can be billed in.
 * @throws DomainError PERIOD_UNKNOWN, CORRECTION_PERIOD_REFUSED
 */
export async function getBillablePeriod(tx: HatTx, period: PeriodRow, id: string): Promise<PeriodRow> {
  const other = await getHeldPeriod(tx, id, POINTER);
  const why = whyNotBilledIn(period, other);
  if (why === undefined) return other;
  throw new DomainError(CORRECTION_PERIOD_REFUSED, `${why}.`, { pointer: POINTER });
}

/**
 * A correction keeps both periods: that of the usage, which is its own, and the one it is billed in. Where late usage was admitted with
 * one, it is that; a settled period is corrected nowhere else.
 * @throws DomainError RUN_CORRECTS_NOTHING, PERIOD_UNKNOWN, CORRECTION_PERIOD_REFUSED
 */
export async function correctionBilledIn(
  tx: HatTx,
  period: PeriodRow,
  named: string | undefined,
  corrects: object | undefined,
): Promise<PeriodRow | undefined> {
  const { state, code, correctionBillingPeriodId: admitted } = period;
  if (corrects === undefined && (named !== undefined || state === 'settled')) {
    throw new DomainError(
      RUN_CORRECTS_NOTHING,
      state === 'settled'
        ? `${code} is settled and has no superseded run to correct.`
        : 'The run corrects no other and is billed in its own period.',
      { pointer: POINTER },
    );
  }
  if (state === 'settled' && named !== undefined && named.toLowerCase() !== admitted) {
    throw new DomainError(
      CORRECTION_PERIOD_REFUSED,
      `The correction of ${code} is billed in ${period.correctionBillingPeriodCode}.`,
      { pointer: POINTER },
    );
  }
  const id = named ?? admitted;
  return corrects === undefined || id === null ? undefined : getBillablePeriod(tx, period, id);
}
