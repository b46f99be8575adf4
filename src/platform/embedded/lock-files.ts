import { readFile, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { isAlive, processState, servesDirectory } from './processes.ts';
import type { Cluster, EmbeddedLogger } from './types.ts';

/** A lock file without a process id is being written this moment, or was cut off by a full disk or a power failure. */
const EMPTY_LOCK_GRACE_MS = 5000;

/** The living postmaster of this cluster, whoever started it. */
export async function findPostmaster(pgData: string): Promise<number | undefined> {
  const pid = await lockHolder(path.join(pgData, 'postmaster.pid'));
  if (pid === undefined || !(await isAlive(pid))) return undefined;
  return (await servesDirectory(pid, pgData)) ? pid : undefined;
}

/** Whether the running server has been told to end; it then takes no new connections, for as long as one is open. */
export async function isShuttingDown(pgData: string): Promise<boolean> {
  const lines = (await readFile(path.join(pgData, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return lines[7]?.trim() === 'stopping';
}

/** Where the last server said it listens; it may have been started under another path or environment. */
export async function recordedSocketDir(pgData: string): Promise<string | undefined> {
  const lines = (await readFile(path.join(pgData, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const directory = lines[4] ?? '';
  return path.isAbsolute(directory) ? directory : undefined;
}

/**
 * Removes lock files PostgreSQL itself would respect for ever: it only asks whether the recorded process
 * exists, so a zombie or a stranger that got the same number after a reboot blocks every start.
 */
export async function clearStaleLocks(cluster: Cluster, logger: EmbeddedLogger): Promise<void> {
  const socketLock = path.join(cluster.socketDir, `.s.PGSQL.${cluster.port}.lock`);
  for (const file of [path.join(cluster.pgData, 'postmaster.pid'), socketLock]) {
    if (!(await isStale(file, cluster.pgData))) continue;
    await unlink(file).catch(() => undefined);
    logger.warn({ file }, 'removed a lock file of a server that no longer exists');
  }
}

async function isStale(file: string, pgData: string): Promise<boolean> {
  const info = await stat(file).catch(() => undefined);
  if (info === undefined) return false;
  const pid = await lockHolder(file);
  if (pid === undefined) return Date.now() - info.mtimeMs > EMPTY_LOCK_GRACE_MS;
  const state = await processState(pid);
  // PostgreSQL deals with these itself, and needs the file to look for backends that outlived their postmaster
  if (state === 'gone') return false;
  if (state === 'alive' && (await servesDirectory(pid, pgData))) return false;
  // a server that started meanwhile has written its own number
  return (await lockHolder(file)) === pid;
}

async function lockHolder(file: string): Promise<number | undefined> {
  const content = await readFile(file, 'utf8').catch(() => '');
  const pid = Math.abs(Number.parseInt(content, 10));
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
}
