import { Temporal } from 'temporal-polyfill';
import { DomainError } from '../../platform/errors.ts';
import { HOLIDAYS_UNKNOWN } from './deadline.errors.ts';

/** Länder by ISO 3166-2:DE, without the country. */
export const STATES = [
  'BB',
  'BE',
  'BW',
  'BY',
  'HB',
  'HE',
  'HH',
  'MV',
  'NI',
  'NW',
  'RP',
  'SH',
  'SL',
  'SN',
  'ST',
  'TH',
] as const;
export type State = (typeof STATES)[number];

interface HolidayRule {
  /** `MM-DD`, or so many days after Easter Sunday, or the day of repentance: the Wednesday before 23 November. */
  readonly on: `${number}-${number}` | number | 'repentance';
  /** Left out: everywhere. */
  readonly states?: readonly State[];
  /** First and last year, where the day is not kept in all years that are covered. */
  readonly since?: number;
  readonly until?: number;
}

/** Since the day of repentance was given up for the long-term care insurance; the rules below hold from here on. */
const FIRST_YEAR = 1995;

/**
 * Statutory holidays of whole states, by the Feiertagsgesetze of the Länder and, for 3 October, article 2 (2) of the
 * Unification Treaty. Days kept in single municipalities only (Mariä Himmelfahrt in Bavaria, Fronleichnam in Saxony and
 * Thuringia, the Augsburg peace festival) are closing days of the calendar.
 */
const HOLIDAY_RULES: readonly HolidayRule[] = [
  { on: '01-01' },
  { on: '01-06', states: ['BW', 'BY', 'ST'] },
  { on: '03-08', states: ['BE'], since: 2019 },
  { on: '03-08', states: ['MV'], since: 2023 },
  { on: -2 },
  { on: 0, states: ['BB'] },
  { on: 1 },
  { on: '05-01' },
  // Berlin: 75 and 80 years since the end of the war, 75 years since the uprising of 1953.
  { on: '05-08', states: ['BE'], since: 2020, until: 2020 },
  { on: '05-08', states: ['BE'], since: 2025, until: 2025 },
  { on: '06-17', states: ['BE'], since: 2028, until: 2028 },
  { on: 39 },
  { on: 49, states: ['BB'] },
  { on: 50 },
  { on: 60, states: ['BW', 'BY', 'HE', 'NW', 'RP', 'SL'] },
  { on: '08-15', states: ['SL'] },
  { on: '09-20', states: ['TH'], since: 2019 },
  { on: '10-03' },
  { on: '10-31', states: ['BB', 'MV', 'SN', 'ST', 'TH'] },
  { on: '10-31', states: ['HB', 'HH', 'NI', 'SH'], since: 2018 },
  // 500 years of the Reformation.
  { on: '10-31', since: 2017, until: 2017 },
  { on: '11-01', states: ['BW', 'BY', 'NW', 'RP', 'SL'] },
  { on: 'repentance', states: ['SN'] },
  { on: '12-25' },
  { on: '12-26' },
];

/**
 * The days of a year on which a state rests by law.
 * @throws DomainError HOLIDAYS_UNKNOWN for years before the rules
 */
export function holidaysOf(state: State, year: number): ReadonlySet<string> {
  if (year < FIRST_YEAR) {
    throw new DomainError(
      HOLIDAYS_UNKNOWN,
      `The holidays of ${year} are not known, only from ${FIRST_YEAR} on`,
    );
  }
  const easter = easterSunday(year);
  const kept = HOLIDAY_RULES.filter(
    ({ states, since = year, until = year }) =>
      (states?.includes(state) ?? true) && since <= year && year <= until,
  );
  return new Set(kept.map(({ on }) => dayOfRule(on, year, easter)));
}

function dayOfRule(on: HolidayRule['on'], year: number, easter: Temporal.PlainDate): string {
  if (typeof on === 'number') return easter.add({ days: on }).toString();
  if (on !== 'repentance') return `${year}-${on}`;
  const eve = Temporal.PlainDate.from({ year, month: 11, day: 22 });
  return eve.subtract({ days: (eve.dayOfWeek + 4) % 7 }).toString();
}

/** Gregorian computus: J. Meeus, Astronomical Algorithms, chapter 8, where the letters are the same. */
function easterSunday(year: number): Temporal.PlainDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return Temporal.PlainDate.from({ year, month: Math.floor(n / 31), day: (n % 31) + 1 });
}
