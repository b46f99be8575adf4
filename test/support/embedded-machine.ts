import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export const isRoot = process.getuid?.() === 0;
export const needsRoot = isRoot ? false : 'needs root: the server user differs from the own one only there';
export const needsNamespaces =
  isRoot && canUnshare() ? false : 'needs root on Linux with the right to make namespaces';
export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--ipc', '--fork', '--mount-proc', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export async function scratch(
  test: { teardown: (undo: () => unknown) => unknown },
  mode = 0o755,
): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'verbund-test-'));
  await chmod(directory, mode);
  test.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export async function postmaster(host: string): Promise<number> {
  return Number.parseInt(await readFile(path.join(host, 'postmaster.pid'), 'utf8').catch(() => ''), 10);
}

/** Waits for a state of the outside world, which sends no event. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`never happened: ${what}`);
    await delay(20);
  }
}
