import { defineProblem } from '../../../platform/errors.ts';

export const INSTALMENT_DUE_DAYS_REFUSED = defineProblem({
  code: 'INSTALMENT_DUE_DAYS_REFUSED',
  status: 422,
  title: 'Instalments cannot be due on these days',
  help: 'Name days of the period from today on, each once; `errors` says which one is wrong.',
});

export const INSTALMENT_SHARE_REFUSED = defineProblem({
  code: 'INSTALMENT_SHARE_REFUSED',
  status: 422,
  title: 'An amount of the plan is for nobody or nothing',
  help: 'Name members of the centre and services that an agreement covers for them within the period, each pair once.',
});

export const INSTALMENT_PLAN_EMPTY = defineProblem({
  code: 'INSTALMENT_PLAN_EMPTY',
  status: 422,
  title: 'There is nothing to ask for',
  help: 'All amounts are zero: the budget comes to nothing, or all of it was invoiced already.',
});

export const INSTALMENT_PLAN_STATE_REFUSED = defineProblem({
  code: 'INSTALMENT_PLAN_STATE_REFUSED',
  status: 409,
  title: 'The plan does not allow this step now',
  help: 'Read it again; `availableActions` lists what is possible. A plan in force is ended or replaced, never changed.',
});

export const INSTALMENT_PLAN_MISMATCH = defineProblem({
  code: 'INSTALMENT_PLAN_MISMATCH',
  status: 409,
  title: 'What you want to approve is not what is there',
  help: 'Read the plan again, look at its shares, and send the `contentHash` you see.',
});

export const INSTALMENT_PLAN_IN_FORCE = defineProblem({
  code: 'INSTALMENT_PLAN_IN_FORCE',
  status: 409,
  title: 'Another plan of the period is in force',
  help: 'End it, or make a plan that names it in `replacesId`.',
});

export const INSTALMENT_PLAN_STALE = defineProblem({
  code: 'INSTALMENT_PLAN_STALE',
  status: 409,
  title: 'Instalments of the period were issued since the plan was made',
  help: 'Reject it and make it anew, so that it takes into account what was invoiced.',
});

export const INSTALMENT_BUDGET_CHANGED = defineProblem({
  code: 'INSTALMENT_BUDGET_CHANGED',
  status: 409,
  title: 'The budget comes to other shares than when the plan was made',
  help: 'Reject the plan and make it anew, so that it follows budget, keys, clauses and names there are now, and the usage that counts: late usage that was admitted and periods that were reopened change it too.',
});

export const INSTALMENT_PERIOD_BILLED = defineProblem({
  code: 'INSTALMENT_PERIOD_BILLED',
  status: 409,
  title: 'The period is billed finally',
  help: 'After the final documents nothing is paid in advance; choose a later period.',
});

export const INSTALMENT_PLAN_UNKNOWN = defineProblem({
  code: 'INSTALMENT_PLAN_UNKNOWN',
  status: 422,
  title: 'There is no such plan in force for the period',
  help: 'Name in `replacesId` the plan of the same period that is in force, or leave it out.',
});

export const INSTALMENT_GROUP_CHANGED = defineProblem({
  code: 'INSTALMENT_GROUP_CHANGED',
  status: 422,
  title: 'The VAT of the services no longer allows one document',
  help: 'The VAT of some of the services was determined anew since the plan was made. Make a new plan that replaces it.',
});
