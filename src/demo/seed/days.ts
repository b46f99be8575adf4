import { Temporal } from 'temporal-polyfill';
import { type Day, dayOf, type Moment, momentFromDatabase, OFFICE_TIME_ZONE } from '../../platform/clock.ts';

const SATURDAY = 6;

export interface Quarter {
  /** `2026-Q3` */
  readonly code: string;
  readonly firstDay: Day;
  /** Day after the last. */
  readonly endDay: Day;
}

export function quarterOf(day: Day): Quarter {
  const date = Temporal.PlainDate.from(day);
  const number = Math.ceil(date.month / 3);
  const first = Temporal.PlainDate.from({ year: date.year, month: number * 3 - 2, day: 1 });
  const end = first.add({ months: 3 });
  return { code: `${date.year}-Q${number}`, firstDay: first.toString(), endDay: end.toString() };
}

/** The quarter that is over. */
export function quarterBefore(day: Day): Quarter {
  return quarterOf(Temporal.PlainDate.from(quarterOf(day).firstDay).subtract({ days: 1 }).toString());
}

/** Working days of the half-open time, Monday to Friday; holidays are not looked at. */
export function weekdays(from: Day, to: Day): Day[] {
  const days: Day[] = [];
  const end = Temporal.PlainDate.from(to);
  for (
    let day = Temporal.PlainDate.from(from);
    Temporal.PlainDate.compare(day, end) < 0;
    day = day.add({ days: 1 })
  )
    if (day.dayOfWeek < SATURDAY) days.push(day.toString());
  return days;
}

/** The months of a quarter, as their first days. */
export function monthsOf({ firstDay }: Quarter): Day[] {
  return [0, 1, 2].map((months) => Temporal.PlainDate.from(firstDay).add({ months }).toString());
}

export function lastOfMonth(firstDay: Day): Day {
  return Temporal.PlainDate.from(firstDay).add({ months: 1 }).subtract({ days: 1 }).toString();
}

/** A time of day in Germany as a moment. */
export function at(day: Day, minuteOfDay: number): Moment {
  const time = Temporal.PlainTime.from({ hour: Math.floor(minuteOfDay / 60), minute: minuteOfDay % 60 });
  const instant = Temporal.PlainDate.from(day)
    .toZonedDateTime({ timeZone: OFFICE_TIME_ZONE, plainTime: time })
    .toInstant();
  return momentFromDatabase(instant.toString());
}

/** Days before a moment, at the same time of day. */
export function daysBefore(now: Moment, days: number): Day {
  return Temporal.PlainDate.from(dayOf(now)).subtract({ days }).toString();
}

/** `01.10.2026` */
export function germanDay(day: Day): string {
  return day.split('-').reverse().join('.');
}
