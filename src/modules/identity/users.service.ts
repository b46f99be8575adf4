import type { Hat, HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx, withinSignIn } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { DomainError } from '../../platform/errors.ts';
import { FORBIDDEN } from '../../platform/http/authentication.ts';
import { assertTag } from '../../platform/http/content-tags.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { newId } from '../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { audit } from '../audit/index.ts';
import {
  ACCOUNT_EXISTS,
  ACCOUNT_IS_OWN,
  ACCOUNT_LOCKED,
  ACCOUNT_SHARED,
  LAST_ADMINISTRATOR,
  ROLE_UNKNOWN,
} from './identity.errors.ts';
import type { CreatedUser, CreateUser, UserQuery, UserView } from './identity.schemas.ts';
import { hashPassword } from './passwords.ts';
import { ADMINISTRATOR_OF, ROLES_BY_HAT, unknownRoles } from './roles.rules.ts';
import { newSecret } from './secrets.ts';
import { findAccountByEmail, listHats, revokeSessionsOf } from './sessions.repo.ts';
import * as repo from './users.repo.ts';

export type UsersService = ReturnType<typeof createUsersService>;

/** People: their accounts, and the roles they hold under a hat. */
export function createUsersService(db: Database, passwordCost: number) {
  return {
    list: (ctx: HatContext, query: UserQuery) => listUsers(db, ctx, query),
    get: (ctx: HatContext, id: string): Promise<UserView> => withHatTx(db, ctx, (tx) => getUser(tx, ctx, id)),
    create: (ctx: HatContext, input: CreateUser) => createUser(db, passwordCost, ctx, input),
    changeRoles: (ctx: HatContext, id: string, expected: string, roles: readonly string[]) =>
      changeRoles(db, ctx, id, expected, roles),
    /** Shuts the person out at once, under all hats. */
    disable: (ctx: HatContext, id: string, expected: string) => setDisabled(db, ctx, id, expected, true),
    /** Lets the person sign in again, with the roles held before. */
    enable: (ctx: HatContext, id: string, expected: string) => setDisabled(db, ctx, id, expected, false),
  };
}

async function listUsers(
  db: Database,
  ctx: HatContext,
  { limit, cursor, email }: UserQuery,
): Promise<Page<UserView>> {
  const [after] = cursor === undefined ? [] : decodeCursor('users', cursor, ['uuid'] as const);
  const rows = await withHatTx(db, ctx, async (tx) => {
    if (email === undefined || ctx.hat.kind !== 'platform')
      return repo.listUsers(tx, ctx.hat, { after, limit: limit + 1, ...(email && { email }) });
    const user = await withinSignIn(tx, ctx, () => repo.findAnyUser(tx, ctx.hat, { email }));
    return user === undefined ? [] : [user];
  });
  return toPage(
    rows,
    limit,
    'users',
    (row) => [row.id],
    (row) => row,
  );
}

/** Gives a person roles under the caller's hat; the platform may name another hat, to install its first administrator. */
async function createUser(
  db: Database,
  passwordCost: number,
  ctx: HatContext,
  input: CreateUser,
): Promise<CreatedUser> {
  const hat = hatFor(ctx, input.hat);
  assertRoles(hat, input.roles);
  const password = newSecret().slice(0, 20);
  const passwordHash = await hashPassword(password, passwordCost);
  let temporaryPassword: string | null = null;
  const user = await withHatTxOnce(db, ctx, async (tx) => {
    await assertHat(tx, hat);
    const { id, isNew, isColleague } = await withinSignIn(tx, ctx, () =>
      ensureAccount(tx, ctx.hat, input, passwordHash),
    );
    if (!isNew && !isColleague) await assertMayReturn(tx, ctx.hat, id);
    if (isNew) temporaryPassword = password; // beside the answer that is stored, never in it
    await repo.addRoles(tx, id, hat, input.roles);
    await revokeSessionsOf(tx, id, ctx.now, { hat });
    await audit(tx, ctx, {
      action: 'identity.roles-given',
      entityType: 'user',
      entityId: id,
      ...partyOf(hat),
      details: { hat, roles: input.roles },
    });
    const made = await withinSignIn(tx, ctx, () => repo.findAnyUser(tx, hat, { id }));
    if (made === undefined) throw new Error('the account just given roles is not there');
    return made;
  });
  return { ...user, temporaryPassword };
}

/** Sets the roles under the caller's hat and ends the person's sessions there, so that the change holds at once. */
async function changeRoles(
  db: Database,
  ctx: HatContext,
  userId: string,
  expected: string,
  roles: readonly string[],
): Promise<UserView> {
  assertRoles(ctx.hat, roles);
  return withHatTx(db, ctx, async (tx) => {
    await withinSignIn(tx, ctx, () => repo.lockAccount(tx, userId));
    const user = await repo.findUser(tx, ctx.hat, userId);
    if (user === undefined) throw userNotFound();
    assertTag(user, expected);
    if (!roles.includes(ADMINISTRATOR_OF[ctx.hat.kind]))
      await withinSignIn(tx, ctx, () => assertNotSoleAdministrator(tx, userId, ctx.hat));
    await repo.replaceRoles(tx, userId, ctx.hat, roles);
    if (roles.length === 0) await repo.leaveTeams(tx, userId, ctx.hat.id);
    await revokeSessionsOf(tx, userId, ctx.now, { hat: ctx.hat });
    await audit(tx, ctx, {
      action: 'identity.roles-changed',
      entityType: 'user',
      entityId: userId,
      details: { from: user.roles, to: roles },
    });
    return { ...user, roles: [...roles].sort() };
  });
}

