import { defineProblem } from '../../platform/errors.ts';

export const AGREEMENT_TERMS_REFUSED = defineProblem({
  code: 'AGREEMENT_TERMS_REFUSED',
  status: 422,
  title: 'The terms of the agreement do not hold together',
  help: 'Each entry of `errors` names a field: parties must be members of the centre for the whole period, services must be in its catalogue, periods must not be empty, and the cost clause must be computable.',
});
export const AGREEMENT_DRAFT_EXISTS = defineProblem({
  code: 'AGREEMENT_DRAFT_EXISTS',
  status: 409,
  title: 'The agreement has an unfinished draft',
  help: 'Change the draft, or bring it into force before you write the next version.',
});
export const AGREEMENT_DRAFT_MISSING = defineProblem({
  code: 'AGREEMENT_DRAFT_MISSING',
  status: 409,
  title: 'The agreement has no such draft',
  help: 'Write a new version first. A version in force stays as it is.',
});
export const COVERAGE_OVERLAPS = defineProblem({
  code: 'COVERAGE_OVERLAPS',
  status: 409,
  title: 'Another agreement covers the same on the same days',
  help: 'For each municipality, service and day one agreement holds. End the other agreement first, or leave the service or municipality out.',
});
export const LATER_DAYS_LOST = defineProblem({
  code: 'LATER_DAYS_LOST',
  status: 409,
  title: 'Days after the end of the draft would be left without a wording',
  help: 'The detail names the version that holds beyond the end of the draft; it can be shortened, but neither split nor begun later. Where nothing shall hold afterwards, terminate the agreement on that day first, then bring the draft into force. Where the wording of that version goes on, or another one begins, first bring that into force from the day on which the draft ends: rewrite the draft with it, then draft the present wording as the next version. Or let the draft end on the day on which the named version begins.',
});
export const MEMBER_IS_PARTY = defineProblem({
  code: 'MEMBER_IS_PARTY',
  status: 409,
  title: 'Agreements in force bind the member beyond this day',
  help: 'The detail names the agreements. For each bring a version without the member into force from that day on, or terminate it; then let the member leave. What it has ordered until then is worked off.',
});
export const TERMINATION_REFUSED = defineProblem({
  code: 'TERMINATION_REFUSED',
  status: 422,
  title: 'The agreement cannot end on this day',
  help: 'A termination takes effect today or later and only ever shortens what is in force.',
});
