import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError, type Problem } from '../../platform/errors.ts';
import { VAT_DETERMINATION_MISSING, VAT_REVIEW_OPEN } from './vat.errors.ts';
import { ruleSetOn } from './vat.rules.ts';
import type { VatAnswer, VatInForce, VatQuestion } from './vat.types.ts';
import { type AnsweredRow, findHoldings } from './vat-coverage.repo.ts';
import { VAT_RULE_SETS } from './vat-rule-sets.ts';

/**
 * The VAT of a service for a member on a day, as somebody determined it and somebody else signed it. An open question comes
 * first: it blocks issuing, whatever holds so far.
 * @throws DomainError VAT_REVIEW_OPEN, VAT_DETERMINATION_MISSING, VAT_RULES_MISSING
 */
export async function vatFor(
  tx: HatTx,
  { centreId, ...question }: VatQuestion & { readonly centreId: string },
): Promise<VatInForce> {
  const [answer] = await vatForAll(tx, centreId, [question]);
  if (answer === undefined) throw new Error('a question of VAT was not answered');
  if ('gap' in answer) throw new DomainError(answer.gap.problem, answer.gap.detail);
  return answer.holding;
}

/**
 * The same for many at once, in one query and in the order asked; gaps are told and not thrown.
 * @throws DomainError VAT_RULES_MISSING
 */
export async function vatForAll(
  tx: HatTx,
  centreId: string,
  questions: readonly VatQuestion[],
): Promise<VatAnswer[]> {
  const rows = await findHoldings(tx, centreId, questions);
  return questions.map((question, at) => answerOf(question, rows[at]));
}

function answerOf({ serviceId, organisationId, day }: VatQuestion, row: AnsweredRow | undefined): VatAnswer {
  const { holding, review } = row ?? { holding: null, review: null };
  const what = `service ${serviceId}, member ${organisationId}, ${day}`;
  const gap = (problem: Problem, detail: string) => ({ gap: { problem, detail: `${detail} (${what}).` } });
  if (review !== null) return gap(VAT_REVIEW_OPEN, `${review.number} asks for ${review.rule}`);
  if (holding === null) return gap(VAT_DETERMINATION_MISSING, 'No determination of VAT is in force');
  const { id } = ruleSetOn(day, VAT_RULE_SETS, '/day');
  if (holding.ruleSet === id) return { holding };
  const detail = `${holding.number} was determined by the rules ${holding.ruleSet}; on that day ${id} hold`;
  return gap(VAT_DETERMINATION_MISSING, detail);
}
