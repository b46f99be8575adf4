import { defineProblem } from '../../../platform/errors.ts';

export const STATEMENT_RECIPIENT_FETCHES = defineProblem({
  code: 'STATEMENT_RECIPIENT_FETCHES',
  status: 409,
  title: 'The member has no address that documents are mailed to',
  help: 'Record `email` with PUT /billing-recipients/{organisationId}, or leave it to the member to fetch its documents.',
});

/** A fault of the validator, not a verdict: the job asks again and becomes a dead letter in the end. */
export const VALIDATOR_FAILED = defineProblem({
  code: 'VALIDATOR_FAILED',
  status: 502,
  title: 'The validator gave no verdict',
  help: '`verbund doctor` says whether it is reachable; 422 points to its scenario configuration. Once it is mended, hand the dead letter over again, or send the statement by hand.',
});
