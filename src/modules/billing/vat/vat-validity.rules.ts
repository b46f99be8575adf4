import { type Day, plusDays } from '../../../platform/clock.ts';
import { DomainError } from '../../../platform/errors.ts';
import { VAT_VALIDITY_REFUSED } from './vat.errors.ts';
import { determineVat, ruleSetOn } from './vat.rules.ts';
import type { VatDetermination, VatInput, VatRuleSet } from './vat.types.ts';

/** The facts of a determination; the day of the service is each day on which it holds. */
export type VatFacts = Omit<VatInput, 'serviceDay'>;

/** Half-open; null: until further notice. */
export interface Validity {
  readonly validFrom: Day;
  readonly validTo: Day | null;
}

/**
 * The one outcome of the facts on all days. Where the law changes within them, or where the outcome rests on turnovers of a
 * calendar year and the days go beyond it, they are refused: nobody has determined what holds after that.
 * @throws DomainError VAT_VALIDITY_REFUSED, VAT_RULES_MISSING, AMOUNT_OUT_OF_RANGE
 */
export function determineThroughout(
  facts: VatFacts,
  validity: Validity,
  ruleSets: readonly VatRuleSet[],
): VatDetermination {
  const { validFrom, validTo } = validity;
  if (validTo !== null && validTo <= validFrom) {
    throw refused('The day after the last must be later than the first.');
  }
  ruleSetOn(validFrom, ruleSets, '/validFrom');
  const first = determineVat({ ...facts, serviceDay: validFrom }, ruleSets);
  for (const day of daysOfChange(ruleSets)) {
    if (day <= validFrom || (validTo !== null && day >= validTo)) continue;
    const later = determineVat({ ...facts, serviceDay: day }, ruleSets);
    if (JSON.stringify(later) === JSON.stringify(first)) continue;
    throw refused(
      `On ${day} the law changes: ${summary(first)} before, ${summary(later)} from then on. End it on ${day} at the latest.`,
    );
  }
  const newYear = `${Number(validFrom.slice(0, 4)) + 1}-01-01`;
  if (restsOnYear(first, facts) && (validTo === null || validTo > newYear)) {
    throw refused(
      `It rests on turnovers of the calendar year ${validFrom.slice(0, 4)}. End it on ${newYear} at the latest.`,
    );
  }
  return first;
}

/** First day of service that no legacy option covers, as the newest rules have it. */
export function firstDayAfterLegacy(ruleSets: readonly VatRuleSet[]): Day {
  const newest = ruleSets.reduce((a, b) => (a.validFrom > b.validFrom ? a : b));
  return plusDays(newest.legacyUntil.value, 1);
}

/** Days on which another figure of the law begins to hold. */
function daysOfChange(ruleSets: readonly VatRuleSet[]): Day[] {
  const days = ruleSets.flatMap(({ validFrom, legacyUntil }) => [validFrom, plusDays(legacyUntil.value, 1)]);
  return [...new Set(days)].sort();
}

/** Whether a step was asked that looks at a turnover of the year: the forecast of the group, or the small-business limits. */
function restsOnYear({ trace }: VatDetermination, { smallBusinessWaived }: VatFacts): boolean {
  return trace.includes('S4') || (trace.includes('S12') && !smallBusinessWaived);
}

const summary = ({ result, rule, ruleSet }: VatDetermination) => `${result} ${rule} (${ruleSet})`;

function refused(detail: string): DomainError {
  return new DomainError(VAT_VALIDITY_REFUSED, detail, { pointer: '/validTo' });
}
