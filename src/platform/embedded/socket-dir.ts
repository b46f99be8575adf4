import { createHash } from 'node:crypto';
import { lchown, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedUnavailableError, errorCode } from './errors.ts';
import { findPostmaster, recordedSocketDir } from './lock-files.ts';
import { findBarrier } from './reach.ts';
import type { ServerUser } from './types.ts';

/** Names the socket file only; nothing listens on TCP. */
export const SOCKET_PORT = 5432;

/** The kernel's limit is 107 bytes on Linux and 103 on macOS; clients add nothing to it. */
const MAX_SOCKET_PATH_BYTES = 100;

/** The socket directory of this cluster: where a running server listens, else where the next one shall. */
export async function locateSocketDir(pgData: string, runAs: ServerUser | undefined): Promise<string> {
  const chosen = await chooseSocketDir(pgData, runAs);
  const recorded = await recordedSocketDir(pgData);
  if (recorded === undefined || (await hasSocket(chosen)) || !(await hasSocket(recorded))) return chosen;
  return (await findPostmaster(pgData)) === undefined ? chosen : recorded;
}

async function hasSocket(directory: string): Promise<boolean> {
  const info = await lstat(path.join(directory, `.s.PGSQL.${SOCKET_PORT}`)).catch(() => undefined);
  return info?.isSocket() ?? false;
}

/**
 * The socket lives in the data directory, which PostgreSQL itself insists is 0700. A path too long for a socket
 * gets a private directory under the temporary one instead, with a name every process derives alike.
 */
async function chooseSocketDir(pgData: string, runAs: ServerUser | undefined): Promise<string> {
  if (Buffer.byteLength(`${pgData}/.s.PGSQL.${SOCKET_PORT}`) < MAX_SOCKET_PATH_BYTES) return pgData;
  const uid = runAs?.uid ?? process.getuid?.() ?? -1;
  const name = `verbund-${uid}-${createHash('sha256').update(pgData).digest('hex').slice(0, 16)}`;
  const directory = path.join(await sharedTemporaryDir(runAs), name);
  const failure = await mkdir(directory, { mode: 0o700 }).catch((error: unknown) => errorCode(error));
  if (failure === undefined && runAs) await lchown(directory, runAs.uid, runAs.gid);
  // a second process may look between mkdir and chown of the first: look again before refusing
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const info = await lstat(directory).catch(() => undefined);
    if (info?.isDirectory() && info.uid === uid && (info.mode & 0o077) === 0) return directory;
    await delay(50);
  }
  throw new EmbeddedUnavailableError(`${directory} is not a private directory of user ${uid}, remove it`);
}

/** Not TMPDIR when /tmp will do: two starts with different environments must meet at the same socket. */
async function sharedTemporaryDir(runAs: ServerUser | undefined): Promise<string> {
  for (const candidate of ['/tmp', tmpdir()]) {
    const info = await lstat(candidate).catch(() => undefined);
    const usable = info !== undefined && (info.mode & 0o1002) === 0o1002;
    if (usable && (runAs === undefined || (await findBarrier(candidate, runAs)) === undefined))
      return candidate;
  }
  return tmpdir();
}
