import type { Day } from '../../../platform/clock.ts';
import { groupBy } from '../../../platform/collections.ts';
import { compareIds, sumCents } from '../../../platform/money/index.ts';
import type { Offset, OpenItemRow } from '../payments/open-items.types.ts';
import { settle } from '../settlement.rules.ts';

/** A final document, with what is open of it; below zero is a credit. */
export interface FinalDocument {
  readonly statementId: string;
  readonly number: string;
  readonly claimCents: number;
  readonly openCents: number;
}

/** What a member was asked for and paid in a period, gross. */
export interface MemberFigures {
  readonly organisationId: string;
  readonly memberName: string;
  readonly invoicedCents: number;
  readonly paidCents: number;
  readonly actualCents: number;
  readonly settlementCents: number;
  readonly openCents: number;
  readonly netDueCents: number;
  readonly documents: readonly FinalDocument[];
}

export interface SettlementGap {
  readonly organisationId: string;
  readonly code: 'FINAL_MISSING' | 'DEDUCTION_DIFFERS';
  readonly memberName: string;
}

/**
 * Figures of a period member by member, by the one rule of settlement: instalments, whatever corrected them, were invoiced; what the
 * final documents come to before instalments are set off is the actual cost; payments on instalments were paid.
 */
export function figuresOf(items: readonly OpenItemRow[]): MemberFigures[] {
  const members = [...groupBy(items, ({ organisationId }) => organisationId)].map(([organisationId, own]) => {
    const instalments = own.filter(({ chainKind }) => chainKind === 326);
    const finals = own.filter(({ chainKind }) => chainKind !== 326);
    return {
      organisationId,
      memberName: own[0]?.memberName ?? '',
      invoicedCents: sumCents(instalments.map(({ claimCents }) => claimCents)),
      paidCents: sumCents(instalments.map(({ matchedCents }) => matchedCents)),
      actualCents: sumCents(finals.map(({ grossCents }) => grossCents)),
      documents: finals.map(({ statementId, number, claimCents, openCents }) => ({
        statementId,
        number,
        claimCents,
        openCents,
      })),
    };
  });
  const settled = settle({
    members: members.map((member) => ({ member: member.organisationId, ...pick(member) })),
  });
  const byMember = new Map(settled.members.map(({ member, ...rest }) => [member, rest]));
  return members
    .map(({ documents, ...member }) => ({
      ...member,
      ...(byMember.get(member.organisationId) as NonNullable<ReturnType<typeof byMember.get>>),
      documents,
    }))
    .sort((a, b) => compareIds(a.organisationId, b.organisationId));
}

const pick = ({
  invoicedCents,
  paidCents,
  actualCents,
}: Record<'invoicedCents' | 'paidCents' | 'actualCents', number>) => ({
  invoicedCents,
  paidCents,
  actualCents,
});

/** Why a period is not ready to be settled: a final document is missing, or does not set off what was invoiced. */
export function gapsOf(members: readonly MemberFigures[]): SettlementGap[] {
  return members.flatMap((member): SettlementGap[] => {
    const { organisationId, memberName, documents, settlementCents, invoicedCents } = member;
    // Whoever's instalments were all taken back, and who is charged nothing, needs no final document.
    if (documents.length === 0 && invoicedCents === 0) return [];
    if (documents.length === 0) return [{ organisationId, memberName, code: 'FINAL_MISSING' }];
    const claimed = sumCents(documents.map(({ claimCents }) => claimCents));
    return claimed === settlementCents ? [] : [{ organisationId, memberName, code: 'DEDUCTION_DIFFERS' }];
  });
}

/**
 * Sets credits off against claims of the same member, those of later periods first and each by the day it is due. What no claim is left
 * for stays a credit.
 */
export function planOffsets(
  credits: readonly OpenItemRow[],
  claims: readonly OpenItemRow[],
  endsOn: Day,
): Offset[] {
  const ordered = claims.toSorted((a, b) => {
    const later = Number(b.startsOn >= endsOn) - Number(a.startsOn >= endsOn);
    return later || compareIds(a.dueOn, b.dueOn) || compareIds(a.statementId, b.statementId);
  });
  const left = new Map(ordered.map(({ statementId, openCents }) => [statementId, openCents]));
  return credits.flatMap((from) => {
    let credit = -from.openCents;
    return ordered.flatMap((to): Offset[] => {
      const open = left.get(to.statementId) ?? 0;
      const amountCents = Math.min(credit, open);
      if (to.organisationId !== from.organisationId || amountCents <= 0) return [];
      credit -= amountCents;
      left.set(to.statementId, open - amountCents);
      return [{ from, to, amountCents }];
    });
  });
}
