import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { AGREEMENT_TERMS_REFUSED } from './agreements.errors.ts';
import * as repo from './agreements.repo.ts';
import { checkTerms, type Terms } from './agreements.rules.ts';
import type { CreateAgreementVersion } from './agreements.schemas.ts';
import { plainPriceClause } from './price-clause.rules.ts';

export type DraftTerms = Terms & Pick<CreateAgreementVersion, 'dataProtectionRole'>;

/** Ids compare as text here and as values in the database, so they are brought to one spelling. */
export function termsOf(input: CreateAgreementVersion): DraftTerms {
  const { validFrom, validTo, organisationIds, services, costClause, priceClause, dataProtectionRole } =
    input;
  return {
    validFrom,
    validTo: validTo ?? null,
    organisationIds: organisationIds.map((id) => id.toLowerCase()),
    serviceIds: services.map((id) => id.toLowerCase()),
    costClause: costClause ?? null,
    priceClause: priceClause ? plainPriceClause(priceClause) : null,
    dataProtectionRole,
  };
}

/** Re-checks under the hat everything that terms name. Throws `AGREEMENT_TERMS_REFUSED`. */
export async function assertTerms(tx: HatTx, centreId: string, terms: Terms): Promise<void> {
  const members = await repo.findMembers(tx, centreId, terms.organisationIds, terms.validTo);
  const serviceIds = await repo.findServiceIds(tx, centreId, terms.serviceIds);
  const errors = checkTerms(terms, { members, serviceIds });
  const [first] = errors;
  if (first === undefined) return;
  throw new DomainError(AGREEMENT_TERMS_REFUSED, `${first.pointer} ${first.detail}.`, { errors });
}

export function agreementNotFound(): DomainError {
  return new DomainError(NOT_FOUND, 'There is no such agreement.');
}
