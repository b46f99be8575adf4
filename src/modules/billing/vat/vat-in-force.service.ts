import { plusDays } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import type { VatAnswer, VatInForce, VatQuestion, VatQuestionThroughout } from './vat.types.ts';
import { findHoldings } from './vat-coverage.repo.ts';
import { VAT_RULE_SETS } from './vat-rule-sets.ts';
import { answerThroughout } from './vat-throughout.rules.ts';

/**
 * The VAT of a service for a member on a day, as somebody determined it and somebody else signed it. An open question comes
 * first: it blocks issuing, whatever holds so far.
 * @throws DomainError VAT_REVIEW_OPEN, VAT_DETERMINATION_MISSING, VAT_RULES_MISSING
 */
export async function vatFor(
  tx: HatTx,
  { centreId, day, ...question }: VatQuestion & { readonly centreId: string },
): Promise<VatInForce> {
  const [answer] = await vatThroughout(tx, centreId, [{ ...question, from: day, to: plusDays(day, 1) }]);
  if (answer === undefined) throw new Error('a question of VAT was not answered');
  if ('gap' in answer) throw new DomainError(answer.gap.problem, answer.gap.detail);
  return answer.holding;
}

/**
 * The one VAT on all days of each question, in one query and in the order asked; gaps are told and not thrown. Whatever is charged
 * for a period asks this: a question that is open about one day of it, or other VAT in the middle, is missed by whoever asks
 * about single days.
 * @throws DomainError VAT_RULES_MISSING
 */
export async function vatThroughout(
  tx: HatTx,
  centreId: string,
  questions: readonly VatQuestionThroughout[],
): Promise<VatAnswer[]> {
  const rows = await findHoldings(tx, centreId, questions);
  return questions.map((question, at) => {
    const row = rows[at];
    if (row === undefined) throw new Error('a question of VAT was not answered');
    return answerThroughout(question, row, VAT_RULE_SETS);
  });
}
