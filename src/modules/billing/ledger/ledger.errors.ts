import { defineProblem } from '../../../platform/errors.ts';

export const LEDGER_PLAN_DAY_TAKEN = defineProblem({
  code: 'LEDGER_PLAN_DAY_TAKEN',
  status: 409,
  title: 'Another account plan begins on this day',
  help: 'Change that plan, or choose another `validFrom`.',
});

export const LEDGER_PLAN_USED = defineProblem({
  code: 'LEDGER_PLAN_USED',
  status: 409,
  title: 'Documents were exported by this account plan',
  help: 'What is in the books keeps the plan it was booked by. Record a new plan with a later `validFrom`.',
});

export const LEDGER_PLAN_REFUSED = defineProblem({
  code: 'LEDGER_PLAN_REFUSED',
  status: 422,
  title: 'The account plan does not hold together',
  help: '`errors` names each place: a service or member that is none of the centre, two rules for the same case, or a rate without category S.',
});

export const LEDGER_PROFILE_NAME_TAKEN = defineProblem({
  code: 'LEDGER_PROFILE_NAME_TAKEN',
  status: 409,
  title: 'There is an export profile of this name',
  help: 'Choose another name, or change that profile.',
});

export const LEDGER_PROFILE_REFUSED = defineProblem({
  code: 'LEDGER_PROFILE_REFUSED',
  status: 422,
  title: 'The export profile does not hold together',
  help: '`errors` names each place: headers that are there twice, or an account number, amount or day that would be cut.',
});

export const LEDGER_PROFILE_UNKNOWN = defineProblem({
  code: 'LEDGER_PROFILE_UNKNOWN',
  status: 422,
  title: 'The export profile is none of the centre',
  help: 'GET /ledger-export-profiles lists those that are.',
});

export const LEDGER_PERIOD_UNKNOWN = defineProblem({
  code: 'LEDGER_PERIOD_UNKNOWN',
  status: 422,
  title: 'The billing period is none of the centre',
  help: 'GET /billing-periods lists those that are.',
});

export const LEDGER_SELECTION_MISSING = defineProblem({
  code: 'LEDGER_SELECTION_MISSING',
  status: 422,
  title: 'Say which documents are to be exported',
  help: 'Send `periodId`, or both `startsOn` and `endsOn` (the day after the last day of issue), or all of them.',
});

export const LEDGER_EXPORT_EMPTY = defineProblem({
  code: 'LEDGER_EXPORT_EMPTY',
  status: 409,
  title: 'Nothing of this selection is left to be exported',
  help: 'Each issued document goes to the books once. GET /ledger-exports shows where it went; a file that was lost is made again with re-exports.',
});

export const LEDGER_ACCOUNTS_MISSING = defineProblem({
  code: 'LEDGER_ACCOUNTS_MISSING',
  status: 422,
  title: 'Documents cannot be booked yet',
  help: '`errors` names everything that is missing: accounts by service, kind of document and VAT, personal accounts by member, and documents that have to be exported before. Complete the account plan, or export the earlier days first.',
});

export const LEDGER_FILE_REFUSED = defineProblem({
  code: 'LEDGER_FILE_REFUSED',
  status: 422,
  title: 'The file cannot be written as the profile asks',
  help: '`errors` names document, column and reason. Change the profile (length, encoding, quote) or the account plan, or export fiscal years one by one.',
});
