import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import tap, { type Test } from 'tap';

export const isRoot = process.getuid?.() === 0;

type Register = (name: string, body: (t: Test) => Promise<void>) => void;
const register: Register = (name, body) => void tap.test(name, body);
const leaveOut: Register = () => undefined;

/** Tests of what only root meets: the server's user differs from the own one. An ordinary user has nothing to test there. */
export const asRoot = isRoot ? register : leaveOut;
/**
 * Tests that start the program as another user, who needs a way to it and to Node.js: a checkout or an installation that only root
 * may enter has none.
 */
export const asOthers =
  !isRoot || [process.execPath, import.meta.filename].every(othersMayEnter) ? register : leaveOut;

function othersMayEnter(file: string): boolean {
  for (let folder = path.dirname(file); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
  }
  return true;
}

/**
 * Whether a data directory holds its cluster and log and nothing else, but for one copy of the programs where the server's user may
 * not enter the checkout that they stand in.
 */
export async function holdsClusterOnly(dataDir: string): Promise<boolean> {
  const names = (await readdir(dataDir)).map((name) => name.replace(/^(postgresql)-.+/, '$1')).sort();
  const copies = isRoot && !othersMayEnter(import.meta.filename) ? ['postgresql'] : [];
  return names.join() === ['postgres', 'postgres.log', ...copies].sort().join();
}

/** Tests that need root on Linux with the right to make namespaces. */
export const inNamespaces = isRoot && canUnshare() ? register : leaveOut;
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
