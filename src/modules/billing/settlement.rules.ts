import { DomainError } from '../../platform/errors.ts';
import { compareIds, resultCents, toBigCents } from '../../platform/money/index.ts';
import { SETTLEMENT_MEMBER_DUPLICATE } from './billing.errors.ts';

export interface SettlementInput {
  readonly members: readonly {
    readonly member: string;
    /** Instalments that were invoiced, paid or not. */
    readonly invoicedCents: number;
    readonly paidCents: number;
    /** The member's share of the actual cost. */
    readonly actualCents: number;
  }[];
}

export interface Settlement {
  /** Ascending by member. */
  readonly members: readonly {
    readonly member: string;
    /** Actual less invoiced: what the final document asks for, or gives back where it is negative. */
    readonly settlementCents: number;
    /** Invoiced less paid: stays a claim of its own and is not settled a second time. */
    readonly openCents: number;
    /** Actual less paid: both together. */
    readonly netDueCents: number;
  }[];
}

/** @throws DomainError AMOUNT_OUT_OF_RANGE, SETTLEMENT_MEMBER_DUPLICATE */
export function settle({ members }: SettlementInput): Settlement {
  const seen = new Set<string>();
  const settled = members.map((entry, index) => {
    const at = `/members/${index}`;
    const { member } = entry;
    if (seen.has(member)) {
      throw new DomainError(SETTLEMENT_MEMBER_DUPLICATE, `${member} occurs twice`, {
        pointer: `${at}/member`,
      });
    }
    seen.add(member);
    const invoiced = toBigCents(entry.invoicedCents, `${at}/invoicedCents`);
    const paid = toBigCents(entry.paidCents, `${at}/paidCents`);
    const actual = toBigCents(entry.actualCents, `${at}/actualCents`);
    return {
      member,
      settlementCents: resultCents(actual - invoiced, `settlementCents of ${member}`, at),
      openCents: resultCents(invoiced - paid, `openCents of ${member}`, at),
      netDueCents: resultCents(actual - paid, `netDueCents of ${member}`, at),
    };
  });
  return { members: settled.sort((a, b) => compareIds(a.member, b.member)) };
}
