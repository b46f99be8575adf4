import { hashOf } from '../../../platform/hash.ts';
import type { PayeeAccount } from './statements.types.ts';

/** What saying who issues does to the account: it stays, what waits is withdrawn, or another one waits from now on. */
export type AccountStep = 'kept' | 'withdrawn' | 'recorded';

/** An account holds only once a second person confirmed it; who names the one in force takes back the one that waits. */
export function accountStep(
  inForce: PayeeAccount | null,
  pending: PayeeAccount | null,
  said: PayeeAccount,
): AccountStep {
  const isSaid = (account: PayeeAccount | null) => account !== null && hashOf(account) === hashOf(said);
  if (isSaid(pending)) return 'kept';
  if (!isSaid(inForce)) return 'recorded';
  return pending === null ? 'kept' : 'withdrawn';
}
