import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import type { Backing } from '../backing.ts';
import type { Config } from '../config.ts';
import { ACCOUNTS_FILE } from '../demo/seed/files.ts';
import { seedDemo } from '../demo/seed/index.ts';
import type { Modules } from '../modules.ts';
import { systemClock } from '../platform/clock.ts';
import { type Parts, type RunningProcess, startProcess } from '../server.ts';

/** Runs until SIGTERM or SIGINT, then lets running work finish. A second signal ends at once. */
export async function runUntilStopped(config: Config, log: Logger, parts: Parts): Promise<number> {
  if (config.DATABASE_URL === undefined && !(parts.api && parts.worker)) {
    throw new Error(
      'serve and work are processes of their own and share a database: set DATABASE_URL, or run `verbund all`.',
    );
  }
  const stopped = signalled();
  const beforeListening = (backing: Backing, modules: Modules) => loadDemo(config, log, backing, modules);
  const starting = startProcess(config, log, parts, { beforeListening });
  const running = await Promise.race([starting, stopped]).catch((error: unknown) => {
    throw explained(error, config);
  });
  if (typeof running === 'string') process.exit(143); // told to end before there was anything to finish
  greet(running, config);
  const failed = new Promise<Error>((resolve) => running.backing.embedded?.onFatal(resolve));
  const reason = await Promise.race([stopped, failed]);
  log.info({ reason: String(reason) }, 'stopping: running requests and jobs may finish');
  const isLate = Symbol('late');
  const late = new Promise<typeof isLate>((resolve) => {
    setTimeout(resolve, config.SHUTDOWN_GRACE_SECONDS * 1000, isLate).unref();
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(130));
  const outcome = await Promise.race([running.stop(), late]);
  if (outcome === isLate) {
    log.error('some work did not finish in time and was cut off; it will be done again');
    process.exit(1);
  }
  return reason instanceof Error ? 1 : 0;
}

/** The embedded database starts with the demo world, once, unless something else is in it. */
async function loadDemo(
  config: Config,
  log: Logger,
  { db, embedded }: Backing,
  modules: Modules,
): Promise<void> {
  if (embedded === undefined || config.DEMO_DATA === 'off') return;
  const outcome = await seedDemo({ db, modules, clock: systemClock, directory: config.VERBUND_DATA_DIR });
  if (outcome === 'loaded')
    log.info('the demo world is loaded; case numbers, people and amounts in it are invented');
}

function signalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

function explained(error: unknown, config: Config): unknown {
  const { code } = error as { code?: string };
  if (code === 'EADDRINUSE')
    return new Error(`port ${config.PORT} on ${config.HOST} is taken; set PORT to another one.`);
  return error;
}

function greet({ address, backing }: RunningProcess, config: Config): void {
  const accounts = path.join(config.VERBUND_DATA_DIR, ACCOUNTS_FILE);
  const lines = [
    address === undefined ? 'Verbund works.' : `Verbund runs at ${address}`,
    ...(address === undefined
      ? []
      : [`  API document   ${address}/openapi.json`, `  to browse      ${address}/docs`]),
    ...(backing.embedded === undefined || !existsSync(accounts) ? [] : [`  demo accounts  ${accounts}`]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
