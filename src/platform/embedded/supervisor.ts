import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedFailedError, EmbeddedInUseError, EmbeddedStartError, errorText } from './errors.ts';
import { isShuttingDown } from './lock-files.ts';
import { isDeserted, type Ownership, takeOwnership } from './ownership.ts';
import { isAlive } from './processes.ts';
import { ensureServer, type RunningServer, stopServer } from './server.ts';
import type { Cluster, EmbeddedLogger } from './types.ts';

export interface SupervisorOptions {
  readonly cluster: Cluster;
  readonly exclusive: boolean;
  readonly label: string;
  readonly startTimeoutMs: number;
  readonly logger: EmbeddedLogger;
}

/** Pauses before the attempts of one recovery; after the last one it is over. */
const BACKOFF_MS = [0, 500, 1000, 2000, 5000] as const;
/** A server that starts well and dies again each time is not saved by one more restart. */
const MAX_RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;
const POLL_MS = 500;

/** Keeps one server alive as long as the application wants it. Never keeps the process itself alive. */
export class Supervisor {
  readonly cluster: Cluster;
  readonly #options: SupervisorOptions;
  readonly #restartListeners = new Set<() => void>();
  readonly #fatalListeners = new Set<(error: Error) => void>();
  #state: 'running' | 'stopping' | 'failed' = 'running';
  #label: string;
  #server: RunningServer | undefined;
  #ownership: Ownership | undefined;
  #recovery: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #restartedAt: number[] = [];
  #stopped: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.cluster = options.cluster;
    this.#options = options;
    this.#label = options.label;
  }

  onRestart(listener: () => void): void {
    this.#restartListeners.add(listener);
  }

  onFatal(listener: (error: Error) => void): void {
    this.#fatalListeners.add(listener);
  }

  /** Resolves to whether the server was already running. */
  async start(): Promise<{ adopted: boolean }> {
    const deadline = performance.now() + this.#options.startTimeoutMs;
    for (;;) {
      try {
        const server = await this.#bringUp();
        this.#timer = setInterval(() => void this.#poll(), POLL_MS).unref();
        return { adopted: server.child === undefined };
      } catch (error) {
        // the server adopted a moment ago may just have been stopped by its previous owner: start our own
        const hopeless = error instanceof EmbeddedStartError || error instanceof EmbeddedInUseError;
        if (hopeless || performance.now() > deadline) throw error;
        await delay(100);
      }
    }
  }

  async announce(label: string): Promise<void> {
    this.#label = label;
    await this.#ownership?.announce(label);
  }

  /** Ends supervision, and the server too when it is ours to end. Repeated calls wait for the first one. */
  stop(): Promise<void> {
    this.#stopped ??= this.#shutDown();
    return this.#stopped;
  }

  async #bringUp(): Promise<RunningServer> {
    const { cluster, exclusive, startTimeoutMs, logger } = this.#options;
    const server = await ensureServer(cluster, { timeoutMs: startTimeoutMs, logger });
    if (exclusive) {
      let lost = false;
      const ownership = await takeOwnership(cluster, this.#label, () => {
        lost = true;
        this.#suspect();
      });
      if (lost) throw new Error('the server went away while its lock was taken');
      this.#ownership = ownership;
    }
    this.#server = server;
    server.child?.once('exit', () => this.#suspect());
    return server;
  }

  async #poll(): Promise<void> {
    const pid = this.#server?.pid;
    if (pid === undefined) return;
    if (!(await isAlive(pid))) return this.#suspect();
    if (this.#options.exclusive && (await isShuttingDown(this.cluster.pgData))) this.#hasten(pid);
  }

  /**
   * A plain kill, or a service manager that signals every process of the service, makes the server wait for our
   * own connections to end and refuse new ones meanwhile. Ending it leads to a fresh one.
   */
  #hasten(pid: number): void {
    if (this.#state !== 'running' || this.#recovery !== undefined || pid !== this.#server?.pid) return;
    try {
      process.kill(pid, 'SIGINT');
    } catch {
      // ended by itself just now, which the next look finds
    }
  }

  /** Any sign of death leads here; recovery then finds out what is true. */
  #suspect(): void {
    if (this.#state !== 'running' || this.#recovery !== undefined || this.#server === undefined) return;
    this.#recovery = this.#recover().finally(() => {
      this.#recovery = undefined;
    });
  }

  async #recover(): Promise<void> {
    const { logger } = this.#options;
    const previous = this.#server?.pid;
    logger.warn({ pid: previous }, 'the embedded PostgreSQL went away and is brought back');
    const now = performance.now();
    this.#restartedAt = [...this.#restartedAt.filter((at) => now - at < RESTART_WINDOW_MS), now];
    if (this.#restartedAt.length > MAX_RESTARTS) {
      return this.#fail(
        new EmbeddedFailedError(`The embedded PostgreSQL died ${MAX_RESTARTS + 1} times within a minute.`),
      );
    }
    let failure: unknown;
    for (const pauseMs of BACKOFF_MS) {
      await delay(pauseMs);
      if (this.#state !== 'running') return;
      try {
        await this.#ownership?.release();
        this.#ownership = undefined;
        const { pid } = await this.#bringUp();
        logger.warn({ pid, previous }, 'the embedded PostgreSQL is back');
        for (const listener of this.#restartListeners) listener();
        return;
      } catch (error) {
        if (this.#state !== 'running') return;
        if (error instanceof EmbeddedInUseError) return this.#fail(error);
        failure = error;
        logger.error({ err: error }, 'the embedded PostgreSQL could not be brought back');
      }
    }
    const reason = errorText(failure).replace(/[.]$/, '');
    this.#fail(new EmbeddedFailedError(`The embedded PostgreSQL is lost: ${reason}.`, { cause: failure }));
  }

  #fail(error: Error): void {
    this.#state = 'failed';
    clearInterval(this.#timer);
    this.#options.logger.error({ err: error }, 'the embedded PostgreSQL has been given up');
    for (const listener of this.#fatalListeners) listener(error);
  }

  async #shutDown(): Promise<void> {
    const { cluster, exclusive, logger } = this.#options;
    this.#state = 'stopping';
    clearInterval(this.#timer);
    // An attempt under way is left to finish: given up half-way, its server would run on without an owner.
    await this.#recovery;
    // The lock is held until the server is gone: a successor must not start on one that is about to end.
    const ours = exclusive ? this.#ownership !== undefined : await this.#isLeftAlone();
    try {
      if (ours) await stopServer(cluster, logger);
    } finally {
      await this.#ownership?.release();
    }
  }

  /** A one-off command that had to start the server takes it down again, unless others came to use it. */
  async #isLeftAlone(): Promise<boolean> {
    return this.#server?.child !== undefined && (await isDeserted(this.#options.cluster));
  }
}
