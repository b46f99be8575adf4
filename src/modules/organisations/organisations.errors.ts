import { defineProblem } from '../../platform/errors.ts';

export const AGS_TAKEN = defineProblem({
  code: 'AGS_TAKEN',
  status: 409,
  title: 'This municipality is registered already',
  help: 'Each AGS (Amtlicher Gemeindeschlüssel) stands for one organisation. Look it up at /organisations?ags=….',
});
export const CENTRE_CODE_TAKEN = defineProblem({
  code: 'CENTRE_CODE_TAKEN',
  status: 409,
  title: 'This short mark belongs to another centre',
  help: 'Choose another code; it stands in the numbers of requests and must be unique.',
});
export const ALREADY_MEMBER = defineProblem({
  code: 'ALREADY_MEMBER',
  status: 409,
  title: 'The organisation is a member already',
  help: 'The member list of the centre shows since when. One that has left comes back with `leftOn: null`, PATCH /centres/{id}/members/{organisationId}.',
});
export const LEAVING_REFUSED = defineProblem({
  code: 'LEAVING_REFUSED',
  status: 422,
  title: 'The member cannot leave on this day',
  help: 'Name a day that is not past and after the first day of membership: the first day on which the organisation is no member any more.',
});
export const ORGANISATION_UNKNOWN = defineProblem({
  code: 'ORGANISATION_UNKNOWN',
  status: 422,
  title: 'There is no such organisation',
  help: 'Use the id of an organisation from /organisations.',
});
