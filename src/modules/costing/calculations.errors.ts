import { defineProblem } from '../../platform/errors.ts';

export const COST_CENTRE_DUPLICATE = defineProblem({
  code: 'COST_CENTRE_DUPLICATE',
  status: 422,
  title: 'Two cost centres bear the same id',
  help: 'Give every cost centre its own id: ties between equal fractions are decided by it.',
});

export const COST_CENTRE_UNKNOWN = defineProblem({
  code: 'COST_CENTRE_UNKNOWN',
  status: 422,
  title: 'The use names a cost centre that is not there',
  help: 'Only support centres pass cost on, and only to cost centres of the list. Correct the id, or add the cost centre.',
});

export const COST_CENTRE_USE_MISSING = defineProblem({
  code: 'COST_CENTRE_USE_MISSING',
  status: 422,
  title: 'Nothing is said about who used a support centre',
  help: 'Add the weights of those who used it; a support centre whose cost stays where it is, is a final one.',
});

export const STEP_DOWN_ORDER_INVALID = defineProblem({
  code: 'STEP_DOWN_ORDER_INVALID',
  status: 422,
  title: 'The order does not name each support centre once',
  help: 'Name in `order` every support centre once, first the one that is passed on first. The method step_down needs it.',
});

export const RECIPROCAL_SINGULAR = defineProblem({
  code: 'RECIPROCAL_SINGULAR',
  status: 422,
  title: 'Support centres pass their cost only among themselves',
  help: 'Let at least one of the centres named be used by a final cost centre; otherwise their cost never arrives.',
});

export const RATE_NEGATIVE = defineProblem({
  code: 'RATE_NEGATIVE',
  status: 422,
  title: 'A quantity, price or percentage is negative',
  help: 'Rate what is left after corrections. A credit is a rating of its own with the opposite sign.',
});

export const RATE_TIERS_INVALID = defineProblem({
  code: 'RATE_TIERS_INVALID',
  status: 422,
  title: 'The tiers do not cover every quantity once',
  help: 'List tiers with rising `upTo` above zero; the last one, and only that, has `upTo` null.',
});

export const RATE_PACKAGE_EMPTY = defineProblem({
  code: 'RATE_PACKAGE_EMPTY',
  status: 422,
  title: 'A package holds nothing',
  help: 'Give the package a size above zero.',
});

export const RATE_COMMITMENT_INVALID = defineProblem({
  code: 'RATE_COMMITMENT_INVALID',
  status: 422,
  title: 'The minimum is above the maximum',
  help: 'Correct the minimum or the maximum of the rate.',
});
