import { defineProblem } from '../../../platform/errors.ts';

export const VAT_DETERMINATION_MISSING = defineProblem({
  code: 'VAT_DETERMINATION_MISSING',
  status: 422,
  title: 'Nobody has determined the VAT of this service for this member and day',
  help: 'Record a determination of VAT for the service, the member and the day, and have it approved. Nothing is issued without one.',
});

export const VAT_REVIEW_OPEN = defineProblem({
  code: 'VAT_REVIEW_OPEN',
  status: 422,
  title: 'A question about the VAT of this service is open',
  help: 'Establish the fact that the determination names as missing, and record a determination that supersedes it; or have a second person reject it. Nothing is issued before.',
});

export const VAT_CHANGES_WITHIN_PERIOD = defineProblem({
  code: 'VAT_CHANGES_WITHIN_PERIOD',
  status: 422,
  title: 'The VAT of a service changes within the period',
  help: 'Bill the days before and after the change as periods of their own. Where the period is billed as one partial service, that is done on its last day (§ 13 (1) no. 1 a, § 27 (1) UStG): determine what holds on that day for all days of the period, with that as the ground.',
});

export const VAT_VALIDITY_REFUSED = defineProblem({
  code: 'VAT_VALIDITY_REFUSED',
  status: 422,
  title: 'The determination does not hold on all days it names',
  help: 'End it where the law or the calendar year changes, and make another one from that day on.',
});

export const VAT_SERVICE_UNKNOWN = defineProblem({
  code: 'VAT_SERVICE_UNKNOWN',
  status: 422,
  title: 'There is no such service of the centre',
  help: "Name a service of the centre's own catalogue.",
});

export const VAT_MEMBER_UNKNOWN = defineProblem({
  code: 'VAT_MEMBER_UNKNOWN',
  status: 422,
  title: 'The determination names somebody who is no member of the centre',
  help: 'Name organisations that are members of the centre, each once.',
});

export const VAT_EVIDENCE_MISSING = defineProblem({
  code: 'VAT_EVIDENCE_MISSING',
  status: 422,
  title: 'The determination rests on no paper',
  help: 'Name at least one document with its kind, title, day and file number. Only an open question does without.',
});

export const VAT_FORECAST_DIFFERS = defineProblem({
  code: 'VAT_FORECAST_DIFFERS',
  status: 422,
  title: 'Another turnover is forecast for the group of this service',
  help: 'Leave the forecast out, then the one recorded for the group and the calendar year is taken; or record a new one for the group first.',
});

export const VAT_SUPERSEDES_REFUSED = defineProblem({
  code: 'VAT_SUPERSEDES_REFUSED',
  status: 422,
  title: 'The determination cannot take the place of another that it names',
  help: 'Name determinations of the same service that are in force, superseded in part, or open questions. An open question is answered for all its members and days.',
});

export const VAT_DETERMINATION_OVERLAPS = defineProblem({
  code: 'VAT_DETERMINATION_OVERLAPS',
  status: 409,
  title: 'Another determination holds on some of these days',
  help: 'Make the determination anew and name in `supersedes` those whose place it takes, or shorten its days.',
});

export const VAT_DETERMINATION_STATE_REFUSED = defineProblem({
  code: 'VAT_DETERMINATION_STATE_REFUSED',
  status: 409,
  title: 'The determination does not allow this step now',
  help: 'Read it again; `availableActions` lists what is possible. An open question is answered by a new determination.',
});

export const VAT_APPROVAL_MISMATCH = defineProblem({
  code: 'VAT_APPROVAL_MISMATCH',
  status: 409,
  title: 'The approval is for another content',
  help: 'Read the determination again and approve the `contentHash` that you see.',
});

export const VAT_GROUP_NAME_TAKEN = defineProblem({
  code: 'VAT_GROUP_NAME_TAKEN',
  status: 409,
  title: 'Another group of like activities has this name',
  help: 'Choose another name, or change the group there is.',
});

export const VAT_SERVICE_GROUPED = defineProblem({
  code: 'VAT_SERVICE_GROUPED',
  status: 409,
  title: 'A service belongs to another group of like activities',
  help: 'Take it out of that group first: a service counts in one group only.',
});
