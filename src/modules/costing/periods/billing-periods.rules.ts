import type { Day } from '../../../platform/clock.ts';

export type PeriodState = 'open' | 'grace' | 'frozen' | 'settled';
export type PeriodAction = 'close' | 'reopen' | 'freeze';
/** Beside what moves a period to another state. */
export const ADMIT_LATE_USAGE = 'admit-late-usage' as const;

/** What may be done in which state, and where it leads. */
export const PERIOD_ACTIONS: Readonly<
  Record<PeriodAction, { readonly from: readonly PeriodState[]; readonly to: PeriodState }>
> = {
  close: { from: ['open'], to: 'grace' },
  freeze: { from: ['grace'], to: 'frozen' },
  reopen: { from: ['grace', 'frozen'], to: 'open' },
};

export interface Closing {
  readonly state: PeriodState;
  readonly correctionBillingPeriodState: PeriodState | null;
}

/**
 * Whether runs and documents of the period may still change: not once it is settled, unless late usage was admitted and the period in
 * which the correction is billed is not settled either.
 */
export const takesCharges = ({ state, correctionBillingPeriodState: billedIn }: Closing): boolean =>
  state !== 'settled' || (billedIn !== null && billedIn !== 'settled');

/** Why the correction of a period cannot be billed in another one; undefined where it can. The periods of a centre share no day. */
export function whyNotBilledIn(
  { code, endsOn }: { readonly code: string; readonly endsOn: Day },
  other: { readonly code: string; readonly startsOn: Day; readonly state: PeriodState },
): string | undefined {
  if (other.startsOn < endsOn) return `${other.code} is no later period than ${code}`;
  return other.state === 'settled' ? `${other.code} is settled` : undefined;
}

/** Whether its last day is past: what is still to come cannot be shared out. */
export const isOver = ({ endsOn }: { readonly endsOn: Day }, today: Day): boolean => endsOn <= today;

export function availablePeriodActions(
  period: { readonly state: PeriodState; readonly endsOn: Day },
  today: Day,
): PeriodAction[] {
  const actions = Object.keys(PERIOD_ACTIONS) as PeriodAction[];
  return actions.filter(
    (action) =>
      PERIOD_ACTIONS[action].from.includes(period.state) && (action !== 'freeze' || isOver(period, today)),
  );
}

/** The half-open days of a year `2026`, a quarter `2026-Q3` or a month `2026-07`. */
export function daysOfPeriod(code: string): { startsOn: Day; endsOn: Day } {
  const [year = '', part] = code.split('-');
  if (part === undefined) return { startsOn: `${year}-01-01`, endsOn: firstOf(Number(year), 13) };
  const isQuarter = part.startsWith('Q');
  const month = isQuarter ? Number(part.slice(1)) * 3 - 2 : Number(part);
  return {
    startsOn: firstOf(Number(year), month),
    endsOn: firstOf(Number(year), month + (isQuarter ? 3 : 1)),
  };
}

/** Month 13 is January of the year after. */
function firstOf(year: number, month: number): Day {
  if (month > 12) return firstOf(year + 1, month - 12);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-01`;
}
