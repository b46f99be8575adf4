import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { VAT_DETERMINATION_MISSING, VAT_REVIEW_OPEN } from './vat.errors.ts';
import { ruleSetOn } from './vat.rules.ts';
import { findHolding, findOpenReview, type HoldingRow, type VatQuestion } from './vat-coverage.repo.ts';
import { VAT_RULE_SETS } from './vat-rule-sets.ts';

/** What statements say about VAT, and the determination that they cite. */
export type VatInForce = HoldingRow;

/**
 * The VAT of a service for a member on a day, as somebody determined it and somebody else signed it. An open question comes
 * first: it blocks issuing, whatever holds so far.
 * @throws DomainError VAT_REVIEW_OPEN, VAT_DETERMINATION_MISSING, VAT_RULES_MISSING
 */
export async function vatFor(tx: HatTx, question: VatQuestion): Promise<VatInForce> {
  const { serviceId, organisationId, day } = question;
  const what = `service ${serviceId}, member ${organisationId}, ${day}`;
  const review = await findOpenReview(tx, question);
  if (review !== undefined) {
    throw new DomainError(VAT_REVIEW_OPEN, `${review.number} asks for ${review.rule} (${what}).`);
  }
  const holding = await findHolding(tx, question);
  if (holding === undefined) {
    throw new DomainError(VAT_DETERMINATION_MISSING, `No determination of VAT is in force (${what}).`);
  }
  const { id } = ruleSetOn(day, VAT_RULE_SETS, '/day');
  if (holding.ruleSet !== id) {
    throw new DomainError(
      VAT_DETERMINATION_MISSING,
      `${holding.number} was determined by the rules ${holding.ruleSet}; on that day ${id} hold (${what}).`,
    );
  }
  return holding;
}
