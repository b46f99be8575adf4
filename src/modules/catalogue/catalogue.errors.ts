import { defineProblem } from '../../platform/errors.ts';

export const SERVICE_CODE_TAKEN = defineProblem({
  code: 'SERVICE_CODE_TAKEN',
  status: 409,
  title: 'The centre has a service with this code',
  help: 'Choose another code, or write a new version of the service that has it.',
});
export const SERVICE_VERSION_REFUSED = defineProblem({
  code: 'SERVICE_VERSION_REFUSED',
  status: 422,
  title: 'The content of the service does not hold together',
  help: 'Each entry of `errors` names a place in the form schema or a rule: what forms may use stands in the description of the catalogue module.',
});
export const SERVICE_DRAFT_EXISTS = defineProblem({
  code: 'SERVICE_DRAFT_EXISTS',
  status: 409,
  title: 'The service has an unfinished draft',
  help: 'Change or publish the draft before you write the next version.',
});
export const SERVICE_VERSION_STATE = defineProblem({
  code: 'SERVICE_VERSION_STATE',
  status: 409,
  title: 'The version is in another state',
  help: 'Drafts are changed and published, published versions are retired. For a change of what is published write a new version.',
});
export const SERVICE_NOT_ORDERABLE = defineProblem({
  code: 'SERVICE_NOT_ORDERABLE',
  status: 422,
  title: 'The service cannot be ordered',
  help: 'The code in `errors` says why: not_a_member, service_not_published, no_agreement, not_yet_in_force or ended. An agreement in force must cover service, municipality and day.',
});
