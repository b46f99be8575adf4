// A whole application as far as the embedded database is concerned: started as a process of its own, so that
// a test can kill it. Talks in JSON lines; "stop" on standard input ends it properly.
import { createInterface } from 'node:readline';
import { startEmbedded } from '../../src/platform/embedded/index.ts';

export interface AppArguments {
  readonly dataDir: string;
  readonly exclusive?: boolean;
  readonly label?: string;
  readonly missingUsers?: readonly string[];
  readonly systemDir?: string;
  readonly packageDir?: string;
  readonly settings?: Record<string, string>;
}

const request = JSON.parse(process.argv[2] ?? '{}') as AppArguments;

function say(event: string, details: object = {}): void {
  process.stdout.write(`${JSON.stringify({ event, ...details })}\n`);
}

const known: Record<string, { uid: number; gid: number }> = { nobody: { uid: 65534, gid: 65534 } };

try {
  const embedded = await startEmbedded({
    dataDir: request.dataDir,
    exclusive: request.exclusive ?? true,
    label: request.label ?? '',
    settings: { fsync: 'off', shared_buffers: '16MB', ...request.settings },
    logger: {
      info: (details, message) => say('log', { level: 'info', message, details }),
      warn: (details, message) => say('log', { level: 'warn', message, details }),
      error: (details, message) => say('log', { level: 'error', message, details }),
    },
    machine: {
      ...(request.systemDir === undefined ? {} : { systemDir: request.systemDir }),
      ...(request.packageDir === undefined ? {} : { packageDir: request.packageDir }),
      ...(request.missingUsers === undefined
        ? {}
        : { lookupUser: async (name) => (request.missingUsers?.includes(name) ? undefined : known[name]) }),
    },
  });
  embedded.onRestart(() => say('restarted'));
  embedded.onFatal((error) => say('fatal', { name: error.name, message: error.message }));
  say('ready', { host: embedded.host, port: embedded.port, user: embedded.user, adopted: embedded.adopted });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'stop') break;
    if (line.startsWith('announce ')) await embedded.announce(line.slice('announce '.length));
    say('done', { line });
  }
  await embedded.stop();
  say('stopped');
} catch (error) {
  const { name, message } = error as Error;
  say('error', { name, message });
  process.exitCode = 7;
}
