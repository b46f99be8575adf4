import type { Day } from '../../platform/clock.ts';
import type { ClawbackRow, DrawdownRow } from './grant-money.repo.ts';
import type { Balance, Financing } from './grant-money.rules.ts';

export interface ProofLine {
  readonly id: string;
  readonly bookedOn: Day;
  readonly voucherNumber: string | null;
  readonly costType: string;
  readonly text: string;
  readonly amountCents: number;
}

export type ProofDrawdown = Pick<
  DrawdownRow,
  | 'number'
  | 'status'
  | 'requestedOn'
  | 'costTo'
  | 'amountCents'
  | 'receivedOn'
  | 'receivedCents'
  | 'voucherNumber'
>;
export type ProofClawback = Pick<
  ClawbackRow,
  'number' | 'status' | 'reason' | 'demandedOn' | 'dueOn' | 'amountCents' | 'repaidOn' | 'voucherNumber'
>;

/** What the authority is shown (Verwendungsnachweis, the part in figures), and nothing that is not in the books. */
export interface ProofOfUse {
  readonly asOf: Day;
  readonly grant: {
    readonly id: string;
    readonly number: string;
    readonly title: string;
    readonly centre: string;
    readonly operator: string;
    readonly programme: string;
    readonly authority: string;
    readonly reference: { readonly title: string; readonly date: Day };
    readonly lead: string;
    readonly parties: readonly string[];
    readonly tags: readonly string[];
  };
  readonly notice: {
    readonly number: string;
    readonly noticeOn: Day;
    readonly awardedCents: number;
    readonly approvedFrom: Day;
    readonly approvedTo: Day;
    readonly purposeEndsOn: Day;
    readonly proofDueOn: Day;
  };
  readonly rule: { readonly percent: string; readonly capCents: number; readonly source: string };
  /** Eligible, by day. */
  readonly lines: readonly ProofLine[];
  readonly notEligible: { readonly rowCount: number; readonly amountCents: number };
  readonly sharedCents: number;
  readonly financing: Financing;
  readonly drawdowns: readonly ProofDrawdown[];
  readonly clawbacks: readonly ProofClawback[];
  readonly sums: {
    readonly receivedCents: number;
    readonly repaidCents: number;
  };
  readonly balance: Balance;
}
