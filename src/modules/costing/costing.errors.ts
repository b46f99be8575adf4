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
  help: 'Correct the amount, the cost or the deductions; deductions are positive amounts.',
});

export const RUN_RESULT_MISSING = defineProblem({
  code: 'RUN_RESULT_MISSING',
  status: 422,
  title: 'The file holds no result to verify',
  help: 'Verify a file exported from a computed run; it has lines, totals, inputHash and resultHash.',
});

export const CALCULATION_KIND_UNKNOWN = defineProblem({
  code: 'CALCULATION_KIND_UNKNOWN',
  status: 400,
  title: 'No such kind of calculation',
  help: 'Set "kind" to one of the kinds listed in the detail.',
});

export const CALCULATION_NOT_VERIFIABLE = defineProblem({
  code: 'CALCULATION_NOT_VERIFIABLE',
  status: 400,
  title: 'This kind of calculation cannot be verified',
  help: 'Only files of kind "allocation-run" carry a result; compute the others and compare.',
});

export const COMPUTE_USAGE = defineProblem({
  code: 'COMPUTE_USAGE',
  status: 400,
  title: 'The command was not understood',
  help: 'verbund compute [--verify] FILE, or - instead of FILE for standard input.',
});

export const FILE_UNREADABLE = defineProblem({
  code: 'FILE_UNREADABLE',
  status: 400,
  title: 'The file cannot be read',
  help: 'Check path and permissions.',
});
