import { defineProblem } from '../errors.ts';

export const MAIL_OFF = defineProblem({
  code: 'MAIL_OFF',
  status: 409,
  title: 'No mail is sent from here',
  help: 'Have the operator set `SMTP_URL` and `MAIL_FROM`, or fetch the documents and send them yourself.',
});

/** A fault of ours or one that passes: the job tries again and becomes a dead letter in the end. */
export const MAIL_DEFERRED = defineProblem({
  code: 'MAIL_DEFERRED',
  status: 503,
  title: 'The mail server did not take the message for now',
  help: '`verbund doctor` says whether the mail server is reachable and lets us in. Once it is mended, hand the dead letter over again.',
});
