import { plusDays } from '../../../platform/clock.ts';
import type { Problem } from '../../../platform/errors.ts';
import { VAT_CHANGES_WITHIN_PERIOD, VAT_DETERMINATION_MISSING, VAT_REVIEW_OPEN } from './vat.errors.ts';
import { ruleSetOn } from './vat.rules.ts';
import type {
  VatAnswer,
  VatHoldings,
  VatInForce,
  VatQuestionThroughout,
  VatRuleSet,
  VatStretch,
} from './vat.types.ts';

/**
 * The one treatment that holds on all of the days, as the determination of the last of them says it; or why there is none: an open
 * question about any of them, days without a determination, or two treatments. A question comes first, whatever holds so far.
 * @throws DomainError VAT_RULES_MISSING
 */
export function answerThroughout(
  { serviceId, organisationId, from, to }: VatQuestionThroughout,
  { stretches, review }: VatHoldings,
  ruleSets: readonly VatRuleSet[],
): VatAnswer {
  const gap = (problem: Problem, detail: string, days: Days): VatAnswer => ({
    gap: {
      problem,
      detail: `${detail} (service ${serviceId}, member ${organisationId}, ${daysText(days)}).`,
    },
  });
  if (review !== null) return gap(VAT_REVIEW_OPEN, `${review.number} asks for ${review.rule}`, review);
  const missing = firstDaysBetween(stretches, { from, to });
  if (missing !== undefined) {
    return gap(VAT_DETERMINATION_MISSING, 'No determination of VAT is in force', missing);
  }
  const outdated = stretches.find((stretch) => outdatedDay(stretch, ruleSets) !== undefined);
  if (outdated !== undefined) {
    const day = outdatedDay(outdated, ruleSets) ?? outdated.from;
    const detail = `${outdated.number} was determined by the rules ${outdated.ruleSet}; on that day ${ruleSetOn(day, ruleSets, '/day').id} hold`;
    return gap(VAT_DETERMINATION_MISSING, detail, { from: day, to: plusDays(day, 1) });
  }
  const changed = stretches.find((stretch, at) => at > 0 && !sameTreatment(stretches[at - 1], stretch));
  if (changed !== undefined) {
    const detail = `${stretches[stretches.indexOf(changed) - 1]?.number} holds before ${changed.from}, ${changed.number} from then on`;
    return gap(VAT_CHANGES_WITHIN_PERIOD, detail, { from, to });
  }
  const last = stretches.at(-1);
  if (last === undefined) throw new Error('a question of VAT names no day');
  const { from: _from, to: _to, ...holding } = last;
  return { holding };
}

type Days = Pick<VatStretch, 'from' | 'to'>;

/** The first days on which nothing holds. */
function firstDaysBetween(stretches: readonly Days[], { from, to }: Days): Days | undefined {
  let day = from;
  for (const stretch of stretches) {
    if (stretch.from > day) return { from: day, to: stretch.from };
    day = stretch.to;
  }
  return day < to ? { from: day, to } : undefined;
}

/** A day on which other rules hold than those it was determined by; they follow each other, so its ends tell. */
function outdatedDay({ from, to, ruleSet }: VatStretch, ruleSets: readonly VatRuleSet[]): string | undefined {
  return [from, plusDays(to, -1)].find((day) => ruleSetOn(day, ruleSets, '/day').id !== ruleSet);
}

/** A rule stands for its reason and its law: what says the same may follow each other within a period. */
function sameTreatment(a: VatInForce | undefined, b: VatInForce): boolean {
  return a?.category === b.category && a.ratePercent === b.ratePercent && a.rule === b.rule;
}

function daysText({ from, to }: Days): string {
  const last = plusDays(to, -1);
  return from === last ? from : `${from} to ${last}`;
}
