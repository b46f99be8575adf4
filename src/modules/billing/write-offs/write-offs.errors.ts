import { defineProblem } from '../../../platform/errors.ts';

export const WRITE_OFF_TOO_LARGE = defineProblem({
  code: 'WRITE_OFF_TOO_LARGE',
  status: 422,
  title: 'More would be written off than is open',
  help: 'Write off no more than `openCents` of the document; GET /open-items lists it. Where a credit is open nothing is written off: it is paid out or set off.',
});

export const WRITE_OFF_TOO_EARLY = defineProblem({
  code: 'WRITE_OFF_TOO_EARLY',
  status: 409,
  title: 'What the member owes is not known yet',
  help: 'An instalment is written off once its period is settled: the final document may come to less, and the member would get the difference back. A dunning block keeps reminders away until then.',
});

export const WRITE_OFF_CREDIT_OPEN = defineProblem({
  code: 'WRITE_OFF_CREDIT_OPEN',
  status: 409,
  title: 'The member has a credit',
  help: 'Set the credit off first (POST /payment-offsets), or match the payment; GET /open-items and GET /payments with `status=credit` or `unclear` list them, also money that was paid back already and is matched to nothing yet. What is left of the claim can be written off.',
});

export const WRITE_OFF_STATE_REFUSED = defineProblem({
  code: 'WRITE_OFF_STATE_REFUSED',
  status: 409,
  title: 'The write-off does not allow this step',
  help: '`availableActions` of the write-off says what it allows. What was rejected or revoked, or is of a claim that was corrected since, is asked for anew.',
});
