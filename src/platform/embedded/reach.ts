import { chmod, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ServerUser } from './types.ts';

/**
 * The first directory on the way to (and including) `directory` that `who` may not enter, or undefined. Mode
 * bits only: access lists are not seen, and then initdb or the trial run of the binary reports the refusal.
 */
export async function findBarrier(directory: string, who: ServerUser): Promise<string | undefined> {
  const parts = (await realpath(directory)).split(path.sep).filter((part) => part !== '');
  let current: string = path.sep;
  for (const part of ['', ...parts]) {
    current = path.join(current, part);
    if (!mayEnter(await stat(current), who)) return current;
  }
  return undefined;
}

function mayEnter(info: { uid: number; gid: number; mode: number }, who: ServerUser): boolean {
  if (info.uid === who.uid) return (info.mode & 0o100) !== 0;
  if (info.gid === who.gid) return (info.mode & 0o010) !== 0;
  return (info.mode & 0o001) !== 0;
}

/** Ours, a real directory, and nobody else can put anything into it. */
export async function isTrusted(directory: string): Promise<boolean> {
  const info = await lstat(directory).catch(() => undefined);
  if (info === undefined || !info.isDirectory() || info.uid !== process.getuid?.()) return false;
  // a group that shares an ordinary user's umask of 002 is that user's own choice; root shares with nobody
  return (info.mode & (info.uid === 0 ? 0o022 : 0o002)) === 0;
}

/**
 * Where something the server user must reach may be put: the data directory, or, when that is closed to others,
 * root's one directory of the system. Undefined when neither will do.
 *
 * Programs need a place nobody else can write to. Data does not: whoever owns the data directory owns the data,
 * and moving it out of a mounted volume for that reason would lose it with the container.
 */
export async function findHome(
  purpose: 'data' | 'programs',
  dataDir: string,
  systemDir: string,
  runAs: ServerUser | undefined,
): Promise<string | undefined> {
  if (runAs === undefined) return dataDir;
  const acceptable = purpose === 'data' || (await isTrusted(dataDir));
  if (acceptable && (await findBarrier(dataDir, runAs)) === undefined) return dataDir;
  // /var/lib may be read-only or absent; then this is no home, and the caller names the obstacle
  const created = await mkdir(systemDir, { recursive: true }).catch(() => undefined);
  if (created !== undefined) await chmod(systemDir, 0o755); // whatever the umask says, the server user must enter
  const usable = (await isTrusted(systemDir)) && (await findBarrier(systemDir, runAs)) === undefined;
  return usable ? systemDir : undefined;
}
