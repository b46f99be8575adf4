import { Temporal } from 'temporal-polyfill';
import type { Moment } from '../../platform/clock.ts';
import { DomainError } from '../../platform/errors.ts';
import { type BusinessCalendar, businessDays, dayIn, type Interval } from './business-calendar.rules.ts';
import { PAUSE_INVALID } from './deadline.errors.ts';

/** So many minutes of running office hours, or the end of the n-th working day after the day of the start. */
export type DeadlineTarget = { readonly businessMinutes: number } | { readonly businessDays: number };

export interface DeadlineInput {
  readonly calendar: BusinessCalendar;
  readonly startAt: Moment;
  readonly target: DeadlineTarget;
  /** When the clock stood still, in any order; overlaps count once. */
  readonly pauses: readonly { readonly from: Moment; readonly to: Moment }[];
  readonly asOf?: Moment | undefined;
}

export interface Deadline {
  readonly dueAt: Moment;
  /** Whole minutes the clock has run up to `asOf`, also after the due moment. */
  readonly elapsedBusinessMinutes?: number;
  /** Minutes, begun ones too, that the clock will run from `asOf` to the due moment. */
  readonly remainingBusinessMinutes?: number;
  /** `asOf` is after the due moment; exactly then is still in time. */
  readonly breached?: boolean;
}

const MINUTE = 60_000;

/**
 * When a clock runs out, and how it stands. A clock runs in office hours and not in pauses.
 * @throws DomainError PAUSE_INVALID and what `businessDays` throws
 */
export function computeDeadline({ calendar, startAt, target, pauses, asOf }: DeadlineInput): Deadline {
  const clock: Clockwork = { calendar, pauses: mergePauses(pauses) };
  const start = toMilliseconds(startAt);
  const due =
    'businessMinutes' in target
      ? addBusinessTime(clock, start, target.businessMinutes * MINUTE)
      : endOfBusinessDay(clock, start, target.businessDays);
  const dueAt = toMoment(due);
  if (asOf === undefined) return { dueAt };
  const now = toMilliseconds(asOf);
  return {
    dueAt,
    elapsedBusinessMinutes: Math.floor(countBusinessTime(clock, start, now) / MINUTE),
    remainingBusinessMinutes: Math.ceil(countBusinessTime(clock, Math.max(start, now), due) / MINUTE),
    breached: now > due,
  };
}

/** A calendar and the times the clock stood still: ascending, apart from each other. */
export interface Clockwork {
  readonly calendar: BusinessCalendar;
  readonly pauses: readonly Interval[];
}

/** The moment at which the clock, started at `start`, has run so many milliseconds. Inverse of `countBusinessTime`. */
export function addBusinessTime(clock: Clockwork, start: number, milliseconds: number): number {
  if (milliseconds === 0) return start;
  let left = milliseconds;
  for (const { from, to } of runningTimes(clock, start)) {
    if (left <= to - from) return from + left;
    left -= to - from;
  }
  throw new RangeError('Running times have no end');
}

/** How many milliseconds the clock runs from `start` to `end`; none when `end` is earlier. */
export function countBusinessTime(clock: Clockwork, start: number, end: number): number {
  if (end <= start) return 0;
  let counted = 0;
  for (const { from, to } of runningTimes(clock, start)) {
    if (from >= end) break;
    counted += Math.min(to, end) - from;
  }
  return counted;
}

/**
 * The end of office hours on the n-th working day after the day of the start, which does not count itself (as in
 * § 187 (1) BGB). A day counts when the clock runs at its end.
 */
function endOfBusinessDay({ calendar, pauses }: Clockwork, start: number, count: number): number {
  const startDay = dayIn(calendar.timeZone, start).toString();
  let left = count;
  for (const { day, hours } of businessDays(calendar, start)) {
    const end = (hours.at(-1) as Interval).to;
    if (day === startDay || pauses.some((pause) => pause.from < end && end <= pause.to)) continue;
    left -= 1;
    if (left === 0) return end;
  }
  throw new RangeError('Business days have no end');
}

/** Office hours from `start` on, without the pauses. */
function* runningTimes({ calendar, pauses }: Clockwork, start: number): Generator<Interval> {
  let left = pauses;
  for (const { hours } of businessDays(calendar, start)) {
    for (const slot of hours) {
      const over = left.findIndex((pause) => pause.to > slot.from);
      left = over < 0 ? [] : left.slice(over);
      yield* without(left, { from: Math.max(slot.from, start), to: slot.to });
    }
  }
}

/** The parts of an interval that lie in none of the pauses. */
function* without(pauses: readonly Interval[], { from, to }: Interval): Generator<Interval> {
  let rest = from;
  for (const pause of pauses) {
    if (pause.from >= to) break;
    if (pause.from > rest) yield { from: rest, to: pause.from };
    rest = Math.max(rest, pause.to);
  }
  if (rest < to) yield { from: rest, to };
}

/** @throws DomainError PAUSE_INVALID */
export function mergePauses(pauses: DeadlineInput['pauses']): Interval[] {
  const intervals = pauses.map((pause, index) => {
    const interval = { from: toMilliseconds(pause.from), to: toMilliseconds(pause.to) };
    if (interval.from <= interval.to) return interval;
    throw new DomainError(PAUSE_INVALID, `The pause ends at ${pause.to}, before it begins`, {
      pointer: `/pauses/${index}`,
    });
  });
  const merged: Interval[] = [];
  for (const interval of intervals.sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last === undefined || last.to < interval.from) merged.push(interval);
    else merged.splice(-1, 1, { from: last.from, to: Math.max(last.to, interval.to) });
  }
  return merged;
}

function toMilliseconds(moment: Moment): number {
  return Temporal.Instant.from(moment).epochMilliseconds;
}

/** Without milliseconds where there are none. */
function toMoment(milliseconds: number): Moment {
  return Temporal.Instant.fromEpochMilliseconds(milliseconds).toString();
}
