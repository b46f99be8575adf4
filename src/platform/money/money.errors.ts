import { defineProblem } from '../errors.ts';

export const AMOUNT_OUT_OF_RANGE = defineProblem({
  code: 'AMOUNT_OUT_OF_RANGE',
  status: 422,
  title: 'Amount is not a whole number of cents, or too large',
  help: 'Send integer cents below 10^14 (a million million euro), without a fraction; look whether euro and cents were mixed up. What is worked out stays below it as well, and the detail names the figure that does not; only sums in reports may be larger, as long as they are held exactly.',
});

export const DECIMAL_INVALID = defineProblem({
  code: 'DECIMAL_INVALID',
  status: 422,
  title: 'Not a plain decimal number',
  help: 'Send a string of up to 18 digits with an optional point and up to 12 decimals, e.g. "12.5"; no exponent, spaces, thousands separators or leading zeros.',
});

export const ALLOCATION_KEY_EMPTY = defineProblem({
  code: 'ALLOCATION_KEY_EMPTY',
  status: 422,
  title: 'The weights of the allocation key add up to zero',
  help: 'Give at least one member a weight above zero, or name another key in the cost clause.',
});

export const NEGATIVE_WEIGHT = defineProblem({
  code: 'NEGATIVE_WEIGHT',
  status: 422,
  title: 'A weight is negative',
  help: 'Correct the key values; a credit is a negative amount, never a negative weight.',
});