/** An account belongs to the person: whoever administers one hat of several does not decide for the others. */
async function setDisabled(
  db: Database,
  ctx: HatContext,
  userId: string,
  expected: string,
  isDisabled: boolean,
): Promise<UserView> {
  return withHatTx(db, ctx, async (tx) => {
    await withinSignIn(tx, ctx, () => repo.lockAccount(tx, userId));
    const user = await getUser(tx, ctx, userId);
    assertTag(user, expected);
    if (isDisabled && userId.toLowerCase() === ctx.actor.id)
      throw new DomainError(ACCOUNT_IS_OWN, 'This is the account you are signed in with.');
    const isPlatform = ctx.hat.kind === 'platform';
    const hats = await withinSignIn(tx, ctx, async () => {
      if (!isPlatform) await assertOwn(tx, ctx.hat, userId);
      if (isDisabled) {
        await assertNotSoleAdministrator(tx, userId);
        await revokeSessionsOf(tx, userId, ctx.now);
      }
      await repo.updateDisabled(tx, userId, isDisabled, isDisabled && isPlatform);
      return listHats(tx, userId);
    });
    for (const hat of hats)
      await audit(tx, ctx, {
        action: isDisabled ? 'identity.account-disabled' : 'identity.account-enabled',
        entityType: 'user',
        entityId: userId,
        ...partyOf(hat),
      });
    return { ...user, isDisabled };
  });
}

/** Throws where the account is not the hat's alone, or the platform disabled it. */
async function assertOwn(tx: HatTx, hat: Hat, userId: string): Promise<void> {
  if (await repo.hasOtherHats(tx, userId, hat))
    throw new DomainError(ACCOUNT_SHARED, 'The person holds roles under another hat.');
  if (await repo.isPlatformLocked(tx, userId))
    throw new DomainError(ACCOUNT_LOCKED, 'The platform disabled this account.');
}

/** So that the centre or organisation reads in its trail what was done to its people. */
function partyOf({ kind, id }: Hat): { centreId?: string; organisationId?: string } {
  if (kind === 'platform') return {};
  return kind === 'centre' ? { centreId: id } : { organisationId: id };
}

/** A colleague; for the platform's administration anybody. */
async function getUser(tx: HatTx, ctx: HatContext, id: string): Promise<UserView> {
  const user =
    ctx.hat.kind === 'platform'
      ? await withinSignIn(tx, ctx, () => repo.findAnyUser(tx, ctx.hat, { id }))
      : await repo.findUser(tx, ctx.hat, id);
  if (user === undefined) throw userNotFound();
  return user;
}

/** Throws `LAST_ADMINISTRATOR` where the person alone administers the hat, or any if none is named. */
async function assertNotSoleAdministrator(tx: HatTx, userId: string, only?: Hat): Promise<void> {
  const hats = await repo.listSoleAdministrations(tx, userId);
  const left = hats.find(({ kind, id }) => only === undefined || (kind === only.kind && id === only.id));
  if (left !== undefined)
    throw new DomainError(
      LAST_ADMINISTRATOR,
      `Nobody else is ${ADMINISTRATOR_OF[left.kind]} of the ${left.kind} ${left.id}.`,
    );
}

/**
 * Accounts belong to the person, not to a hat. Made in the caller's transaction: without roles nobody would know its password.
 * Whoever made an account knows its first password: roles of another hat must not come to it without somebody who knows both
 * sides. That is the platform's administration; everyone else gives roles to new accounts, to colleagues and to former ones.
 */
async function ensureAccount(tx: HatTx, giver: Hat, { email, name }: CreateUser, passwordHash: string) {
  const id = newId();
  const isNew = await repo.insertUser(tx, { id, email, name, passwordHash });
  if (isNew) return { id, isNew, isColleague: false };
  const known = await findAccountByEmail(tx, email);
  if (known === undefined) throw new Error('an account was taken and is gone');
  await repo.lockAccount(tx, known.id);
  return { id: known.id, isNew, isColleague: (await repo.findUser(tx, giver, known.id)) !== undefined };
}

/** Who was a colleague can become one again: taking all roles from a person by mistake can be mended. */
async function assertMayReturn(tx: HatTx, giver: Hat, userId: string): Promise<void> {
  if (giver.kind === 'platform' || (await repo.wasHere(tx, userId, giver))) return;
  throw new DomainError(ACCOUNT_EXISTS, 'There is an account with this address elsewhere.', {
    pointer: '/email',
  });
}

async function assertHat(tx: HatTx, hat: Hat): Promise<void> {
  if (!(await repo.isHat(tx, hat)))
    throw new DomainError(NOT_FOUND, 'There is no such centre or organisation.');
}

function hatFor(ctx: HatContext, named: Hat | undefined): Hat {
  if (named === undefined || (named.kind === ctx.hat.kind && named.id === ctx.hat.id)) return ctx.hat;
  if (ctx.hat.kind !== 'platform')
    throw new DomainError(FORBIDDEN, 'Roles are given under your own hat only.');
  return named;
}

function assertRoles(hat: Hat, roles: readonly string[]): void {
  const [unknown] = unknownRoles(hat.kind, roles);
  if (unknown === undefined) return;
  const detail = `There is no role ${unknown} under a ${hat.kind}. There are: ${ROLES_BY_HAT[hat.kind].join(', ')}.`;
  throw new DomainError(ROLE_UNKNOWN, detail, {
    errors: [{ pointer: `/roles/${roles.indexOf(unknown)}`, code: 'unknown', detail: 'is no role here' }],
  });
}

function userNotFound(): DomainError {
  return new DomainError(NOT_FOUND, 'There is no such user.');
}
