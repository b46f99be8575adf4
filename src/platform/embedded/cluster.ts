import { randomBytes } from 'node:crypto';
import {
  lchown,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedUnavailableError, errorCode, errorText } from './errors.ts';
import { isAlive, runProgram } from './processes.ts';
import { findBarrier } from './reach.ts';
import type { EmbeddedLogger, ServerUser } from './types.ts';

export interface FoundCluster {
  readonly pgData: string;
  readonly owner: ServerUser;
}

export interface NewCluster {
  readonly dataDir: string;
  readonly home: string | undefined;
  readonly binDir: string;
  readonly runAs: ServerUser | undefined;
  readonly throwaway: boolean;
  readonly logger: EmbeddedLogger;
}

const UNFINISHED = /^\.postgres-init-(\d+)-[0-9a-f]+$/;

/** The cluster of a data directory, or undefined when there is none yet. Never starts afresh beside lost data. */
export async function findCluster(dataDir: string): Promise<FoundCluster | undefined> {
  const link = path.join(dataDir, 'postgres');
  const entry = await lstat(link).catch(() => undefined);
  if (entry === undefined) return undefined;
  const pgData = await realpath(link).catch((error: unknown) => lostCluster(link, error));
  const { uid, gid } = await stat(pgData);
  const names = await readdir(pgData).catch(() => undefined);
  if (names?.length === 0) return undefined;
  if (names !== undefined && !names.includes('PG_VERSION')) {
    throw new EmbeddedUnavailableError(`${pgData} exists but holds no PostgreSQL cluster`);
  }
  return { pgData, owner: { uid, gid } };
}

async function lostCluster(link: string, cause: unknown): Promise<never> {
  const target = await readlink(link).catch(() => '?');
  throw new EmbeddedUnavailableError(
    `${link} points to ${target}, which is gone; restore it or remove the link`,
    {
      cause,
    },
  );
}

/** Refuses a cluster that the binaries or the server user could only fail on later, and less clearly. */
export async function checkCluster(found: FoundCluster, majorVersion: string, runAs: ServerUser | undefined) {
  const version = (await readFile(path.join(found.pgData, 'PG_VERSION'), 'utf8')).trim();
  if (version !== majorVersion) {
    throw new EmbeddedUnavailableError(
      `${found.pgData} was written by PostgreSQL ${version} and this is ${majorVersion}, which needs dump and restore`,
    );
  }
  const barrier = runAs && (await findBarrier(found.pgData, runAs));
  if (barrier === undefined) return;
  throw new EmbeddedUnavailableError(
    `${found.pgData} belongs to user ${runAs?.uid}, who may not enter ${barrier}; chmod o+x it`,
  );
}

/**
 * Initialises a cluster under a temporary name and puts it in place with one atomic step, so that a kill in
 * the middle leaves nothing that looks like a cluster, and of two processes exactly one wins.
 */
export async function createCluster(request: NewCluster): Promise<void> {
  const { dataDir, home, runAs, logger } = request;
  if (home === undefined) {
    throw new EmbeddedUnavailableError(
      `user ${runAs?.uid} may enter neither ${dataDir} nor a directory of the system`,
    );
  }
  await removeUnfinished(home);
  const id = randomBytes(6).toString('hex');
  const temporary = path.join(home, `.postgres-init-${process.pid}-${id}`);
  try {
    await initialise(temporary, request);
    await putInPlace(temporary, home, dataDir, id);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errorCode(error))) return;
    throw error;
  }
  logger.info({ dataDir, uid: runAs?.uid }, 'created an embedded PostgreSQL cluster');
  if (home !== dataDir)
    logger.warn({ dataDir, home }, 'the database lies outside of its closed data directory');
}

async function initialise(directory: string, { binDir, runAs, throwaway }: NewCluster): Promise<void> {
  const options = ['--username=postgres', '--auth-local=trust', '--auth-host=reject', '--encoding=UTF8'];
  const locale = ['--locale=C.UTF-8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const rest = ['--data-checksums', '--no-instructions', ...(throwaway ? ['--no-sync'] : [])];
  try {
    await mkdir(directory, { mode: 0o700 });
    // lchown: whoever owns the parent could have put a symlink here meanwhile
    if (runAs) await lchown(directory, runAs.uid, runAs.gid);
    await runProgram(
      path.join(binDir, 'initdb'),
      [`--pgdata=${directory}`, ...options, ...locale, ...rest],
      runAs,
    );
  } catch (error) {
    const lines = errorText(error).trim().split('\n');
    const reason = lines.find((line) => line.startsWith('initdb: ')) ?? lines.at(-1);
    throw new EmbeddedUnavailableError(`initdb failed: ${reason}`, { cause: error });
  }
}

async function putInPlace(temporary: string, home: string, dataDir: string, id: string): Promise<void> {
  const link = path.join(dataDir, 'postgres');
  if (home === dataDir) {
    await rename(temporary, link);
    return syncDirectory(dataDir);
  }
  // A random name, not one made from the path: a new checkout at an old place must not inherit old data. The
  // link alone says which cluster belongs to a data directory, and it moves with it.
  const target = path.join(home, `cluster-${id}`);
  await rename(temporary, target);
  try {
    await symlink(target, link);
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    throw error;
  }
  await syncDirectory(home);
  await syncDirectory(dataDir);
}

/** Without it a power failure could take back the rename while keeping what was written afterwards. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what processes left that were killed during initdb. */
async function removeUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const pid = UNFINISHED.exec(name)?.[1];
    if (pid === undefined || (await isAlive(Number(pid)))) continue;
    await rm(path.join(home, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

export async function readSystemId(pgData: string): Promise<string> {
  const handle = await open(path.join(pgData, 'global', 'pg_control'), 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.readBigUInt64LE().toString();
  } finally {
    await handle.close();
  }
}
