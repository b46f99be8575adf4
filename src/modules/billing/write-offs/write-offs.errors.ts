import { defineProblem } from '../../../platform/errors.ts';

export const WRITE_OFF_TOO_LARGE = defineProblem({
  code: 'WRITE_OFF_TOO_LARGE',
  status: 422,
  title: 'More would be written off than is open',
  help: 'Write off no more than `openCents` of the document; GET /open-items lists it. Where a credit is open nothing is written off: it is paid out or set off.',
});

export const WRITE_OFF_STATE_REFUSED = defineProblem({
  code: 'WRITE_OFF_STATE_REFUSED',
  status: 409,
  title: 'The write-off does not allow this step',
  help: '`availableActions` of the write-off says what it allows; what was rejected or revoked is asked for anew.',
});
