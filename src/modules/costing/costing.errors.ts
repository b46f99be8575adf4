import { defineProblem } from '../../platform/errors.ts';

export const TRANCHE_PERCENT_SUM = defineProblem({
  code: 'TRANCHE_PERCENT_SUM',
  status: 422,
  title: 'The percentages of the tranches do not add up to exactly 100',
  remedy: 'Correct the percentages of the cost clause; they are exact decimals, e.g. "33.34".',
});

export const TRANCHE_DUPLICATE = defineProblem({
  code: 'TRANCHE_DUPLICATE',
  status: 422,
  title: 'Two tranches bear the same id',
  remedy: 'Give every tranche of a pool its own id: ties between equal fractions are decided by it.',
});

export const MEMBER_DUPLICATE = defineProblem({
  code: 'MEMBER_DUPLICATE',
  status: 422,
  title: 'A member is named twice',
  remedy: 'Name every member of a pool once.',
});

export const KEY_VALUE_MISSING = defineProblem({
  code: 'KEY_VALUE_MISSING',
  status: 422,
  title: 'A member has no value in the allocation key',
  remedy: 'Add the missing value to the key; a member without a share of this tranche has the value "0".',
});

export const KEY_VALUE_UNKNOWN_MEMBER = defineProblem({
  code: 'KEY_VALUE_UNKNOWN_MEMBER',
  status: 422,
  title: 'The allocation key has a value for somebody who is no member',
  remedy: 'Remove the value from the key, or add the member to the pool.',
});
