import { defineProblem } from '../../platform/errors.ts';

export const GRANT_PERCENT_OUT_OF_RANGE = defineProblem({
  code: 'GRANT_PERCENT_OUT_OF_RANGE',
  status: 422,
  title: 'The funded share is not from 0 to 100 percent',
  help: 'Correct the percentage of the rule, e.g. "90".',
});

export const GRANT_PROGRAMME_NAME_TAKEN = defineProblem({
  code: 'GRANT_PROGRAMME_NAME_TAKEN',
  status: 409,
  title: 'Another programme of the centre has this name',
  help: 'Add a rule version to the programme there is, or choose another name.',
});

export const GRANT_PROGRAMME_UNKNOWN = defineProblem({
  code: 'GRANT_PROGRAMME_UNKNOWN',
  status: 422,
  title: 'The centre has no such programme',
  help: 'Record the programme with its rule first, under `/grant-programmes`.',
});

export const GRANT_RULE_MISSING = defineProblem({
  code: 'GRANT_RULE_MISSING',
  status: 422,
  title: 'No rule of the programme holds on the day of the application',
  help: 'Record the rule version that held on that day, with its source, or correct the day.',
});

export const GRANT_PARTIES_REFUSED = defineProblem({
  code: 'GRANT_PARTIES_REFUSED',
  status: 422,
  title: 'The parties of the grant are not in order',
  help: 'Name members of the centre, each once, and one of them as lead.',
});

export const GRANT_TAG_UNKNOWN = defineProblem({
  code: 'GRANT_TAG_UNKNOWN',
  status: 422,
  title: 'The rule of the programme knows no such tag',
  help: 'Use eligible cost tags of the rule version, or record a rule version that has the tag.',
});

export const GRANT_SAVINGS_TOO_SMALL = defineProblem({
  code: 'GRANT_SAVINGS_TOO_SMALL',
  status: 422,
  title: 'The co-operation saves less than the programme asks for',
  help: 'Correct the cost before and after, or say in `savingsJustification` why the grant is asked for all the same.',
});

export const GRANT_DECISION_MISSING = defineProblem({
  code: 'GRANT_DECISION_MISSING',
  status: 409,
  title: 'The decision of a council is missing',
  help: 'Record day and reference of the decision of each party before the application is submitted.',
});

export const GRANT_STATE_REFUSED = defineProblem({
  code: 'GRANT_STATE_REFUSED',
  status: 409,
  title: 'The grant does not allow this step now',
  help: 'Read it again; `availableActions` lists what is possible.',
});

export const GRANT_NOTICE_REFUSED = defineProblem({
  code: 'GRANT_NOTICE_REFUSED',
  status: 422,
  title: 'The notice does not fit the application',
  help: 'Each entry of `errors` names the field. Withdraw the grant and record it anew where the application itself is wrong.',
});

export const GRANT_TAG_TAKEN = defineProblem({
  code: 'GRANT_TAG_TAKEN',
  status: 409,
  title: 'Another grant claims the cost of a tag on these days',
  help: 'Give each grant tags of its own: a cost that two grants pay for bears a tag of each.',
});

export const GRANT_APPROVAL_MISMATCH = defineProblem({
  code: 'GRANT_APPROVAL_MISMATCH',
  status: 409,
  title: 'The confirmation is for another content',
  help: 'Read the grant again and confirm the `contentHash` that you see.',
});

export const GRANT_MONEY_OPEN = defineProblem({
  code: 'GRANT_MONEY_OPEN',
  status: 409,
  title: 'Money of the grant is still on its way',
  help: 'Record what was received and paid back, cancel what will not come, and demand what is to be paid back; then close.',
});

export const GRANT_DAY_REFUSED = defineProblem({
  code: 'GRANT_DAY_REFUSED',
  status: 422,
  title: 'The day cannot be right',
  help: 'Days of what has happened are not in the future; cost is claimed for days of the approved period.',
});

export const GRANT_DRAWDOWN_TOO_HIGH = defineProblem({
  code: 'GRANT_DRAWDOWN_TOO_HIGH',
  status: 422,
  title: 'More is drawn than the cost so far gives',
  help: 'Draw at most what `available` of `/grants/{id}/eligible-cost` says for the day, or book the eligible cost first.',
});

export const GRANT_MONEY_STATE_REFUSED = defineProblem({
  code: 'GRANT_MONEY_STATE_REFUSED',
  status: 409,
  title: 'The drawdown or clawback does not allow this step now',
  help: 'Read it again; what was received, paid back or cancelled stays so. A wrong booking is set off by a clawback.',
});

export const GRANT_NOTHING_TO_CLAW_BACK = defineProblem({
  code: 'GRANT_NOTHING_TO_CLAW_BACK',
  status: 409,
  title: 'There is nothing to pay back',
  help: 'What was received is covered by eligible cost and not demanded back already.',
});

export const GRANT_CLAWBACK_REFUSED = defineProblem({
  code: 'GRANT_CLAWBACK_REFUSED',
  status: 422,
  title: 'The clawback does not say what its reason needs',
  help: 'For `other` give the amount, at most what was received and not yet demanded back; for `purpose_ended` the day, within the purpose period. The other amounts follow from the rule.',
});

export const GRANT_PROOF_TOO_LONG = defineProblem({
  code: 'GRANT_PROOF_TOO_LONG',
  status: 422,
  title: 'The proof has more lines than this format takes',
  help: 'Take `format=xlsx`, which takes more lines than `pdf`; or approve shorter periods.',
});
