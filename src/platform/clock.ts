import { Temporal } from 'temporal-polyfill';
import { BoundedCache } from './bounded-cache.ts';

/** A moment as RFC 3339 text in UTC with milliseconds, `2026-11-22T17:00:00.000Z`. Such texts sort like the moments they name. */
export type Moment = string;
/** A calendar day `YYYY-MM-DD`. */
export type Day = string;

export interface Clock {
  now(): Moment;
}

/** Days in law and in agreements are days in Germany. */
export const OFFICE_TIME_ZONE = 'Europe/Berlin';

export const systemClock: Clock = { now: () => new Date().toISOString() };

/** A clock that stands still until it is moved; for tests and for playing a past quarter. */
export function fixedClock(start: Moment): Clock & { set(moment: Moment): void } {
  let current = start;
  return {
    now: () => current,
    set(moment) {
      current = moment;
    },
  };
}

/** `2026-11-22 17:00:00.5+00`: how PostgreSQL writes a timestamptz while the session's zone is UTC. */
const UTC_TEXT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/;

/** PostgreSQL's text form of a timestamptz as a `Moment`. A list holds hundreds, so that the usual form is cut, not parsed. */
export function momentFromDatabase(text: string): Moment {
  const [, day, time, fraction = ''] = UTC_TEXT.exec(text) ?? [];
  if (day === undefined) return new Date(text).toISOString();
  return `${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}

/**
 * Answers of `dayOf`, by hour: days begin on a full hour, so that they hold for all of it. A file of usage asks thousands of times for
 * the hours of its year, and the calendar takes some 50 µs for each.
 */
const dayByHour = new BoundedCache<Day>(20_000);

/** The day in Germany on which a moment falls. */
export function dayOf(moment: Moment): Day {
  const read = () =>
    Temporal.Instant.from(moment).toZonedDateTimeISO(OFFICE_TIME_ZONE).toPlainDate().toString();
  return moment.endsWith('Z') ? dayByHour.getOr(moment.slice(0, 'YYYY-MM-DDTHH'.length), read) : read();
}

/** What the calendar and the clock on the wall in Germany say: `2026-11-22T18:00:00.000`. */
export function localTimeOf(moment: Moment): string {
  const local = Temporal.Instant.from(moment).toZonedDateTimeISO(OFFICE_TIME_ZONE).toPlainDateTime();
  return local.toString({ smallestUnit: 'millisecond' });
}

/** The moment of a time of day in Germany, `08:30`; of a time that the change of clocks leaves out, the one an hour later. */
export function momentAt(day: Day, time: string): Moment {
  const local = Temporal.PlainDateTime.from(`${day}T${time}`);
  return momentFromDatabase(local.toZonedDateTime(OFFICE_TIME_ZONE).toInstant().toString());
}

export function yearOf(moment: Moment): number {
  return Number(dayOf(moment).slice(0, 4));
}

export function plusSeconds(moment: Moment, seconds: number): Moment {
  return new Date(Date.parse(moment) + seconds * 1000).toISOString();
}

/** A moment, for libraries that ask for a `Date`. */
export function dateAt(moment: Moment): Date {
  return new Date(moment);
}

/** Midnight UTC of a day, for libraries that ask for a `Date`. */
export function dateOf(day: Day): Date {
  return new Date(`${day}T00:00:00.000Z`);
}

export function plusDays(day: Day, days: number): Day {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** The same day so many months later; where that month has no such day, its last one. */
export function plusMonths(day: Day, months: number): Day {
  return Temporal.PlainDate.from(day).add({ months }).toString();
}

/** Days from the first to the second; negative when the second is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Temporal.PlainDate.from(from).until(to, { largestUnit: 'day' }).days;
}

/** Milliseconds from one moment to a later one; negative when `to` is earlier. */
export function millisecondsBetween(from: Moment, to: Moment): number {
  return Date.parse(to) - Date.parse(from);
}
