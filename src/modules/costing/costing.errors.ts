import { defineProblem } from '../../platform/errors.ts';

export const TRANCHE_PERCENT_SUM = defineProblem({
  code: 'TRANCHE_PERCENT_SUM',
  status: 422,
  title: 'The percentages of the tranches do not add up to exactly 100',
  help: 'Correct the percentages of the cost clause; they are exact decimals, e.g. "33.34".',
});

export const TRANCHE_DUPLICATE = defineProblem({
  code: 'TRANCHE_DUPLICATE',
  status: 422,
  title: 'Two tranches bear the same id',
  help: 'Give every tranche of a pool its own id: ties between equal fractions are decided by it.',
});

export const MEMBER_DUPLICATE = defineProblem({
  code: 'MEMBER_DUPLICATE',
  status: 422,
  title: 'A member is named twice',
  help: 'Name every member of a pool once.',
});

export const KEY_VALUE_MISSING = defineProblem({
  code: 'KEY_VALUE_MISSING',
  status: 422,
  title: 'A member has no value in the allocation key',
  help: 'Add the missing value to the key; a member without a share of this tranche has the value "0".',
});

export const KEY_VALUE_UNKNOWN_MEMBER = defineProblem({
  code: 'KEY_VALUE_UNKNOWN_MEMBER',
  status: 422,
  title: 'The allocation key has a value for somebody who is no member',
  help: 'Remove the value from the key, or add the member to the pool.',
});

export const KEY_VALUES_REQUIRED = defineProblem({
  code: 'KEY_VALUES_REQUIRED',
  status: 422,
  title: 'The allocation key has no values',
  help: 'Add the values of all members; only a key of type "equal" does without.',
});

export const KEY_VALUES_NOT_ALLOWED = defineProblem({
  code: 'KEY_VALUES_NOT_ALLOWED',
  status: 422,
  title: 'An equal key has values',
  help: 'Remove the values, or name what they count as the type of the key.',
});

export const POOL_DUPLICATE = defineProblem({
  code: 'POOL_DUPLICATE',
  status: 422,
  title: 'Two pools bear the same id',
  help: 'Give every pool of a run its own id.',
});

export const POOL_NETTING_SUM = defineProblem({
  code: 'POOL_NETTING_SUM',
  status: 422,
  title: 'The net amount of a pool is not its cost less grants and other income',
  help: 'Correct the amount, the cost or the deductions; a deduction lessens the cost, and one below zero (a grant that was repaid) raises it.',
});

export const RUN_RESULT_MISSING = defineProblem({
  code: 'RUN_RESULT_MISSING',
  status: 422,
  title: 'The file holds no result to verify',
  help: 'Verify a file exported from a computed run; it has lines, totals, inputHash and resultHash.',
});

export const PERIOD_OVERLAPS = defineProblem({
  code: 'PERIOD_OVERLAPS',
  status: 409,
  title: 'The centre has a billing period over some of these days',
  help: 'The billing periods of a centre never overlap, for each cost line is shared out once. Use the period there is.',
});

export const PERIOD_STATE_REFUSED = defineProblem({
  code: 'PERIOD_STATE_REFUSED',
  status: 409,
  title: 'The billing period does not allow this now',
  help: 'A period goes open, grace, frozen, settled. `availableActions` of the period names what is possible. A settled period takes a run only as correction with late usage that was admitted.',
});

export const PERIOD_NOT_OVER = defineProblem({
  code: 'PERIOD_NOT_OVER',
  status: 409,
  title: 'The billing period is not over',
  help: 'Freeze the period from the day after its last one (`endsOn`) on: what is used on the days to come belongs to it.',
});

export const LATE_USAGE_NONE = defineProblem({
  code: 'LATE_USAGE_NONE',
  status: 409,
  title: 'The billing period has no late usage',
  help: 'Nothing was recorded on its days since it was frozen or late usage was last admitted: `lateEvents` of the period counts that.',
});

export const CORRECTION_PERIOD_REFUSED = defineProblem({
  code: 'CORRECTION_PERIOD_REFUSED',
  status: 422,
  title: 'The correction cannot be billed in this period',
  help: 'Name in `billingPeriodId` a later period of the centre that is not settled. The correction of a settled period is billed where its late usage was admitted to.',
});

export const PERIOD_FROZEN = defineProblem({
  code: 'PERIOD_FROZEN',
  status: 409,
  title: 'The billing period takes no more cost',
  help: 'Book the cost in an open period, or reopen the period while none of its runs is posted.',
});

export const PERIOD_HAS_POSTED_RUN = defineProblem({
  code: 'PERIOD_HAS_POSTED_RUN',
  status: 409,
  title: 'A run of the period is posted',
  help: 'Supersede the posted run first, saying why; then the period can be reopened, take late usage or be computed anew.',
});

export const PERIOD_UNKNOWN = defineProblem({
  code: 'PERIOD_UNKNOWN',
  status: 422,
  title: 'There is no such billing period',
  help: 'Use the id of a period from /billing-periods.',
});

export const COST_SERVICE_UNKNOWN = defineProblem({
  code: 'COST_SERVICE_UNKNOWN',
  status: 422,
  title: 'The centre has no such service',
  help: 'Use a service from the catalogue of the centre.',
});

export const COST_LINE_IMPORT_BROKEN = defineProblem({
  code: 'COST_LINE_IMPORT_BROKEN',
  status: 422,
  title: 'Rows of the file cannot be read; nothing was imported',
  help: 'Each entry of `errors` names row and column. With `dryRun=true` the answer lists them without importing anything.',
});

