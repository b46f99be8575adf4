import { type Day, plusDays } from '../../../platform/clock.ts';
import { groupBy } from '../../../platform/collections.ts';
import { compareIds, sumCents } from '../../../platform/money/index.ts';

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
  readonly amountCents: number;
  readonly items: readonly OverdueItem[];
  /** Why no letter is written, though something is overdue. */
  readonly skipped: 'TOO_SOON' | 'RECIPIENT_MISSING' | null;
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

/** A notice for each member with something overdue; a member hears of it once within the days. */
export function planNotices(
  overdue: readonly OverdueItem[],
  earlier: readonly EarlierNotice[],
  recipients: ReadonlySet<string>,
  { today, minDaysBetween }: DunningWishes,
): PlannedNotice[] {
  const noticesOf = groupBy(earlier, ({ organisationId }) => organisationId);
  return [...groupBy(overdue, ({ organisationId }) => organisationId)]
    .map(([organisationId, items]): PlannedNotice => {
      const before = noticesOf.get(organisationId) ?? [];
      const isTooSoon = before.some(
        ({ issuedOn }) => plusDays(issuedOn, minDaysBetween) > today || issuedOn === today,
      );
      const unknown = recipients.has(organisationId) ? null : 'RECIPIENT_MISSING';
      return {
        organisationId,
        memberName: items[0]?.memberName ?? '',
        level: levelOf(items, before),
        amountCents: sumCents(items.map(({ openCents }) => openCents)),
        items,
        skipped: isTooSoon ? 'TOO_SOON' : unknown,
      };
    })
    .sort((a, b) => compareIds(a.organisationId, b.organisationId));
}
