import { defineProblem } from '../../../platform/errors.ts';

export const RATE_CARD_NAME_TAKEN = defineProblem({
  code: 'RATE_CARD_NAME_TAKEN',
  status: 409,
  title: 'The centre has a rate card of this name',
  help: 'Agreements call rate cards by name. Add a version to the card there is, or choose another name.',
});
export const RATE_CARD_PRICES_INVALID = defineProblem({
  code: 'RATE_CARD_PRICES_INVALID',
  status: 422,
  title: 'The prices cannot be used as they are',
  help: 'Each entry of `errors` names the place. A price has exactly the fields of its model; service and meter are priced once.',
});
export const RATE_CARD_DRAFT_EXISTS = defineProblem({
  code: 'RATE_CARD_DRAFT_EXISTS',
  status: 409,
  title: 'The rate card has a draft already',
  help: 'A rate card has one draft at a time. Change that one, or have it approved first.',
});
export const RATE_CARD_DRAFT_MISSING = defineProblem({
  code: 'RATE_CARD_DRAFT_MISSING',
  status: 409,
  title: 'This version of the rate card is no draft',
  help: 'Versions in force never change. Draft the next version, and name it by its number.',
});
export const RATE_CARD_BACKDATED = defineProblem({
  code: 'RATE_CARD_BACKDATED',
  status: 422,
  title: 'The version would begin no later than the one before it',
  help: 'Versions of a rate card follow one another; the next begins at least a day after the first day of the one in force.',
});
export const RATE_CARD_APPROVAL_MISMATCH = defineProblem({
  code: 'RATE_CARD_APPROVAL_MISMATCH',
  status: 409,
  title: 'The approval is meant for other prices',
  help: 'An approval signs prices. Read the version, check it, and send its `contentHash`.',
});
export const RATE_CARD_MISSING = defineProblem({
  code: 'RATE_CARD_MISSING',
  status: 422,
  title: 'An agreement names a rate card that is not in force on all of its days',
  help: 'Bring a version of the card into force for the days that the detail names, under the name the agreement gives.',
});
export const RATE_MISSING = defineProblem({
  code: 'RATE_MISSING',
  status: 422,
  title: 'There is usage that the rate card has no price for',
  help: 'Usage is never left out. Add a price for service, meter and unit to the card (zero, where it costs nothing), or correct the usage.',
});
