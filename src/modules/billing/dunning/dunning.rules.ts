import { type Day, plusDays } from '../../../platform/clock.ts';
import { groupBy } from '../../../platform/collections.ts';
import { compareIds, sumCents } from '../../../platform/money/index.ts';
import { blockedUntil, type DunningBlock } from './dunning-blocks.rules.ts';

export interface OverdueItem {
  readonly statementId: string;
  readonly chainId: string;
  readonly organisationId: string;
  readonly memberName: string;
  readonly number: string;
  readonly dueOn: Day;
  readonly openCents: number;
}

/** A notice that went out. */
export interface EarlierNotice {
  readonly organisationId: string;
  readonly level: number;
  readonly issuedOn: Day;
  readonly chainIds: readonly string[];
}

export type DunningLevel = 1 | 2 | 3;

export interface PlannedNotice {
  readonly organisationId: string;
  readonly memberName: string;
  readonly level: DunningLevel;
  /** What is overdue less what the centre has of the member. */
  readonly amountCents: number;
  /** As much of the member's credits as is set against what is overdue. */
  readonly creditCents: number;
  readonly items: readonly OverdueItem[];
  /** Overdue as well, but not asked for. */
  readonly blockedItems: readonly OverdueItem[];
  /** Why no letter is written, though something is overdue. */
  readonly skipped: SkipReason | null;
}

/** `OPERATOR`: a centre does not write to itself; `BLOCKED`: nothing is left after blocks; `CREDIT_COVERS`: nor after credits. */
export const SKIP_REASONS = [
  'OPERATOR',
  'BLOCKED',
  'CREDIT_COVERS',
  'TOO_SOON',
  'RECIPIENT_MISSING',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

export interface DunningFacts {
  readonly overdue: readonly OverdueItem[];
  readonly earlier: readonly EarlierNotice[];
  /** What holds on the day. */
  readonly blocks: readonly DunningBlock[];
  /** Members whose address is known. */
  readonly recipients: ReadonlySet<string>;
  /** What the centre has of a member: paid in excess, unmatched, or credited. */
  readonly credits: ReadonlyMap<string, number>;
  /** The organisation that runs the centre. */
  readonly operatorId: string;
}

export interface DunningWishes {
  readonly today: Day;
  readonly minDaysBetween: number;
}

/** 1 for what was never asked for again; else one more than the highest notice that named any of it, up to the last. */
function levelOf(items: readonly OverdueItem[], earlier: readonly EarlierNotice[]): DunningLevel {
  const chains = new Set(items.map(({ chainId }) => chainId));
  const levels = earlier
    .filter(({ chainIds }) => chainIds.some((id) => chains.has(id)))
    .map(({ level }) => level);
  return Math.min(3, 1 + Math.max(0, ...levels)) as DunningLevel;
}

/**
 * A notice for each member with something overdue; a member hears of it once within the days. What is blocked counts neither for
 * the level nor for the sum. All credits of the member cover what is left.
 */
export function planNotices(
  { overdue, earlier, blocks, recipients, credits, operatorId }: DunningFacts,
  { today, minDaysBetween }: DunningWishes,
): PlannedNotice[] {
  const noticesOf = groupBy(earlier, ({ organisationId }) => organisationId);
  return [...groupBy(overdue, ({ organisationId }) => organisationId)]
    .map(([organisationId, all]): PlannedNotice => {
      const items = all.filter((item) => blockedUntil(blocks, item) === null);
      const blockedItems = all.filter((item) => blockedUntil(blocks, item) !== null);
      const before = noticesOf.get(organisationId) ?? [];
      const isTooSoon = before.some(
        ({ issuedOn }) => plusDays(issuedOn, minDaysBetween) > today || issuedOn === today,
      );
      const overdueCents = sumCents(items.map(({ openCents }) => openCents));
      const creditCents = Math.min(overdueCents, Math.max(0, credits.get(organisationId) ?? 0));
      const holds: Readonly<Record<SkipReason, boolean>> = {
        OPERATOR: organisationId === operatorId,
        BLOCKED: items.length === 0,
        CREDIT_COVERS: creditCents === overdueCents,
        TOO_SOON: isTooSoon,
        RECIPIENT_MISSING: !recipients.has(organisationId),
      };
      return {
        organisationId,
        memberName: all[0]?.memberName ?? '',
        level: levelOf(items, before),
        amountCents: overdueCents - creditCents,
        creditCents,
        items,
        blockedItems,
        skipped: SKIP_REASONS.find((reason) => holds[reason]) ?? null,
      };
    })
    .sort((a, b) => compareIds(a.organisationId, b.organisationId));
}
