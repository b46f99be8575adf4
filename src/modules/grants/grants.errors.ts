import { defineProblem } from '../../platform/errors.ts';

export const GRANT_PERCENT_OUT_OF_RANGE = defineProblem({
  code: 'GRANT_PERCENT_OUT_OF_RANGE',
  status: 422,
  title: 'The funded share is not from 0 to 100 percent',
  help: 'Correct the percentage of the rule, e.g. "90".',
});
