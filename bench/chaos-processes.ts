import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../src/cli.js', import.meta.url));

/** A process that is started anew whenever it is killed, as a service manager would do it. */
export interface Victim {
  readonly name: string;
  readonly kills: () => number;
  kill(): void;
  /** Ends it for good, orderly. */
  stop(): Promise<void>;
}

export function keepRunning(
  name: string,
  command: string,
  words: readonly string[],
  env: Record<string, string> = {},
): Victim {
  let kills = 0;
  let isWanted = true;
  let child: ChildProcess = run();
  function run(): ChildProcess {
    const started = spawn(command, words, { env: { ...process.env, ...env }, stdio: 'ignore' });
    started.once('exit', () => {
      if (isWanted) setTimeout(() => isWanted && (child = run()), 200);
    });
    return started;
  }
  return {
    name,
    kills: () => kills,
    kill() {
      kills += 1;
      child.kill('SIGKILL');
    },
    async stop() {
      isWanted = false;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export function verbund(name: string, command: string, env: Record<string, string>): Victim {
  return keepRunning(name, process.execPath, [CLI, command], env);
}

/** The embedded server of a data directory: killed from outside, revived by the program that owns it. */
export function embeddedServer(
  dataDir: string,
): Omit<Victim, 'stop'> & { socket(): { host: string; port: number } } {
  let kills = 0;
  const lines = (): string[] =>
    readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  return {
    name: 'embedded PostgreSQL',
    kills: () => kills,
    kill() {
      try {
        process.kill(Number(lines()[0]), 'SIGKILL');
        kills += 1;
      } catch {
        // It is down already, from the kill before.
      }
    },
    socket: () => ({ port: Number(lines()[3]), host: lines()[4] ?? '' }),
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
  await new Promise((resolve) => server.close(resolve));
  return port;
}
