import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { findPeriod } from '../../costing/index.ts';
import { BILLING_PERIOD_SETTLED } from './statements.errors.ts';

/**
 * Nothing is charged or taken back in a settled period. A document of no period is not concerned.
 * @throws DomainError BILLING_PERIOD_SETTLED
 */
export async function assertUnsettled(tx: HatTx, periodId: string | null): Promise<void> {
  const period = periodId === null ? undefined : await findPeriod(tx, periodId);
  if (period?.state !== 'settled') return;
  throw new DomainError(BILLING_PERIOD_SETTLED, `${period.code} is settled.`);
}
