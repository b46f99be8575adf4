import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withSignInTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { TOO_MANY_SIGN_INS } from './identity.errors.ts';
import { pseudonym } from './secrets.ts';
import * as repo from './sessions.repo.ts';
import { afterFailure, secondsToWait } from './throttle.rules.ts';

export interface ThrottleSettings {
  readonly authSecret: string;
  readonly loginAttempts: number;
}

/** What failed sign-ins are counted for, always in the same order. */
export interface Subjects {
  readonly account: string;
  readonly address: string;
}

/** What else belongs into the transaction that counts. */
export type OnCounted = (tx: HatTx, failures: number, isLocked: boolean) => Promise<void>;

export type Throttle = ReturnType<typeof createThrottle>;

/** Limits guesses per account and per address. */
export function createThrottle(db: Database, clock: Clock, { authSecret, loginAttempts }: ThrottleSettings) {
  const limitsOf = ({ account, address }: Subjects) =>
    [
      [account, loginAttempts],
      [address, loginAttempts * 10],
    ] as const;

  /**
   * Throws `TOO_MANY_SIGN_INS`. To be asked before a password is looked at, for the sake of the processor, and again in the
   * transaction that opens a session: of many guesses sent at once no more than the limit learn whether they were right.
   */
  async function assertMayTry(tx: HatTx, subjects: Subjects): Promise<void> {
    const waits = [];
    for (const [subject, limit] of limitsOf(subjects))
      waits.push(secondsToWait(await repo.findAttempts(tx, subject), limit, clock.now()));
    const seconds = Math.max(...waits);
    if (seconds > 0)
      throw new DomainError(TOO_MANY_SIGN_INS, `Try again in ${seconds} seconds.`, {
        headers: { 'retry-after': String(seconds) },
      });
  }

  async function countOne(tx: HatTx, subject: string): Promise<number> {
    const attempts = afterFailure(await repo.findAttempts(tx, subject), clock.now());
    await repo.saveAttempts(tx, subject, attempts);
    return attempts.failures;
  }

  return {
    /** By the address as it is stored where there is an account: databases and programs fold letters differently. */
    subjectsOf(email: string, address: string): Subjects {
      return {
        account: pseudonym(authSecret, 'account', email.toLowerCase()),
        address: pseudonym(authSecret, 'address', address),
      };
    },
    assertMayTry,
    /**
     * Counts a failure, unless others have used up the limit meanwhile, and tells in the same transaction how many the account has
     * now: never more than the limit within a window, whoever tries. Throws `TOO_MANY_SIGN_INS`.
     */
    async countFailure(subjects: Subjects, onCounted: OnCounted): Promise<void> {
      await withSignInTx(db, async (tx) => {
        for (const [subject] of limitsOf(subjects)) await repo.lockAttempts(tx, subject, clock.now());
        await assertMayTry(tx, subjects);
        await countOne(tx, subjects.address);
        const failures = await countOne(tx, subjects.account);
        await onCounted(tx, failures, failures >= loginAttempts);
      });
    },
    /**
     * Counts a refused program and tells of as many as people have tries. It is never held up: its secret cannot be guessed, and else
     * anybody who knows its id could stop it.
     */
    async countProgram(clientId: string, onCounted: OnCounted): Promise<void> {
      const subject = pseudonym(authSecret, 'program', clientId);
      await withSignInTx(db, async (tx) => {
        await repo.lockAttempts(tx, subject, clock.now());
        const failures = await countOne(tx, subject);
        if (failures <= loginAttempts) await onCounted(tx, failures, false);
      });
    },
    /** The account starts anew; the address does not, or one good account would pay for guessing at others. */
    async succeeded(tx: HatTx, subjects: Subjects): Promise<void> {
      await assertMayTry(tx, subjects);
      await repo.clearAttempts(tx, subjects.account);
    },
  };
}
