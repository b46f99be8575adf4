import { type Clock, type Moment, plusSeconds } from '../../platform/clock.ts';
import { type HatContext, SYSTEM_ACTOR, systemContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, SESSION_ENDED, withSignInTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { audit } from '../audit/index.ts';
import { type Claims, contextOf } from './claims.ts';
import { createClientTokens } from './client-tokens.service.ts';
import { CREDENTIALS_WRONG, HAT_NOT_HELD, REFRESH_TOKEN_INVALID } from './identity.errors.ts';
import type { HatRef, HatView, MeView, SignIn } from './identity.schemas.ts';
import { hashPassword, isOutdated, isPassword } from './passwords.ts';
import { hashSecret, newSecret } from './secrets.ts';
import * as repo from './sessions.repo.ts';
import { createThrottle } from './throttle.service.ts';

/** Asked for in the place of unknown accounts, so that they take as long as known ones. */
const NOBODY = SYSTEM_ACTOR.id;

export interface SessionSettings {
  readonly authSecret: string;
  readonly refreshTokenSeconds: number;
  readonly passwordCost: number;
  readonly loginAttempts: number;
}

export interface OpenedSession {
  readonly claims: Claims;
  readonly refreshToken: string;
  readonly hat: HatView;
}

export type SessionsService = ReturnType<typeof createSessionsService>;

/** Signing in and out, changing hats, and renewing tokens. */
export function createSessionsService(db: Database, clock: Clock, settings: SessionSettings) {
  const { passwordCost } = settings;
  /** Unknown accounts are checked against this, so that they take as long as known ones. */
  const decoy = hashPassword(newSecret(), passwordCost);
  const throttle = createThrottle(db, clock, settings);

  /** Under each hat the account could have opened, for those who answer for the hat; of unknown accounts there is nothing to say. */
  async function auditFailure(
    tx: HatTx,
    accountId: string | undefined,
    details: { reason: 'password' | 'disabled'; failures: number; isLocked: boolean },
    requestId: string,
  ): Promise<void> {
    for (const { kind, id } of await repo.listHats(tx, accountId ?? NOBODY))
      await audit(tx, systemContext({ kind, id }, clock.now(), requestId), {
        action: 'identity.sign-in-failed',
        entityType: 'user',
        entityId: accountId ?? NOBODY,
        details,
      });
  }

  async function open(
    tx: HatTx,
    user: { id: string; name: string },
    hat: HatView,
    familyId: string,
    requestId: string,
  ): Promise<OpenedSession> {
    const now = clock.now();
    const session = {
      id: newId(),
      familyId,
      userId: user.id,
      machineAccountId: null,
      hat: { kind: hat.kind, id: hat.id },
      at: now,
    };
    await repo.insertSession(tx, session);
    const refreshToken = await issueRefreshToken(tx, session.id, now);
    const claims: Claims = {
      sub: user.id,
      nam: user.name,
      act: 'user',
      sid: session.id,
      hat: [hat.kind, hat.id],
      rol: hat.roles,
    };
    await audit(tx, contextOf(claims, now, requestId), {
      action: 'identity.signed-in',
      entityType: 'session',
      entityId: session.id,
    });
    return { claims, refreshToken, hat };
  }

  async function issueRefreshToken(tx: HatTx, sessionId: string, now: Moment): Promise<string> {
    const refreshToken = newSecret();
    await repo.insertRefreshToken(
      tx,
      hashSecret(refreshToken),
      sessionId,
      plusSeconds(now, settings.refreshTokenSeconds),
    );
    return refreshToken;
  }

  return {
    /** Throws `CREDENTIALS_WRONG`, `TOO_MANY_SIGN_INS`, `HAT_NOT_HELD`. */
    async signIn(input: SignIn, address: string, requestId: string): Promise<OpenedSession> {
      const { account, subjects } = await withSignInTx(db, async (tx) => {
        const known = await repo.findAccountByEmail(tx, input.email);
        const tried = throttle.subjectsOf(known?.email ?? input.email, address);
        await throttle.assertMayTry(tx, tried);
        return { account: known, subjects: tried };
      });
      const isRight = await isPassword(input.password, account?.passwordHash ?? (await decoy));
      if (account === undefined || account.isDisabled || !isRight) {
        await throttle.countFailure(subjects, (tx, failures, isLocked) =>
          auditFailure(
            tx,
            account?.id,
            { reason: isRight ? 'disabled' : 'password', failures, isLocked },
            requestId,
          ),
        );
        throw credentialsWrong();
      }
      const fresh = isOutdated(account.passwordHash, passwordCost)
        ? await hashPassword(input.password, passwordCost)
        : undefined;
      return withSignInTx(db, async (tx) => {
        await throttle.succeeded(tx, subjects);
        if (fresh !== undefined) await repo.updatePassword(tx, account, fresh);
        if ((await repo.holdAccount(tx, account.id))?.isDisabled) throw credentialsWrong();
        const hats = await repo.listHats(tx, account.id);
        return open(tx, account, chosenHat(hats, input.hat), newId(), requestId);
      });
    },

    /** Spends a refresh token for a new pair; re-use of a spent one ends every session of that sign-in. */
    async refresh(refreshToken: string, requestId: string): Promise<OpenedSession> {
      const now = clock.now();
      const outcome = await withSignInTx(db, async (tx) => {
        const token = await repo.spendRefreshToken(tx, hashSecret(refreshToken), now);
        if (token === undefined || token.revokedAt !== null || token.expiresAt <= now) return undefined;
        if (!token.isFirstUse) {
          await repo.revokeFamily(tx, token.familyId, now); // committed: the refusal is thrown outside
          const hat = { kind: token.hatKind, id: token.hatId };
          await audit(tx, systemContext(hat, now, requestId), {
            action: 'identity.refresh-token-reused',
            entityType: 'user',
            entityId: token.userId,
          });
          return undefined;
        }
        const user = await repo.findAccount(tx, token.userId);
        const hat = (await repo.listHats(tx, token.userId)).find(
          ({ kind, id }) => kind === token.hatKind && id === token.hatId,
        );
        if (user === undefined || user.isDisabled || hat === undefined) return undefined;
        const claims: Claims = {
          sub: user.id,
          nam: user.name,
          act: 'user',
          sid: token.sessionId,
          hat: [hat.kind, hat.id],
          rol: hat.roles,
        };
        return { claims, hat, refreshToken: await issueRefreshToken(tx, token.sessionId, now) };
      });
      if (outcome === undefined)
        throw new DomainError(REFRESH_TOKEN_INVALID, 'This refresh token is spent, expired or unknown.');
      return outcome;
    },

    async switchHat(ctx: HatContext, wanted: HatRef): Promise<OpenedSession> {
      return withSignInTx(db, async (tx) => {
        if ((await repo.holdAccount(tx, ctx.actor.id))?.isDisabled)
          throw new DomainError(HAT_NOT_HELD, 'The account is disabled.');
        const { familyId } = await liveSession(tx, ctx);
        return open(
          tx,
          ctx.actor,
          chosenHat(await repo.listHats(tx, ctx.actor.id), wanted),
          familyId,
          ctx.requestId,
        );
      });
    },

    async signOut(ctx: HatContext): Promise<void> {
      await withSignInTx(db, async (tx) =>
        repo.revokeFamily(tx, (await liveSession(tx, ctx)).familyId, ctx.now),
      );
    },

    async me(ctx: HatContext): Promise<MeView> {
      return withSignInTx(db, async (tx) => {
        await liveSession(tx, ctx);
        const hats = await repo.listHats(tx, ctx.actor.id);
        const account = await repo.findAccount(tx, ctx.actor.id);
        const hat = hats.find(({ kind, id }) => kind === ctx.hat.kind && id === ctx.hat.id) ?? {
          ...ctx.hat,
          name: ctx.actor.name,
          roles: [],
        };
        return { id: ctx.actor.id, name: ctx.actor.name, email: account?.email ?? null, hat, hats };
      });
    },

    /** Ends all other sign-ins of the person. */
    async changePassword(ctx: HatContext, current: string, next: string, address: string): Promise<void> {
      const account = await withSignInTx(db, async (tx) => {
        await liveSession(tx, ctx);
        const known = await repo.findAccount(tx, ctx.actor.id);
        await throttle.assertMayTry(tx, throttle.subjectsOf(known?.email ?? ctx.actor.id, address));
        return known;
      });
      const subjects = throttle.subjectsOf(account?.email ?? ctx.actor.id, address);
      if (account === undefined || !(await isPassword(current, account.passwordHash))) {
        await throttle.countFailure(subjects, (tx, failures, isLocked) =>
          auditFailure(tx, account?.id, { reason: 'password', failures, isLocked }, ctx.requestId),
        );
        throw new DomainError(CREDENTIALS_WRONG, 'The current password is wrong.', {
          errors: [{ pointer: '/currentPassword', code: 'wrong', detail: 'is wrong' }],
        });
      }
      const passwordHash = await hashPassword(next, passwordCost);
      await withSignInTx(db, async (tx) => {
        await throttle.succeeded(tx, subjects);
        await repo.updatePassword(tx, account, passwordHash);
        await repo.revokeSessionsOf(tx, account.id, ctx.now, {
          exceptFamily: (await liveSession(tx, ctx)).familyId,
        });
        await audit(tx, ctx, {
          action: 'identity.password-changed',
          entityType: 'user',
          entityId: account.id,
        });
      });
    },

    /** Housekeeping; keeps what is younger than two days. */
    async purge(now: Moment): Promise<void> {
      await withSignInTx(db, (tx) => repo.purgeSessions(tx, now, plusSeconds(now, -2 * 86_400)));
    },

    /** OAuth 2.0 client credentials. */
    clientToken: createClientTokens(db, clock, throttle),
  };
}

async function liveSession(tx: HatTx, ctx: HatContext): Promise<{ familyId: string }> {
  const session = ctx.sessionId === null ? undefined : await repo.findLiveSession(tx, ctx.sessionId);
  if (session === undefined) throw new DomainError(SESSION_ENDED, 'This session has ended; sign in again.');
  return session;
}

function chosenHat(hats: readonly HatView[], wanted: HatRef | undefined): HatView {
  const hat =
    wanted === undefined ? hats[0] : hats.find(({ kind, id }) => kind === wanted.kind && id === wanted.id);
  if (hat === undefined)
    throw new DomainError(
      HAT_NOT_HELD,
      wanted === undefined ? 'You hold no hat yet.' : 'You hold no role under this hat.',
    );
  return hat;
}

function credentialsWrong(): DomainError {
  return new DomainError(CREDENTIALS_WRONG, 'E-mail address or password is wrong.');
}
