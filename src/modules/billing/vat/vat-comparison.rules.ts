import { sumCents } from '../../../platform/money/index.ts';
import type { VatRuleSet } from './vat.types.ts';
import {
  type LawChangeBasis,
  type LawChangeFacts,
  lawChangeOf,
  type VatTreatment,
  vatOf,
} from './vat-law-change.rules.ts';

export interface VatQuestionOfRow extends Omit<LawChangeFacts, 'postedCents'> {
  /** An open question about the day on which `before` holds. */
  readonly doubted: VatTreatment | null;
  /** Null where this side does not know the row. */
  readonly baseCents: number | null;
  readonly scenarioCents: number | null;
}

/** Why nobody can say: nothing is determined, or a fact is missing. */
export type VatUnclear = 'UNDETERMINED' | 'REVIEW';

export interface VatOfSide {
  readonly netCents: number;
  readonly result: VatTreatment['result'] | null;
  readonly rule: string | null;
  readonly ratePercent: number | null;
  /** What it was taken from; null where there is nothing. */
  readonly basis: LawChangeBasis | null;
  readonly unclear: VatUnclear | null;
  /** Null where nobody can say. */
  readonly vatCents: number | null;
  readonly grossCents: number | null;
}

export interface VatOfRow {
  readonly base: VatOfSide | null;
  readonly scenario: VatOfSide | null;
}

/** What holds today on the net amount of the base, and what the law of the day makes of the asserted facts on that of the scenario. */
export function vatOfRow(row: VatQuestionOfRow, day: string, ruleSets: readonly VatRuleSet[]): VatOfRow {
  const { doubted, baseCents, scenarioCents, before, decided, forecastCents, turnovers } = row;
  const found = lawChangeOf({ postedCents: 0, before, decided, forecastCents, turnovers }, day, ruleSets);
  const held = doubted ?? found.before;
  const heldBasis = doubted === null ? 'IN_FORCE' : 'OPEN_QUESTION';
  return {
    base: baseCents === null ? null : sideOf(baseCents, held, held && heldBasis),
    scenario: scenarioCents === null ? null : sideOf(scenarioCents, found.after, found.basis),
  };
}

function sideOf(netCents: number, treatment: VatTreatment | null, basis: LawChangeBasis | null): VatOfSide {
  const unclear = unclearOf(treatment);
  const vatCents = unclear === null ? vatOf(netCents, treatment) : null;
  return {
    netCents,
    result: treatment?.result ?? null,
    rule: treatment?.rule ?? null,
    ratePercent: treatment?.ratePercent ?? null,
    basis,
    unclear,
    vatCents,
    grossCents: vatCents === null ? null : sumCents([netCents, vatCents]),
  };
}

function unclearOf(treatment: VatTreatment | null): VatUnclear | null {
  if (treatment === null) return 'UNDETERMINED';
  return treatment.result === 'REVIEW' ? 'REVIEW' : null;
}

export interface VatSums {
  readonly netCents: number;
  /** Of what can be said. */
  readonly vatCents: number;
  /** Net amounts of which nobody can say. */
  readonly unclearCents: number;
  readonly unclearRows: number;
  /** Null as long as something is unclear. */
  readonly grossCents: number | null;
}

/** Sums of one side; rounded row by row, as documents of one category would not be. */
export function vatSums(sides: readonly (VatOfSide | null)[]): VatSums {
  const known = sides.flatMap((side) => side ?? []);
  const unclear = known.filter((side) => side.unclear !== null);
  const netCents = sumCents(known.map((side) => side.netCents));
  const vatCents = sumCents(known.map((side) => side.vatCents ?? 0));
  return {
    netCents,
    vatCents,
    unclearCents: sumCents(unclear.map((side) => side.netCents)),
    unclearRows: unclear.length,
    grossCents: unclear.length === 0 ? sumCents([netCents, vatCents]) : null,
  };
}
