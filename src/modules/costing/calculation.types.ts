import type { SecondaryMethod } from './costs/cost-centre-use.rules.ts';
import type { ClauseKey } from './keys/clause-key.types.ts';
import type { KeyFormula } from './keys/key-formulas.rules.ts';
import type { AllocationKey } from './sharing/allocation-keys.rules.ts';

/** Shapes of the calculation files; `calculation.schemas.ts` describes the same to the validator. */

/** How cents are rounded: tranche by tranche, or once over the combined shares. */
export type RoundingMode = 'cascade' | 'composite';

/** Calculation file `allocation`: an amount, tranches and keys; nothing of it is stored anywhere. */
export interface AllocationFile {
  kind: 'allocation';
  amountCents: number;
  mode?: RoundingMode;
  members: string[];
  tranches: { id: string; percent: string; key: AllocationKey }[];
}

/** Where the program itself took the figures of a key from; `endsOn` is the day after the last. */
export type KeyOrigin =
  | { kind: 'cost_clause' }
  | {
      kind: 'usage_events';
      eventCount: number;
      startsOn: string;
      endsOn: string;
      /** Simulations: members whose quantity is assumed. */
      assumedFor?: string[];
    };

/**
 * A key version as it stood when the run was computed. `type` names what was counted (`population`, `cases`, …);
 * `equal` has no values, every other type has them. `asOf`, `basis` and `origin` let an auditor find the figures, or `source`: a
 * text that came with them, and in runs before there was an `origin`, any.
 */
export interface RunKey {
  type: string;
  keyVersionId?: string;
  asOf?: string;
  basis?: string;
  source?: string;
  origin?: KeyOrigin;
  /** Where the values follow from other figures; they must. */
  formula?: KeyFormula;
  values?: Record<string, string>;
}

export interface RunTranche {
  id: string;
  label: string;
  percent: string;
  key: RunKey;
}

/** How the net pool came about: cost less grants and other income. */
export interface Netting {
  costCents: number;
  deductions: { id: string; type: 'grant' | 'other_income'; label: string; amountCents: number }[];
}

/** A cost centre as it stood in the period; `id` is its code. */
export interface RunCostCentre {
  id: string;
  name: string;
  type: 'support' | 'final';
  /** final: the pool it feeds. */
  pool?: string;
  /** Of a support centre less its income; the income of a final one stands with its pool. */
  primaryCents: number;
  netting?: Netting;
  costLineIds: string[];
}

/** How the cost of support centres came to the pools; without support cost it only says which centres feed them. */
export interface RunSecondary {
  plan?: { id: string; number: number; asOf: string; source: string };
  method: SecondaryMethod;
  order?: string[];
  costCentres: RunCostCentre[];
  use: Record<string, Record<string, string>>;
}

/** What a service cost, and where that comes from. */
export interface RunCost {
  id: string;
  service: { id: string; code: string; title: string };
  amountCents: number;
  netting?: Netting;
  /** Cost booked on the service itself, where other cost comes from cost centres. */
  directCents?: number;
  costLineIds?: string[];
}

export interface RunPool extends RunCost {
  /** The wording whose clause was applied. */
  agreementVersionId: string;
  /** Further wordings with the same parties' consent to the same clause that held in the period. */
  furtherAgreementVersionIds?: string[];
  mode: RoundingMode;
  members: string[];
  tranches: RunTranche[];
}

/** What a simulation takes for given; the snapshot is what follows from it. Services are called by their pool. */
export interface RunAssumptions {
  /** Another clause for a pool. */
  clauses?: { pool: string; mode: RoundingMode; tranches: AssumedTranche[] }[];
  /** Value lists instead of those the centre has under these names. */
  keyValues?: {
    name: string;
    type: string;
    basis?: string;
    source: string;
    values: Record<string, string>;
  }[];
  joins?: AssumedJoin[];
  leaves?: AssumedLeave[];
  /** How pools change: in percent of their net amount, rounded half up, or in cents. */
  costs?: ({ pool: string; percent: string } | { pool: string; changeCents: number })[];
  /** Whose usage counts instead of that of the period. */
  usagePeriod?: { code: string; startsOn: string; endsOn: string };
}

export interface AssumedTranche {
  id: string;
  label: string;
  percent: string;
  key: ClauseKey;
}

export interface AssumedJoin {
  member: string;
  organisationId: string;
  name: string;
  pools: string[];
  usage?: { pool: string; meter: string; unit: string; quantity: string }[];
  /** By name of the value list. */
  values?: Record<string, string>;
}

export interface AssumedLeave {
  member: string;
  organisationId: string;
  name: string;
  /** By how much each pool sinks because the member is gone. */
  pools: { pool: string; savedCents: number }[];
}

/** Everything the cents of a run depend on, and what an auditor needs to find it in the books. */
export interface AllocationRunInput {
  kind: 'allocation-run';
  algorithm: 'allocation/1';
  centre: { id: string; name: string; code: string };
  period: { code: string; startsOn: string; endsOn: string };
  runNumber: string;
  corrects?: { runNumber: string; resultHash: string };
  /** Absent: what happened. */
  costKind?: 'budget';
  /** A simulation only. */
  assumptions?: RunAssumptions;
  members?: { member: string; organisationId: string; name: string }[];
  secondary?: RunSecondary;
  pools: RunPool[];
  /** Cost that is shared out to nobody: of services that all pay by price, and what comes to nothing where no clause could share it. */
  unshared?: RunCost[];
}

/** Calculation file `allocation-run`: the snapshot and, once computed, its result, which may be anything. */
export interface AllocationRunFile extends AllocationRunInput {
  secondaryResult?: unknown;
  lines?: unknown[];
  totals?: unknown;
  inputHash?: string;
  resultHash?: string;
}
