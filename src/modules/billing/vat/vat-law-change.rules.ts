import { divideHalfUp, fromBigCents, sumCents, toBigCents } from '../../../platform/money/index.ts';
import { determineVat } from './vat.rules.ts';
import type { VatOutcome, VatRuleSet, VatYearTurnovers } from './vat.types.ts';
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

/** What somebody determined, from which facts; turnovers and forecast among them are of the year of its first day. */
export type Asserted = VatTreatment & { readonly facts: VatFacts; readonly validFrom: string };

export interface LawChangeFacts {
  readonly postedCents: number;
  /** In force the day before. */
  readonly before: Asserted | null;
  /** In force on the day already, or asked about it, where somebody has determined it. */
  readonly decided: VatTreatment | null;
  /** Forecast for the calendar year of the day; null where none is recorded. */
  readonly forecastCents: number | null;
  /** For the calendar year of the day, where the caller names them. */
  readonly turnovers?: VatYearTurnovers | undefined;
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
  { postedCents, before, decided, forecastCents, turnovers }: LawChangeFacts,
  day: string,
  ruleSets: readonly VatRuleSet[],
): LawChangeOutcome {
  const after = decided ?? (before && redetermined(before, { forecastCents, turnovers }, day, ruleSets));
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
export function lawChangeTotals(
  rows: readonly (LawChangeOutcome & { readonly postedCents: number; readonly pricedCents: number })[],
) {
  const posted = (...changes: LawChange[]) =>
    sumCents(rows.filter(({ change }) => changes.includes(change)).map(({ postedCents }) => postedCents));
  return {
    postedCents: sumCents(rows.map(({ postedCents }) => postedCents)),
    pricedCents: sumCents(rows.map(({ pricedCents }) => pricedCents)),
    changedCents: posted('CHANGED'),
    unclearCents: posted('REVIEW', 'UNDETERMINED'),
    additionalVatCents: sumCents(rows.map(({ additionalVatCents }) => additionalVatCents ?? 0)),
  };
}

/**
 * The facts as they were asserted, on another day. What is of a calendar year, the forecast and the turnovers of § 19, is not carried
 * into another one: there only what was said for that year counts, and without it the outcome is a review.
 */
function redetermined(
  { facts, validFrom }: Asserted,
  { forecastCents, turnovers }: Pick<LawChangeFacts, 'forecastCents' | 'turnovers'>,
  day: string,
  ruleSets: readonly VatRuleSet[],
): VatTreatment {
  const ofYear = validFrom.slice(0, 4) === day.slice(0, 4) ? facts : undefined;
  const known = {
    ...facts,
    groupForecastCents: forecastCents ?? ofYear?.groupForecastCents ?? null,
    previousYearTurnoverCents:
      turnovers?.previousYearTurnoverCents ?? ofYear?.previousYearTurnoverCents ?? null,
    yearToDateTurnoverCents: turnovers?.yearToDateTurnoverCents ?? ofYear?.yearToDateTurnoverCents ?? null,
  };
  return determineVat({ ...known, serviceDay: day }, ruleSets);
}

/** Figures that a caller may leave out. */
export function turnoversOf(
  named: {
    readonly [Name in keyof VatYearTurnovers]?: number | undefined;
  },
): VatYearTurnovers {
  const { previousYearTurnoverCents = null, yearToDateTurnoverCents = null } = named;
  return { previousYearTurnoverCents, yearToDateTurnoverCents };
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
