#!/usr/bin/env node
/** Parses words and calls one function each. Imports what a command needs only when it is asked for: `compute` starts at once. */
const COMMANDS = {
  serve: 'run the API',
  work: 'run the workers: queues, timers, outbox',
  all: 'run API and workers in one process, with an embedded database unless DATABASE_URL is set',
  migrate: 'bring the database schema up to date',
  seed: 'load the demo world into an empty database',
  demo: 'play a quarter of the demo centres through the API and print who pays what and why',
  compute: 'work out a calculation file, offline: verbund compute [--verify] FILE|-',
  openapi: 'print the API document',
  doctor: 'check settings, database, rights, queues, clocks and disk, and say what to do',
} as const;

type Command = keyof typeof COMMANDS;

const USAGE = `verbund COMMAND

${Object.entries(COMMANDS)
  .map(([name, text]) => `  ${name.padEnd(9)} ${text}`)
  .join('\n')}

Settings are environment variables, see docs/configuration.md.
`;

async function main(words: readonly string[]): Promise<number> {
  const [command = '', ...rest] = words;
  if (['help', '--help', '-h'].includes(command)) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (!Object.hasOwn(COMMANDS, command)) {
    process.stderr.write(command === '' ? USAGE : `verbund: there is no command ${command}\n\n${USAGE}`);
    return 2;
  }
  return run(command as Command, rest);
}

async function run(command: Command, rest: readonly string[]): Promise<number> {
  if (command === 'compute') {
    const { computeCommand } = await import('./commands/compute.ts');
    return computeCommand(rest);
  }
  if (rest.length > 0) {
    process.stderr.write(`verbund ${command} takes no further words, but got: ${rest.join(' ')}\n`);
    return 2;
  }
  const { runCommand } = await import('./commands/index.ts');
  return runCommand(command);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`verbund: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
