import { defineProblem } from '../../platform/errors.ts';

export const FORM_INVALID = defineProblem({
  code: 'FORM_INVALID',
  status: 400,
  title: 'The form is not filled in correctly',
  help: 'Each entry of `errors` names a field of `formData` by JSON pointer. The form of the service stands in its version, GET /services/{id}.',
});
export const ACTION_NOT_POSSIBLE = defineProblem({
  code: 'ACTION_NOT_POSSIBLE',
  status: 409,
  title: 'This cannot be done in the present state',
  help: 'Read the request again; `availableActions` says what can be done now and under your hat.',
});
export const ASSIGNEE_UNKNOWN = defineProblem({
  code: 'ASSIGNEE_UNKNOWN',
  status: 422,
  title: 'This person cannot be given the request',
  help: 'Name a user who works as caseworker or team lead in this centre.',
});
export const FOLLOWS_UNKNOWN = defineProblem({
  code: 'FOLLOWS_UNKNOWN',
  status: 422,
  title: 'There is no such request to follow up',
  help: 'Name a request of your own organisation with the same centre that is closed, rejected or cancelled.',
});
export const TEAM_MISSING = defineProblem({
  code: 'TEAM_MISSING',
  status: 422,
  title: 'The request could not be routed',
  help: 'The processing rule the request was filed under names a team that is gone. Accept the request and assign it to a person by hand; publish a version of the service with another team, so that the next ones find their way.',
});
