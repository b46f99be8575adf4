/** What a look at one thing found. With `advice` it works, but not as it should. */
export interface Finding {
  readonly text: string;
  readonly advice?: string;
}

/** One thing to look at; a rejected `look` is a fault, its message says what to do. */
export interface Check {
  readonly what: string;
  readonly look: () => Promise<Finding>;
}

const TOLERATED_MS = 5000;

/** How far another clock is from ours, `askedAt` and `answeredAt` being ours around the answer. All in milliseconds. */
export function clockFinding(theirs: number, askedAt: number, answeredAt: number): Finding {
  const apartMs = Math.max(theirs - answeredAt, askedAt - theirs, 0);
  if (apartMs <= TOLERATED_MS) return { text: 'agrees with ours' };
  const seconds = Math.round(apartMs / 1000);
  throw new Error(
    `${seconds} s apart from ours; deadlines and tokens go by the clock, so synchronise both machines (NTP)`,
  );
}
