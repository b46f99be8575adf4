import type { RoundingMode } from '../calculation.types.ts';
import type { ClauseKey } from '../keys/clause-key.types.ts';

/** Assumptions as they are sent: organisations and services by id. */
export interface AssumptionsBody {
  readonly clauses?: readonly {
    readonly serviceIds: readonly string[];
    readonly costClause: {
      mode: RoundingMode;
      tranches: { id: string; label: string; percent: string; key: AssumedKey }[];
    };
  }[];
  readonly keyValues?: readonly {
    readonly name: string;
    readonly type?: string;
    readonly basis?: string;
    readonly source: string;
    readonly values: Readonly<Record<string, string>>;
  }[];
  readonly joins?: readonly {
    readonly organisationId: string;
    readonly serviceIds: readonly string[];
    readonly usage?: readonly {
      readonly serviceId: string;
      readonly meter: string;
      readonly unit?: string;
      readonly quantity: string;
    }[];
    readonly values?: Readonly<Record<string, string>>;
  }[];
  readonly leaves?: readonly {
    readonly organisationId: string;
    readonly serviceIds?: readonly string[];
    readonly saved?: readonly { readonly serviceId: string; readonly savedCents: number }[];
  }[];
  readonly costs?: readonly {
    readonly serviceId: string;
    readonly percent?: string;
    readonly changeCents?: number;
  }[];
  readonly usagePeriodId?: string;
}

/** As agreements have it, whose rules check it. */
interface AssumedKey extends ClauseKey {
  values?: Record<string, string>;
  equivalents?: Record<string, string>;
  grades?: { upTo: string | null; factor: string }[];
}
