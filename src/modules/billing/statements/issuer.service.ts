import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError, type Problem } from '../../../platform/errors.ts';
import { findProfile, lockProfile, type ProfileRow } from './billing-parties.repo.ts';
import { BILLING_PROFILE_MISSING, PAYEE_ACCOUNT_UNCONFIRMED } from './statements.errors.ts';
import type { BillingProfile } from './statements.types.ts';

/** Who issues, with the account that somebody confirmed. */
export interface Issuer extends BillingProfile {
  readonly centreId: string;
}

export interface IssuerGap {
  readonly problem: Problem;
  readonly detail: string;
}

/** Who issues, or why nobody can. */
export async function findIssuer(
  tx: HatTx,
  centreId: string,
): Promise<{ readonly issuer: Issuer } | { readonly gap: IssuerGap }> {
  return issuerOf(await findProfile(tx, centreId));
}

/** @throws DomainError BILLING_PROFILE_MISSING, PAYEE_ACCOUNT_UNCONFIRMED */
export async function getIssuer(tx: HatTx, centreId: string): Promise<Issuer> {
  return orThrow(await findIssuer(tx, centreId));
}

/** As `getIssuer`; the account stays what it is until the end of the transaction. */
export async function holdIssuer(tx: HatTx, centreId: string): Promise<Issuer> {
  return orThrow(issuerOf(await lockProfile(tx, centreId, 'share')));
}

function issuerOf(row: ProfileRow | undefined): { issuer: Issuer } | { gap: IssuerGap } {
  if (row === undefined) {
    return { gap: { problem: BILLING_PROFILE_MISSING, detail: 'There is no billing profile.' } };
  }
  const { bank } = row.seller;
  if (bank === undefined) {
    const detail = 'Nobody has confirmed the account that members pay to.';
    return { gap: { problem: PAYEE_ACCOUNT_UNCONFIRMED, detail } };
  }
  const { centreId, seller, paymentDays } = row;
  return { issuer: { centreId, seller: { ...seller, bank }, paymentDays } };
}

function orThrow(found: { issuer: Issuer } | { gap: IssuerGap }): Issuer {
  if ('issuer' in found) return found.issuer;
  throw new DomainError(found.gap.problem, found.gap.detail);
}
