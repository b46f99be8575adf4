import { defineProblem } from '../../platform/errors.ts';

export const USAGE_KEY_REUSED = defineProblem({
  code: 'USAGE_KEY_REUSED',
  status: 409,
  title: 'This key stands for another usage event',
  help: 'A pair of `source` and `idempotencyKey` counts once for ever. Correct the first event by a reversal or an adjustment, or give the new event a key of its own.',
});
export const USAGE_KEY_RESERVED = defineProblem({
  code: 'USAGE_KEY_RESERVED',
  status: 422,
  title: 'This source or key belongs to Verbund itself',
  help: 'The source `request` is written when a request closes, `request-booking` by `POST /service-requests/{id}/usage-events`, keys that begin with `reversal:` by reversals. Choose another source or key.',
});
export const USAGE_NO_AGREEMENT = defineProblem({
  code: 'USAGE_NO_AGREEMENT',
  status: 422,
  title: 'No agreement covers this usage',
  help: 'Usage needs an agreement in force between centre and organisation that covers the service on the day (in Germany) of `occurredAt`. Check organisation, service and day, or put the agreement in force first.',
});
export const USAGE_METER_REFUSED = defineProblem({
  code: 'USAGE_METER_REFUSED',
  status: 422,
  title: 'The service does not count this',
  help: 'On a request is booked what its service counts: the meter of its usage rule, those that the cost clause names, and the well-known ones (`minutes`, `hours`, …), each in its own unit. The detail names them.',
});
export const USAGE_IN_FUTURE = defineProblem({
  code: 'USAGE_IN_FUTURE',
  status: 422,
  title: 'Usage cannot lie in the future',
  help: 'Check `occurredAt`, its offset from UTC, and the clock of the sending system; it may run ahead by no more than five minutes.',
});
export const USAGE_PERSONAL_DATA = defineProblem({
  code: 'USAGE_PERSONAL_DATA',
  status: 422,
  title: 'Usage events hold no personal data',
  help: 'Leave out names, dates of birth, addresses, account and tax numbers. Texts in `attributes` are short codes without blanks, `reference` is a request number or a keyed hash.',
});
export const USAGE_ATTRIBUTES_TOO_LARGE = defineProblem({
  code: 'USAGE_ATTRIBUTES_TOO_LARGE',
  status: 422,
  title: 'The attributes are too large',
  help: 'Attributes describe an event in a few values: at most 20 keys an object, 4 levels, 64 characters a text, 4096 bytes in all.',
});
export const USAGE_ALREADY_REVERSED = defineProblem({
  code: 'USAGE_ALREADY_REVERSED',
  status: 409,
  title: 'The event has been reversed already',
  help: 'An event is reversed once. If it should count after all, record it as a new event with a key of its own.',
});
export const USAGE_NOT_CORRECTABLE = defineProblem({
  code: 'USAGE_NOT_CORRECTABLE',
  status: 422,
  title: 'This event cannot be corrected like this',
  help: 'Usage and adjustments can be reversed, usage can be adjusted. A reversal stands.',
});
export const USAGE_CHAIN_NEGATIVE = defineProblem({
  code: 'USAGE_CHAIN_NEGATIVE',
  status: 422,
  title: 'The corrections would take away more than was used',
  help: 'An event and its corrections may not sum up to less than zero. The detail says how much is left.',
});
export const USAGE_IMPORT_UNREADABLE = defineProblem({
  code: 'USAGE_IMPORT_UNREADABLE',
  status: 422,
  title: 'The file cannot be read as a table of usage',
  help: 'Each entry of `errors` names what is wrong with the file or its header. Name columns that are called otherwise by `…Column` parameters.',
});
export const USAGE_SUMMARY_TOO_LARGE = defineProblem({
  code: 'USAGE_SUMMARY_TOO_LARGE',
  status: 422,
  title: 'The summary has too many groups',
  help: 'Choose a shorter period, fewer `groupBy` parts, or filter by centre, organisation or service.',
});
