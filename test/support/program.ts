import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { DatabaseTarget } from '../../src/platform/db/database.ts';
import { PLAIN_NODE } from './plain-node.ts';
import { repository } from './repository.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program as a process of its own, with exactly the settings given. */
export class Program {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #wake: () => void = () => undefined;

  constructor(command: string, settings: Readonly<Record<string, string>>, directory: string = repository) {
    const [env, ...node] = PLAIN_NODE;
    this.#child = spawn(env, [...node, path.join(directory, 'build/src/cli.js'), command], {
      cwd: directory,
      env: { PATH: process.env.PATH, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#wake();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = once(this.#child, 'close').then(([code]) => {
      this.#wake();
      return { code: code as number | null, stdout: this.#stdout, stderr: this.#stderr };
    });
  }

  /** What the pattern's group matches in the output, as soon as it does; fails when the program ends first. */
  async says(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.#stdout);
      if (match !== null) return match[1] ?? '';
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`ended without ${pattern}: ${this.#stdout}${this.#stderr}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Asks it to end; how it ended and how long that took. Does nothing to a program that has ended. */
  async stop(): Promise<Ended & { readonly tookMs: number }> {
    const asked = performance.now();
    this.#child.kill('SIGTERM');
    const ended = await this.ended;
    return { ...ended, tookMs: performance.now() - asked };
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** A target as `DATABASE_URL` names it. */
export function urlOf(target: DatabaseTarget): string {
  if (target.kind === 'url') return target.url;
  return `postgres://postgres@localhost:${target.port}/${target.database}?host=${encodeURIComponent(target.host)}`;
}
