import type { Day } from '../../platform/clock.ts';

export type PeriodState = 'open' | 'grace' | 'frozen' | 'settled';
export type PeriodAction = 'close' | 'reopen' | 'freeze';

/** What may be done in which state, and where it leads. */
export const PERIOD_ACTIONS: Readonly<
  Record<PeriodAction, { readonly from: readonly PeriodState[]; readonly to: PeriodState }>
> = {
  close: { from: ['open'], to: 'grace' },
  freeze: { from: ['grace'], to: 'frozen' },
  reopen: { from: ['grace', 'frozen'], to: 'open' },
};

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
