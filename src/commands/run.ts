import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type Parts, type RunningProcess, startProcess } from '../server.ts';

/** Runs until SIGTERM or SIGINT, then lets running work finish. A second signal ends at once. */
export async function runUntilStopped(config: Config, log: Logger, parts: Parts): Promise<number> {
  if (config.DATABASE_URL === undefined && !(parts.api && parts.worker)) {
    throw new Error(
      'serve and work are processes of their own and share a database: set DATABASE_URL, or run `verbund all`.',
    );
  }
  const stopped = signalled();
  const running = await startProcess(config, log, parts).catch((error: unknown) => {
    throw explained(error, config);
  });
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
  const lines = [
    address === undefined ? 'Verbund works.' : `Verbund runs at ${address}`,
    ...(address === undefined
      ? []
      : [`  API document   ${address}/openapi.json`, `  to browse      ${address}/docs`]),
    ...(backing.embedded === undefined
      ? []
      : [`  demo accounts  ${config.VERBUND_DATA_DIR}/demo-accounts.json`]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