export const COST_LINE_IMPORT_REPEATED = defineProblem({
  code: 'COST_LINE_IMPORT_REPEATED',
  status: 409,
  title: 'This very file was imported before',
  help: 'If its rows are really meant to count twice, send it again with `repeat=true`.',
});

export const KEY_MEMBER_UNKNOWN = defineProblem({
  code: 'KEY_MEMBER_UNKNOWN',
  status: 422,
  title: 'The value list names somebody who is no member of the centre, or a member twice',
  help: 'Name each member once, by AGS or by the id of the organisation.',
});

export const KEY_LIST_MISSING = defineProblem({
  code: 'KEY_LIST_MISSING',
  status: 422,
  title: 'The cost clause names a value list that the centre does not have',
  help: 'Record the list at /allocation-keys under the name the clause gives, as of a day before the end of the period.',
});

export const KEY_UNITS_DIFFER = defineProblem({
  code: 'KEY_UNITS_DIFFER',
  status: 422,
  title: 'The usage of a meter was recorded in different units',
  help: 'Quantities of different units are never added up. Reverse the usage events in the wrong unit and record them anew: what was taken back whole counts for nothing.',
});

export const KEY_USAGE_OUTSIDE = defineProblem({
  code: 'KEY_USAGE_OUTSIDE',
  status: 422,
  title: 'Usage of somebody whom no clause of the period binds',
  help: 'Usage is never left out of a key. Reverse the usage events, or mend the agreement of the organisation that used the service.',
});

export const COST_CLAUSE_MISSING = defineProblem({
  code: 'COST_CLAUSE_MISSING',
  status: 422,
  title: 'No agreement in force says how to share this cost',
  help: 'Bring an agreement with a cost clause into force for the service, or book the cost on a service that has one. Cost of a service that all pay by price stays out of the run; where only some do, give the others a service of their own.',
});

export const COST_CLAUSE_AMBIGUOUS = defineProblem({
  code: 'COST_CLAUSE_AMBIGUOUS',
  status: 422,
  title: 'Agreements in force say differently how to share this cost',
  help: 'Where one agreement changed within the period, choose the wording by `clauseVersionId` or bill shorter periods. Agreements with different clauses need services of their own.',
});

export const RUN_WITHOUT_COST = defineProblem({
  code: 'RUN_WITHOUT_COST',
  status: 422,
  title: 'There is no cost in the period to be shared out',
  help: 'Record or import cost lines for the days of the period first. Cost of services that all pay by price, and what was rebooked and comes to nothing, needs no run: prepare the statements.',
});

export const RUN_STATE_REFUSED = defineProblem({
  code: 'RUN_STATE_REFUSED',
  status: 409,
  title: 'The allocation run does not allow this now',
  help: 'A run goes draft, in_review, approved, posted, superseded. `availableActions` of the run names what is possible.',
});

export const FOUR_EYES_REQUIRED = defineProblem({
  code: 'FOUR_EYES_REQUIRED',
  status: 403,
  title: 'A second person has to approve',
  help: 'Who created or submitted something cannot approve it. Ask a colleague.',
});

export const RUN_APPROVAL_MISMATCH = defineProblem({
  code: 'RUN_APPROVAL_MISMATCH',
  status: 409,
  title: 'The approval is meant for another result',
  help: 'An approval signs a result. Read the run, check it, and send its `resultHash`.',
});

export const RUN_INPUTS_CHANGED = defineProblem({
  code: 'RUN_INPUTS_CHANGED',
  status: 409,
  title: 'The run was computed and approved from other inputs than there are now',
  help: 'The approval is void. Reject the run and create a new one.',
});

export const RUN_CORRECTS_NOTHING = defineProblem({
  code: 'RUN_CORRECTS_NOTHING',
  status: 409,
  title: 'The allocation run corrects no other',
  help: 'Only the run after a superseded one has deltas and may be billed in another period.',
});

export const KEY_LIST_TYPE = defineProblem({
  code: 'KEY_LIST_TYPE',
  status: 422,
  title: 'The value list counts something else than the cost clause says',
  help: 'Record a list of the type the clause names, or change the clause.',
});

export const KEY_FORMULA_MISMATCH = defineProblem({
  code: 'KEY_FORMULA_MISMATCH',
  status: 422,
  title: 'The values of the key do not follow from its formula',
  help: 'The snapshot was changed: each value is the sum of figure times factor.',
});

export const RUN_SIMULATION_ONLY = defineProblem({
  code: 'RUN_SIMULATION_ONLY',
  status: 422,
  title: 'This can only be simulated',
  help: 'Runs share out what happened, by the keys of the clause in force. Send `simulate: true` to see what would be.',
});

export const KEY_IMPORT_BROKEN = defineProblem({
  code: 'KEY_IMPORT_BROKEN',
  status: 422,
  title: 'Rows of the file cannot be read; no list was recorded',
  help: 'Each entry of `errors` names row and column. With `dryRun=true` the answer lists them without recording anything.',
});

export const ASSUMPTION_REFUSED = defineProblem({
  code: 'ASSUMPTION_REFUSED',
  status: 422,
  title: 'The scenario cannot be computed as it is assumed',
  help: 'Each entry of `errors` says by pointer what is missing, contradicts something else or would change nothing. Nothing is guessed: say every figure, "0" where there is none.',
});

export const ASSUMPTION_MISMATCH = defineProblem({
  code: 'ASSUMPTION_MISMATCH',
  status: 422,
  title: 'The pools do not follow from the assumptions in the file',
  help: 'The snapshot of the simulation was changed. Simulate again, or get the file anew.',
});
