import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ServerUser } from './types.ts';

const execute = promisify(execFile);

/**
 * A fixed environment: the application's secrets must not become readable in the server's environment, and
 * no PG* or locale variable of the caller may change what initdb writes.
 */
export const SERVER_ENV = { PATH: '/usr/bin:/bin', LC_ALL: 'C', HOME: '/' } as const;

/** Runs a program to its end as the given user and returns its standard output. */
export async function runProgram(file: string, args: readonly string[], runAs: ServerUser | undefined) {
  const { stdout } = await execute(file, [...args], { ...runAs, cwd: '/', env: SERVER_ENV });
  return stdout;
}

export type ProcessState = 'alive' | 'zombie' | 'gone';

/** A zombie answers to signal 0 like anybody, but serves nobody and never will. */
export async function processState(pid: number): Promise<ProcessState> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'gone';
  }
  return (await isZombie(pid)) ? 'zombie' : 'alive';
}

export async function isAlive(pid: number): Promise<boolean> {
  return (await processState(pid)) === 'alive';
}

async function isZombie(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') {
    const { stdout } = await execute('ps', ['-o', 'state=', '-p', String(pid)]).catch(() => ({
      stdout: 'Z',
    }));
    return stdout.trim().startsWith('Z');
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // the program name before the state may itself contain brackets and spaces
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
}

/**
 * Whether a living process is a postmaster of this data directory. A process id alone proves nothing: after a
 * reboot it may belong to the distribution's own PostgreSQL, under the same user.
 */
export async function servesDirectory(pid: number, pgData: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    if (cwd !== undefined) return cwd === pgData;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return command.split('\0').includes(pgData);
  }
  const { stdout } = await execute('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.includes(pgData);
}
