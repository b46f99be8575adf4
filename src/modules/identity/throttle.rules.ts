import { type Moment, millisecondsBetween } from '../../platform/clock.ts';

const WINDOW_SECONDS = 900;

export interface Attempts {
  readonly failures: number;
  readonly windowStartedAt: Moment;
}

/** Seconds until the next try is allowed, 0 when it is allowed now. */
export function secondsToWait(attempts: Attempts | undefined, limit: number, now: Moment): number {
  if (attempts === undefined || attempts.failures < limit) return 0;
  return Math.max(0, Math.ceil(WINDOW_SECONDS - millisecondsBetween(attempts.windowStartedAt, now) / 1000));
}

/** The count after one more failure; an old window starts anew. */
export function afterFailure(attempts: Attempts | undefined, now: Moment): Attempts {
  const isOld =
    attempts === undefined || millisecondsBetween(attempts.windowStartedAt, now) > WINDOW_SECONDS * 1000;
  return isOld ? { failures: 1, windowStartedAt: now } : { ...attempts, failures: attempts.failures + 1 };
}
