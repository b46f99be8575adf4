import { type ChildProcess, execFile, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import type { DatabaseTarget } from '../src/platform/db/database.ts';

export const CONNECTIONS = 20;

export interface Started {
  readonly address: string;
  stop(): void;
}

/** Starts a script of this folder as a process and waits for its address. */
export async function start(script: string, ...words: string[]): Promise<Started> {
  const child: ChildProcess = fork(fileURLToPath(new URL(script, import.meta.url)), words);
  const address = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve(message as string));
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
  });
  return { address, stop: () => child.kill() };
}

export type Shape = Pick<autocannon.Request, 'method' | 'path' | 'headers' | 'body' | 'setupRequest'>;

/** Requests per second over some seconds at 20 connections, after a warm-up. Throws when an answer is not a success. */
export async function requestsPerSecond(address: string, shape: Shape, seconds: number): Promise<number> {
  const run = (duration: number) =>
    autocannon({ url: address, connections: CONNECTIONS, duration, requests: [shape] });
  await run(Math.min(2, seconds));
  const result = await run(seconds);
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0)
    throw new Error(
      `${failed} of ${result.requests.total} answers were no success, such as: ${await sample(address, shape)}`,
    );
  return result.requests.total / result.duration;
}

async function sample(address: string, shape: Shape): Promise<string> {
  const {
    method = 'GET',
    path = '/',
    headers,
    body,
  } = typeof shape.setupRequest === 'function' ? shape.setupRequest({ ...shape }, {}) : shape;
  const answer = await fetch(`${address}${path}`, {
    method,
    headers: headers as Record<string, string>,
    ...(body ? { body: String(body) } : {}),
  });
  return `${answer.status} ${await answer.text()}`;
}

/** Transactions per second of a pgbench script on the same server, at the same number of connections. */
export async function pgbench(target: DatabaseTarget, script: string, seconds: number): Promise<number> {
  const words = [
    '-n',
    '-M',
    'prepared',
    '-c',
    String(CONNECTIONS),
    '-j',
    '1',
    '-T',
    String(seconds),
    '-f',
    script,
  ];
  const { stdout } = await promisify(execFile)(pgbenchPath(), [...words, ...connectionWords(target)]);
  const tps = /^tps = ([\d.]+)/m.exec(stdout)?.[1];
  if (tps === undefined) throw new Error(`pgbench said nothing of tps:\n${stdout}`);
  return Number(tps);
}

function connectionWords(target: DatabaseTarget): string[] {
  if (target.kind === 'url') return [target.ownerUrl];
  return ['-h', target.host, '-p', String(target.port), '-U', 'postgres', target.database];
}

function pgbenchPath(): string {
  const found = [
    '/usr/bin/pgbench',
    '/usr/local/bin/pgbench',
    '/usr/lib/postgresql/15/bin/pgbench',
    '/usr/lib/postgresql/16/bin/pgbench',
    '/usr/lib/postgresql/17/bin/pgbench',
    '/usr/lib/postgresql/18/bin/pgbench',
  ].find((path) => existsSync(path));
  if (found === undefined)
    throw new Error('pgbench is needed for the floor; install it (Debian: postgresql-contrib or postgresql)');
  return found;
}
