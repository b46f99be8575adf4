import { defineProblem } from '../../../platform/errors.ts';

export const SETTLEMENT_NOT_READY = defineProblem({
  code: 'SETTLEMENT_NOT_READY',
  status: 409,
  title: 'The final documents of the period are not complete',
  help: 'Issue the final documents of all members with their instalments set off, over what the posted run and the prices charge; `errors` and `gaps` of GET /settlements/figures?periodId= name what is missing. Once the period is settled, none of it could be charged.',
});

export const SETTLEMENT_CORRECTION_OPEN = defineProblem({
  code: 'SETTLEMENT_CORRECTION_OPEN',
  status: 409,
  title: 'A correction that is billed in the period is not done with',
  help: 'Post the run of the correction, prepare its statements and issue or discard each draft; `errors` and `corrections` of GET /settlements/figures?periodId= name what is open. Once this period is settled, none of it could be charged.',
});

export const SETTLEMENT_DRAFT_OPEN = defineProblem({
  code: 'SETTLEMENT_DRAFT_OPEN',
  status: 409,
  title: 'Documents of the period wait to be issued',
  help: 'Issue or discard each draft; `errors` and `drafts` of GET /settlements/figures?periodId= name them. Once the period is settled, none of them could be issued.',
});

export const SETTLEMENT_EXISTS = defineProblem({
  code: 'SETTLEMENT_EXISTS',
  status: 409,
  title: 'The period is settled',
  help: 'GET /settlements?periodId= gives the figures as they were. What changes later is claimed by corrected documents.',
});

export const SETTLEMENT_MISMATCH = defineProblem({
  code: 'SETTLEMENT_MISMATCH',
  status: 409,
  title: 'The figures are not those that you saw',
  help: 'Something was paid or issued meanwhile. Read GET /settlements/figures again and send its `contentHash`.',
});

export const SETTLEMENT_NO_CLAIM = defineProblem({
  code: 'SETTLEMENT_NO_CLAIM',
  status: 422,
  title: 'There is no claim that the credit could be set off against',
  help: 'Issue the first instalment of the next period, or have the credit paid out or kept for now.',
});

export const SETTLEMENT_MEMBER_UNKNOWN = defineProblem({
  code: 'SETTLEMENT_MEMBER_UNKNOWN',
  status: 422,
  title: 'Nothing is settled with this member',
  help: 'Name members that GET /settlements/figures lists, each once.',
});
