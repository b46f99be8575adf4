import { defineProblem } from '../../platform/errors.ts';

export const CREDENTIALS_WRONG = defineProblem({
  code: 'CREDENTIALS_WRONG',
  status: 401,
  title: 'E-mail address or password is wrong',
  help: 'Check both. The answer is the same for accounts that do not exist or are disabled.',
});
export const TOO_MANY_SIGN_INS = defineProblem({
  code: 'TOO_MANY_SIGN_INS',
  status: 429,
  title: 'Too many failed sign-ins',
  help: 'Wait as many seconds as `Retry-After` says. The right password does not help before.',
});
export const HAT_NOT_HELD = defineProblem({
  code: 'HAT_NOT_HELD',
  status: 403,
  title: 'You do not hold this hat',
  help: 'GET /me lists the hats you hold. An administrator of the centre or organisation can give you a role there.',
});
export const REFRESH_TOKEN_INVALID = defineProblem({
  code: 'REFRESH_TOKEN_INVALID',
  status: 401,
  title: 'The refresh token is not valid',
  help: 'Sign in again. Each refresh token is good for one use; using a spent one ends all sessions of that sign-in.',
});
export const CLIENT_INVALID = defineProblem({
  code: 'CLIENT_INVALID',
  status: 401,
  title: 'Client id or secret is wrong',
  help: 'Check both, or make a new machine account: a lost secret cannot be shown again.',
});
export const SCOPE_INVALID = defineProblem({
  code: 'SCOPE_INVALID',
  status: 422,
  title: 'A scope is not available',
  help: 'Ask for scopes the machine account holds; a machine account can hold those that programs may have at all.',
});
export const ROLE_UNKNOWN = defineProblem({
  code: 'ROLE_UNKNOWN',
  status: 422,
  title: 'This role does not exist under this hat',
  help: 'Roles of centres, organisations and the platform differ; docs/glossary.md lists them.',
});
export const ACCOUNT_EXISTS = defineProblem({
  code: 'ACCOUNT_EXISTS',
  status: 409,
  title: 'This address has an account under another hat',
  help: 'Ask the administration of the platform to add the role: it makes sure that the account belongs to the person you mean.',
});
export const USER_UNKNOWN = defineProblem({
  code: 'USER_UNKNOWN',
  status: 422,
  title: 'There is no such user here',
  help: 'Use the id of a user who holds a role under your hat.',
});
export const TEAM_NAME_TAKEN = defineProblem({
  code: 'TEAM_NAME_TAKEN',
  status: 409,
  title: 'A team of this name exists',
  help: 'Choose another name.',
});
