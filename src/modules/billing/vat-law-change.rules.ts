import { divideHalfUp, fromBigCents, sumCents, toBigCents } from '../../platform/money/index.ts';
import { determineVat } from './vat.rules.ts';
import type { VatOutcome, VatRuleSet } from './vat.types.ts';
import type { VatFacts } from './vat-validity.rules.ts';

/** What a determination came to, without its derivation. */
export type VatTreatment = Pick<VatOutcome, 'result' | 'rule' | 'category' | 'ratePercent'>;

/**
 * - `CHANGED`: another result or rate than the day before
 * - `REVIEW`: a fact is missing to say
 * - `UNDETERMINED`: nothing was determined for the day before, so there is nothing to determine anew
 */
export type LawChange = 'UNCHANGED' | 'CHANGED' | 'REVIEW' | 'UNDETERMINED';

/** A determination of the day itself, an open question about it, or the stored facts determined anew. */
export type LawChangeBasis = 'IN_FORCE' | 'OPEN_QUESTION' | 'RECOMPUTED';

export interface LawChangeFacts {
  readonly postedCents: number;
  /** In force the day before. */
  readonly before: (VatTreatment & { readonly facts: VatFacts }) | null;
  /** In force on the day already, or asked about it, where somebody has determined it. */
  readonly decided: VatTreatment | null;
  /** Forecast for the calendar year of the day; null where none is recorded. */
  readonly forecastCents: number | null;
}

export interface LawChangeOutcome {
  readonly change: LawChange;
  readonly before: VatTreatment | null;
  readonly after: VatTreatment | null;
  /** What `after` was taken from; null where there is nothing. */
  readonly basis: LawChangeBasis | null;
  /** VAT on the posted amount after the day less that before it; null where nobody can say. */
  readonly additionalVatCents: number | null;
}

/** What the law of a day makes of a service that was determined before it. */
export function lawChangeOf(
  { postedCents, before, decided, forecastCents }: LawChangeFacts,
  day: string,
  ruleSets: readonly VatRuleSet[],
): LawChangeOutcome {
  const after = decided ?? (before && redetermined(before.facts, forecastCents, day, ruleSets));
  const change = changeOf(before, after);
  const isKnown = change === 'CHANGED' || change === 'UNCHANGED';
  return {
    change,
    before: before && treatment(before),
    after: after && treatment(after),
    basis: basisOf(decided, after),
    additionalVatCents: isKnown ? vatOf(postedCents, after) - vatOf(postedCents, before) : null,
  };
}

/** Sums over what is known, and what the amounts are of which nothing is known. */
export function lawChangeTotals(rows: readonly (LawChangeOutcome & { readonly postedCents: number })[]) {
  const posted = (...changes: LawChange[]) =>
    sumCents(rows.filter(({ change }) => changes.includes(change)).map(({ postedCents }) => postedCents));
  return {
    postedCents: sumCents(rows.map(({ postedCents }) => postedCents)),
    changedCents: posted('CHANGED'),
    unclearCents: posted('REVIEW', 'UNDETERMINED'),
    additionalVatCents: sumCents(rows.map(({ additionalVatCents }) => additionalVatCents ?? 0)),
  };
}

/** The facts as they were asserted, but for the day and a forecast that somebody recorded for its year. */
function redetermined(
  facts: VatFacts,
  forecastCents: number | null,
  day: string,
  ruleSets: readonly VatRuleSet[],
): VatTreatment {
  const groupForecastCents = forecastCents ?? facts.groupForecastCents;
  return determineVat({ ...facts, groupForecastCents, serviceDay: day }, ruleSets);
}

function basisOf(decided: VatTreatment | null, after: VatTreatment | null): LawChangeBasis | null {
  if (decided !== null) return decided.result === 'REVIEW' ? 'OPEN_QUESTION' : 'IN_FORCE';
  return after === null ? null : 'RECOMPUTED';
}

function changeOf(before: VatTreatment | null, after: VatTreatment | null): LawChange {
  if (after?.result === 'REVIEW') return 'REVIEW';
  if (before === null || after === null) return 'UNDETERMINED';
  return before.result === after.result && before.ratePercent === after.ratePercent ? 'UNCHANGED' : 'CHANGED';
}

/** Net amount × rate, half up to the cent. */
export function vatOf(netCents: number, of: VatTreatment | null): number {
  const rate = BigInt(of?.ratePercent ?? 0);
  return fromBigCents(divideHalfUp(toBigCents(netCents, '/postedCents') * rate, 100n));
}

const treatment = ({ result, rule, category, ratePercent }: VatTreatment): VatTreatment => ({
  result,
  rule,
  category,
  ratePercent,
});
