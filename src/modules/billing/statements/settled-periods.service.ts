import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { findPeriod, type PeriodRow, takesCharges } from '../../costing/index.ts';
import { BILLING_PERIOD_SETTLED } from './statements.errors.ts';

/**
 * Nothing is planned in a settled period or taken back by hand. A document of no period is not concerned.
 * @throws DomainError BILLING_PERIOD_SETTLED
 */
export async function assertUnsettled(tx: HatTx, periodId: string | null): Promise<void> {
  const period = periodId === null ? undefined : await findPeriod(tx, periodId);
  if (period?.state !== 'settled') return;
  throw new DomainError(BILLING_PERIOD_SETTLED, `${period.code} is settled.`);
}

/**
 * What a settled period charges changes only by the correction with late usage, while the period in which that is billed is open.
 * @throws DomainError BILLING_PERIOD_SETTLED
 */
export function assertTakesCharges(period: PeriodRow): void {
  if (takesCharges(period)) return;
  const { code, correctionBillingPeriodCode: billedIn } = period;
  const also = billedIn === null ? '' : `, and so is ${billedIn}, where its correction was billed`;
  throw new DomainError(BILLING_PERIOD_SETTLED, `${code} is settled${also}.`);
}
