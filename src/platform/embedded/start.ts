import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { prepareBinaries } from './binaries.ts';
import { checkCluster, createCluster, type FoundCluster, findCluster, readSystemId } from './cluster.ts';
import { EmbeddedUnavailableError, errorCode, errorText } from './errors.ts';
import { chooseServerUser, isRoot, lookupPasswd, ownerOfCluster, type UserLookup } from './os-user.ts';
import { findHome } from './reach.ts';
import { SUPERUSER } from './session.ts';
import { locateSocketDir, SOCKET_PORT } from './socket-dir.ts';
import { Supervisor } from './supervisor.ts';
import type { Cluster, EmbeddedLogger, ServerSettings } from './types.ts';

export interface EmbeddedOptions {
  /** The application's data directory; the cluster is `postgres` below it. Created when missing. */
  readonly dataDir: string;
  readonly logger: EmbeddedLogger;
  /** Be the one application on this cluster, and stop the server at the end. */
  readonly exclusive?: boolean;
  /** How others are told who holds the cluster, e.g. an address; ASCII, about 45 characters. */
  readonly label?: string;
  /** Server settings on top of those for a small machine; a server already running keeps its own. */
  readonly settings?: ServerSettings;
  readonly startTimeoutMs?: number;
  /** What a test replaces to see another machine than the one it runs on. */
  readonly machine?: Partial<Machine>;
}

export interface Machine {
  readonly lookupUser: UserLookup;
  /** Root's directory for what must lie outside of a closed checkout. */
  readonly systemDir: string;
  /** The binary package, instead of the installed one. */
  readonly packageDir: string | undefined;
  /** Skips the syncs of initdb; only for data nobody will miss. */
  readonly throwaway: boolean;
}

export interface Embedded {
  /** Directory of the unix socket, as `host` of any PostgreSQL client. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The server was already running when this process came. */
  readonly adopted: boolean;
  /** Tells others more about the holder than the label did at the start. */
  announce(label: string): Promise<void>;
  /** Called after the server died and was brought back: connections and session state are gone. */
  onRestart(listener: () => void): void;
  /** Called once when the server is lost for good, or another application has taken it over. */
  onFatal(listener: (error: Error) => void): void;
  /** Fast shutdown by the exclusive owner; others only let go. Waits until it is done. */
  stop(): Promise<void>;
}

const THIS_MACHINE: Machine = {
  lookupUser: lookupPasswd,
  systemDir: '/var/lib/verbund',
  packageDir: undefined,
  throwaway: false,
};

/**
 * Starts, or joins, the PostgreSQL server of a data directory and keeps it alive until `stop()`.
 * Installs no signal or exit handlers and does not keep the process running.
 *
 * @throws EmbeddedUnavailableError when this machine cannot run one; EmbeddedInUseError when another
 *   application owns it (with `exclusive`); EmbeddedStartError when no server answers in time
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const supervisor = new Supervisor({
    cluster: await prepare(options).catch(explain),
    exclusive: options.exclusive ?? false,
    label: options.label ?? '',
    startTimeoutMs: options.startTimeoutMs ?? 60_000,
    logger: options.logger,
  });
  const { adopted } = await supervisor.start();
  return {
    host: supervisor.cluster.socketDir,
    port: SOCKET_PORT,
    user: SUPERUSER,
    adopted,
    announce: (label) => supervisor.announce(label),
    onRestart: (listener) => supervisor.onRestart(listener),
    onFatal: (listener) => supervisor.onFatal(listener),
    stop: () => supervisor.stop(),
  };
}

async function prepare(options: EmbeddedOptions): Promise<Cluster> {
  const machine = { ...THIS_MACHINE, ...options.machine };
  const { logger } = options;
  await mkdir(options.dataDir, { recursive: true, mode: isRoot() ? 0o755 : 0o700 });
  const dataDir = await realpath(options.dataDir);

  let found = await findCluster(dataDir);
  const runAs = await (found
    ? ownerOfCluster(found.pgData, found.owner)
    : chooseServerUser(machine.lookupUser));
  const { binDir, majorVersion } = await prepareBinaries({
    packageDir: machine.packageDir,
    findHome: () => findHome('programs', dataDir, machine.systemDir, runAs),
    runAs,
    logger,
  });
  if (found === undefined) {
    const home = await findHome('data', dataDir, machine.systemDir, runAs);
    await createCluster({ dataDir, home, binDir, runAs, throwaway: machine.throwaway, logger });
    found = await expectCluster(dataDir);
  }
  await checkCluster(found, majorVersion, runAs);
  return {
    dataDir,
    pgData: found.pgData,
    socketDir: await locateSocketDir(found.pgData, runAs),
    port: SOCKET_PORT,
    logFile: path.join(dataDir, 'postgres.log'),
    binDir,
    runAs,
    settings: options.settings ?? {},
    systemId: await readSystemId(found.pgData),
  };
}

async function expectCluster(dataDir: string): Promise<FoundCluster> {
  const found = await findCluster(dataDir);
  if (found === undefined)
    throw new EmbeddedUnavailableError(`${dataDir}/postgres could not be put in place`);
  return found;
}

/** A bare "EACCES: permission denied, mkdir …" would not tell anybody what to do about it. */
function explain(error: unknown): never {
  if (errorCode(error).startsWith('EMBEDDED_')) throw error;
  throw new EmbeddedUnavailableError(errorText(error), { cause: error });
}
