import { defineProblem } from '../../platform/errors.ts';

export const HOLIDAYS_UNKNOWN = defineProblem({
  code: 'HOLIDAYS_UNKNOWN',
  status: 422,
  title: 'The holidays of the year are not known',
  help: 'Start the clock in a year for which src/modules/requests/holidays.rules.ts has rules.',
});

export const CALENDAR_INVALID = defineProblem({
  code: 'CALENDAR_INVALID',
  status: 422,
  title: 'The business calendar contradicts itself',
  help: 'Name a time zone of the IANA list, and for each weekday slots from HH:MM to a later HH:MM that do not overlap; at least one in the week.',
});

export const PAUSE_INVALID = defineProblem({
  code: 'PAUSE_INVALID',
  status: 422,
  title: 'A pause ends before it begins',
  help: 'Correct the moments of the pause.',
});

export const DEADLINE_TOO_FAR = defineProblem({
  code: 'DEADLINE_TOO_FAR',
  status: 422,
  title: 'The deadline is further away than clocks are computed',
  help: 'Correct the target, the calendar or `asOf`; clocks run for 50 years at most.',
});
