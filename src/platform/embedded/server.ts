import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedStartError, errorText } from './errors.ts';
import { clearStaleLocks, findPostmaster } from './lock-files.ts';
import { isAlive, SERVER_ENV } from './processes.ts';
import { askServer } from './session.ts';
import type { Cluster, EmbeddedLogger, ServerSettings } from './types.ts';

export interface RunningServer {
  readonly pid: number;
  /** Present when this process started it. */
  readonly child: ChildProcess | undefined;
}

export interface StartRules {
  readonly timeoutMs: number;
  readonly logger: EmbeddedLogger;
}

const MAX_LOG_BYTES = 8 * 1024 * 1024;
const MAX_OWN_FAILURES = 3;
/** Between the last answer and the end of the process, or the other way round. */
const INVISIBLE_GRACE_MS = 3000;
const FAST_SHUTDOWN_MS = 30_000;
const IMMEDIATE_SHUTDOWN_MS = 10_000;

/** Exits that only mean "somebody else is there, or still leaving": waiting helps, so they are no failures. */
const CONFLICT = /lock file ".*" (already exists|is empty)|pre-existing shared memory block/;

/** For two cores and few gigabytes, with room for the application beside it. */
const SMALL_MACHINE: ServerSettings = {
  cluster_name: 'verbund',
  shared_buffers: '128MB',
  effective_cache_size: '512MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  max_connections: 100,
  max_wal_size: '512MB',
  random_page_cost: 1.1,
  autovacuum_max_workers: 2,
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %a ',
};

/** Ends with a server that answers queries, started here or found running. */
export async function ensureServer(cluster: Cluster, rules: StartRules): Promise<RunningServer> {
  const start = performance.now();
  let attempt: Attempt | undefined;
  let failures = 0;
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.5, 250)) {
    const pid = await findPostmaster(cluster.pgData);
    const answer = await askServer(cluster);
    const waitedMs = performance.now() - start;
    if (pid !== undefined && answer === 'ready') return running(pid, attempt);
    if (waitedMs > rules.timeoutMs) throw await startFailure(cluster, attempt, 'did not answer in time');
    if (attempt?.ended() === true) {
      failures += (await isConflict(cluster, attempt)) ? 0 : 1;
      if (failures >= MAX_OWN_FAILURES) throw await startFailure(cluster, attempt, 'does not start');
      attempt = undefined;
    } else if (attempt === undefined && pid === undefined && answer !== 'nobody') {
      if (waitedMs > INVISIBLE_GRACE_MS) throw invisibleServer(cluster);
    } else if (attempt === undefined && pid === undefined) {
      await clearStaleLocks(cluster, rules.logger);
      attempt = await launch(cluster);
    }
    await delay(pauseMs);
  }
}

/**
 * A server answers, yet its process cannot be seen: it runs in another container on the same volume. The lock
 * files mean nothing across that border, so starting a second one would destroy the data.
 */
function invisibleServer({ dataDir }: Cluster): EmbeddedStartError {
  return new EmbeddedStartError(
    `The embedded database in ${dataDir} is served from another container or process space: set DATABASE_URL to a PostgreSQL server that both can use.`,
  );
}

function running(pid: number, attempt: Attempt | undefined): RunningServer {
  return { pid, child: attempt?.child.pid === pid ? attempt.child : undefined };
}

interface Attempt {
  readonly child: ChildProcess;
  readonly logStart: number;
  ended(): boolean;
}

/**
 * A session of its own keeps Ctrl-C on the application from reaching the server, and a file as its output
 * keeps it alive when the application is gone.
 */
async function launch(cluster: Cluster): Promise<Attempt> {
  const log = await openLog(cluster.logFile);
  try {
    const { size } = await log.stat();
    const settings = {
      ...SMALL_MACHINE,
      ...cluster.settings,
      listen_addresses: '',
      unix_socket_directories: quoteList(cluster.socketDir),
      unix_socket_permissions: '0700',
      port: cluster.port,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(path.join(cluster.binDir, 'postgres'), ['-D', cluster.pgData, ...flags], {
      ...cluster.runAs,
      cwd: '/',
      env: SERVER_ENV,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    child.unref();
    let over = false;
    child.once('exit', () => {
      over = true;
    });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    return { child, logStart: size, ended: () => over };
  } catch (error) {
    throw new EmbeddedStartError(`The embedded PostgreSQL cannot be started: ${errorText(error)}.`, {
      cause: error,
    });
  } finally {
    await log.close();
  }
}

/** The setting is a comma-separated list; quotes keep a comma or a space in the path what it is. */
function quoteList(directory: string): string {
  return `"${directory.replaceAll('"', '""')}"`;
}

/** O_NOFOLLOW: root must not append to wherever the owner of the directory lets the name point. */
async function openLog(file: string): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const log = await open(file, flags, 0o600);
  if ((await log.stat()).size <= MAX_LOG_BYTES) return log;
  await log.close();
  await rename(file, `${file}.1`);
  return open(file, flags, 0o600);
}

async function isConflict(cluster: Cluster, attempt: Attempt): Promise<boolean> {
  return CONFLICT.test(await readLog(cluster, attempt.logStart));
}

async function readLog(cluster: Cluster, from: number): Promise<string> {
  const log = await readFile(cluster.logFile).catch(() => Buffer.alloc(0));
  return log.subarray(from).toString('utf8');
}

async function startFailure(cluster: Cluster, attempt: Attempt | undefined, what: string) {
  const text = attempt === undefined ? '' : await readLog(cluster, attempt.logStart);
  const fatal = text.split('\n').findLast((line) => /(FATAL|PANIC|error while loading)/.test(line));
  const reason = fatal === undefined ? '' : ` (${fatal.replace(/^.*?(FATAL|PANIC)/, '$1').trim()})`;
  return new EmbeddedStartError(`The embedded PostgreSQL ${what}${reason}: see ${cluster.logFile}.`);
}

/**
 * Fast shutdown: ends every connection, writes a checkpoint, and returns when the server is gone. One that
 * cannot finish is told to leave at once and recovers from its log on the next start.
 */
export async function stopServer(cluster: Cluster, logger: EmbeddedLogger): Promise<void> {
  const pid = await findPostmaster(cluster.pgData);
  if (pid === undefined) return;
  if (await signalAndWait(pid, 'SIGINT', FAST_SHUTDOWN_MS)) return;
  logger.warn({ pid }, 'the embedded PostgreSQL did not finish its shutdown and is told to leave at once');
  if (await signalAndWait(pid, 'SIGQUIT', IMMEDIATE_SHUTDOWN_MS)) return;
  throw new EmbeddedStartError(
    `The embedded PostgreSQL (process ${pid}) does not stop: see ${cluster.logFile}.`,
  );
}

async function signalAndWait(pid: number, signal: NodeJS.Signals, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  try {
    process.kill(pid, signal);
  } catch {
    return true; // gone between finding and telling
  }
  while (await isAlive(pid)) {
    if (performance.now() > deadline) return false;
    await delay(20);
  }
  return true;
}
