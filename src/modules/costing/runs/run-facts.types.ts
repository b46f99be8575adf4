import type { Day } from '../../../platform/clock.ts';
import type { Netting, RoundingMode, RunSecondary } from '../calculation.types.ts';
import type { SecondaryMethod } from '../costs/cost-centre-use.rules.ts';
import type { CostCategory, CostKind } from '../costs/cost-line.types.ts';
import type { ClauseKey } from '../keys/clause-key.types.ts';

/** What a run is computed from, as the database holds it; `run-snapshot.rules.ts` makes the snapshot of it. */

/** Sum of the lines of one place and category; of income for each cost type by itself. */
export interface PlaceCost {
  readonly serviceId: string | null;
  readonly costCentreId: string | null;
  readonly category: CostCategory;
  /** Empty for cost. */
  readonly costType: string;
  readonly amountCents: number;
  readonly costLineIds: readonly string[];
}

export interface CostCentreFacts {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly type: 'support' | 'final';
  readonly serviceId: string | null;
}

export interface ServiceFacts {
  readonly id: string;
  readonly code: string;
  readonly title: string;
}

/** How support cost centres pass their cost on. */
export interface PlanFacts {
  readonly id: string;
  readonly number: number;
  readonly asOf: Day;
  readonly method: SecondaryMethod;
  readonly order: readonly string[] | null;
  readonly use: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly source: string;
}

/** What one pool is to share. */
export interface CostFacts {
  readonly serviceId: string;
  readonly code: string;
  readonly title: string;
  readonly amountCents: number;
  readonly netting?: Netting;
  /** Booked on the service itself, where cost centres feed the pool too. */
  readonly directCents?: number;
  readonly costLineIds: readonly string[];
}

export interface ClauseFacts {
  readonly mode: RoundingMode;
  readonly tranches: readonly {
    readonly id: string;
    readonly label: string;
    readonly percent: string;
    readonly key: ClauseKey;
  }[];
}

/** A wording of an agreement that held on a day of the period. */
export interface WordingFacts {
  readonly agreementId: string;
  readonly agreementVersionId: string;
  readonly title: string;
  readonly number: number;
  readonly costClause: ClauseFacts | null;
  readonly organisationIds: readonly string[];
  readonly serviceIds: readonly string[];
  /** It says a price for these services. */
  readonly isPriced?: true;
}

export interface MemberFacts {
  readonly id: string;
  readonly ags: string | null;
  readonly name: string;
}

/** The latest figure of an organisation with this basis before the end of the period. */
export interface PopulationFacts {
  readonly organisationId: string;
  readonly basis: string;
  readonly asOf: Day;
  readonly population: number;
  readonly source: string;
}

export interface UsageFactsOfPeriod {
  readonly serviceId: string;
  readonly organisationId: string;
  readonly meter: string;
  readonly unit: string;
  readonly quantity: string;
  readonly eventCount: number;
  /** A quantity that nobody recorded. */
  readonly isAssumed?: true;
}

/** The newest version of a value list before the end of the period; one that is only assumed has no id. */
export interface ListFacts {
  readonly id?: string;
  readonly name: string;
  readonly type: string;
  readonly asOf?: Day;
  readonly basis: string | null;
  readonly source: string;
  readonly values: Readonly<Record<string, string>>;
}

export interface PeriodFacts {
  readonly code: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
}

export interface RunFacts {
  readonly centre: { readonly id: string; readonly name: string; readonly code: string };
  readonly period: PeriodFacts;
  readonly costKind: CostKind;
  /** Whose usage counts, where it is not that of the period itself. */
  readonly usagePeriod?: PeriodFacts;
  readonly costs: readonly CostFacts[];
  readonly secondary?: RunSecondary;
  /** By first day. */
  readonly wordings: readonly WordingFacts[];
  readonly members: readonly MemberFacts[];
  readonly populations: readonly PopulationFacts[];
  readonly usage: readonly UsageFactsOfPeriod[];
  readonly lists: readonly ListFacts[];
}

/** What tells one run over the same facts from another. */
export interface RunIdentity {
  readonly runNumber: string;
  readonly corrects?: { readonly runNumber: string; readonly resultHash: string };
  /** The wording to apply where an agreement changed within the period. */
  readonly clauseVersionId?: string;
}
