import { type Day, plusDays } from '../../../platform/clock.ts';

/** Half-open days. */
export interface Days {
  readonly from: Day;
  readonly to: Day;
}

export type Interval = 'month' | 'quarter' | 'year';

const MONTHS: Readonly<Record<Interval, number>> = { month: 1, quarter: 3, year: 12 };
const DAY_MS = 86_400_000;

export function countDays({ from, to }: Days): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS;
}

/** The days that both have; undefined where there are none. An end of null is no end. */
export function commonDays(a: Days, from: Day, to: Day | null): Days | undefined {
  const first = from > a.from ? from : a.from;
  const end = to !== null && to < a.to ? to : a.to;
  return first < end ? { from: first, to: end } : undefined;
}

/** The days cut at the borders of calendar intervals, each part with the whole interval it belongs to. */
export function cutByInterval(days: Days, interval: Interval): { part: Days; whole: Days }[] {
  const parts: { part: Days; whole: Days }[] = [];
  for (let from = days.from; from < days.to; ) {
    const whole = intervalOf(from, interval);
    const to = whole.to < days.to ? whole.to : days.to;
    parts.push({ part: { from, to }, whole });
    from = to;
  }
  return parts;
}

/** The calendar interval that a day lies in. */
export function intervalOf(day: Day, interval: Interval): Days {
  const length = MONTHS[interval];
  const year = Number(day.slice(0, 4));
  const month = Math.floor((Number(day.slice(5, 7)) - 1) / length) * length;
  const next = month + length;
  return { from: firstOf(year, month), to: firstOf(year + Math.floor(next / 12), next % 12) };
}

function firstOf(year: number, month: number): Day {
  return `${String(year).padStart(4, '0')}-${String(month + 1).padStart(2, '0')}-01`;
}

/** The first gap that parts, in order and without overlap, leave in the days. */
export function findGap(days: Days, parts: readonly Days[]): Days | undefined {
  let covered = days.from;
  for (const { from, to } of parts) {
    if (from > covered) return { from: covered, to: from };
    covered = to;
  }
  return covered < days.to ? { from: covered, to: days.to } : undefined;
}

/** With its last day, as people write periods. */
export function daysText({ from, to }: Days): string {
  return `from ${from} to ${plusDays(to, -1)}`;
}
