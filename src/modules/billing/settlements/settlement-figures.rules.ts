import type { Day } from '../../../platform/clock.ts';
import { groupBy } from '../../../platform/collections.ts';
import type { FieldError } from '../../../platform/errors.ts';
import { compareIds, sumCents } from '../../../platform/money/index.ts';
import type { Offset, OpenItemRow } from '../payments/open-items.types.ts';
import { settle } from '../settlement.rules.ts';
import { totalsOfDraft } from '../statements/statement.rules.ts';
import type { NewStatement } from '../statements/statements.types.ts';

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

/** Where the documents of a period say something else than what is charged. */
export const CHARGE_GAPS = ['RUN_MISSING', 'CHARGES_UNKNOWN', 'MEMBER_BLOCKED', 'CHARGE_DIFFERS'] as const;
/** Where final documents and instalments do not fit. */
export const DOCUMENT_GAPS = ['FINAL_MISSING', 'DEDUCTION_DIFFERS'] as const;
export type ChargeGapCode = (typeof CHARGE_GAPS)[number];

/** What keeps a period from being settled. */
export interface SettlementGap<Code extends string = ChargeGapCode | (typeof DOCUMENT_GAPS)[number]> {
  /** Null where it is of the period as a whole. */
  readonly organisationId: string | null;
  readonly memberName: string | null;
  readonly code: Code;
  /** What is charged less what the final documents say, gross; null where that is not what differs, or not known. */
  readonly differenceCents: number | null;
  /** What stands against it, where something does. */
  readonly errors: readonly FieldError[];
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
    const common = { organisationId, memberName, differenceCents: null, errors: [] };
    if (documents.length === 0) return [{ ...common, code: 'FINAL_MISSING' }];
    const claimed = sumCents(documents.map(({ claimCents }) => claimCents));
    return claimed === settlementCents ? [] : [{ ...common, code: 'DEDUCTION_DIFFERS' }];
  });
}

/** By member what is charged less what its final documents say, gross, from the documents that are missing between the two. */
export function differencesOf(missing: readonly NewStatement[]): ReadonlyMap<string, number> {
  const byMember = groupBy(missing, ({ organisationId }) => organisationId);
  return new Map([...byMember].map(([id, own]) => [id, sumCents(own.map(differenceOf))]));
}

/** Whether it would be more than another wording of an invoice. */
export const isOfMoney = (draft: NewStatement): boolean => draft.kind !== 384 || differenceOf(draft) !== 0;

/** What a document would add to the final documents of its member. An instalment that is taken back is none of them. */
function differenceOf(draft: NewStatement): number {
  const { kind, correctsId, preceding } = draft;
  const before = preceding.find(({ statementId }) => statementId === correctsId);
  const said = before === undefined || before.kind === 326 ? 0 : before.grossCents;
  return (kind === 381 ? 0 : totalsOfDraft(draft).grossCents) - said;
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
