import type { Day, Moment } from '../../platform/clock.ts';
import { daysOfPeriod } from './usage.rules.ts';

/** What tells the events of a sum from all others, beside the days. */
export interface EventsOfSum {
  readonly centreId?: string | undefined;
  readonly organisationId?: string | undefined;
  readonly serviceId?: string | undefined;
  /** One, or several of which each counts. */
  readonly meter?: string | readonly string[] | undefined;
  readonly unit?: string | readonly string[] | undefined;
  readonly source?: string | undefined;
  /** First day. */
  readonly from: Day;
  /** Day after the last day. */
  readonly to: Day;
  readonly recordedAfter?: Moment | undefined;
  readonly recordedUntil?: Moment | undefined;
}

/** The days of a sum that lie in a month `YYYY-MM`, where it is of one. */
export function daysOfSum({ from, to }: { from: Day; to: Day }, month: string | undefined) {
  if (month === undefined) return { from, to };
  const days = daysOfPeriod(month);
  return { from: days.from > from ? days.from : from, to: days.to < to ? days.to : to };
}

/** The address of exactly the events that a sum counts, corrections included. */
export function usageEventsLink(sum: EventsOfSum): string {
  const given = Object.entries(sum) as [string, string | readonly string[] | undefined][];
  const pairs = given.flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  return `/api/v1/usage-events?${new URLSearchParams(pairs).toString()}`;
}
