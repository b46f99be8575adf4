import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import type { AppArguments } from './embedded-app.ts';
import { PLAIN_NODE } from './plain-node.ts';

export interface AppEvent {
  readonly event: string;
  readonly host?: string;
  readonly adopted?: boolean;
  readonly name?: string;
  readonly message?: string;
}

const PROGRAM = fileURLToPath(new URL('./embedded-app.js', import.meta.url));

/** One running instance of embedded-app, with what it has said so far. */
export class AppProcess {
  readonly child: ChildProcess;
  readonly events: AppEvent[] = [];
  readonly exit: Promise<number | null>;
  #wake: () => void = () => undefined;

  /** `wrapper` is a command that runs the rest of its command line, e.g. in other namespaces. */
  constructor(request: AppArguments, uid?: number, wrapper: readonly string[] = []) {
    const user = uid === undefined ? {} : { uid, gid: uid };
    const words = [...wrapper, ...PLAIN_NODE, PROGRAM, JSON.stringify(request)];
    const [command, ...args] = words as [string, ...string[]];
    this.child = spawn(command, args, {
      ...user,
      cwd: '/',
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.exit = once(this.child, 'close').then(([code]) => code as number | null);
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.events.push(JSON.parse(line) as AppEvent);
      this.#wake();
    });
    this.child.once('close', () => this.#wake());
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** The next event of this name that nobody has waited for, also one said before; fails when the process ends first. */
  async next(...names: string[]): Promise<AppEvent> {
    for (;;) {
      const at = this.events.findIndex(({ event }) => names.includes(event));
      const found = this.events[at];
      if (found !== undefined) {
        this.events.splice(0, at + 1);
        return found;
      }
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`ended without ${names.join('/')}: ${JSON.stringify(this.events)}`);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  tell(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  async stop(): Promise<number | null> {
    this.child.stdin?.end('stop\n');
    return this.exit;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exit;
  }
}

/** One query over a connection of its own. */
export async function query(host: string, text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres({
    host,
    port: 5432,
    user: 'postgres',
    database: 'postgres',
    max: 1,
    fetch_types: false,
  });
  try {
    return [...(await sql.unsafe(text))];
  } finally {
    await sql.end({ timeout: 1 });
  }
}
