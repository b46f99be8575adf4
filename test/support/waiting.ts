import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 10;
const DEADLINE_MS = 20_000;

/** Polls until the condition holds; the deadline only ends a test that would fail. */
export async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (performance.now() < deadline) {
    if (await condition()) return;
    await pause(POLL_MS);
  }
  throw new Error(`in vain waited until ${what}`);
}
