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
  help: 'Check both. A lost secret cannot be shown again, and a disabled account stays so: make a new machine account then.',
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
  help: 'Centres, organisations and the platform have roles of their own; the detail lists those of the hat.',
});
export const ACCOUNT_EXISTS = defineProblem({
  code: 'ACCOUNT_EXISTS',
  status: 409,
  title: 'This address has an account under another hat',
  help: 'Ask the administration of the platform to add the role: it makes sure that the account belongs to the person you mean.',
});
export const ACCOUNT_LOCKED = defineProblem({
  code: 'ACCOUNT_LOCKED',
  status: 409,
  title: 'The platform disabled this account',
  help: 'Ask the administration of the platform why, and to enable it again.',
});

export const ACCOUNT_SHARED = defineProblem({
  code: 'ACCOUNT_SHARED',
  status: 409,
  title: 'The account is used under other hats too',
  help: 'Take away the roles under your hat instead, PUT /users/{id}/roles. To shut the person out everywhere ask the administration of the platform.',
});
export const ACCOUNT_IS_OWN = defineProblem({
  code: 'ACCOUNT_IS_OWN',
  status: 409,
  title: 'You cannot disable your own account',
  help: 'Ask another administrator of your hat or of the platform.',
});
export const LAST_ADMINISTRATOR = defineProblem({
  code: 'LAST_ADMINISTRATOR',
  status: 409,
  title: 'Nobody would be left to administer the hat',
  help: 'Give the role of administrator to somebody else first, POST /users or PUT /users/{id}/roles. The platform can do so under every hat, by naming it in POST /users.',
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
  help: 'Choose another name, or change who is in the team there is: GET /teams, PUT /teams/{id}/members.',
});
