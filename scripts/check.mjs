// Runs the house's checks: all of them, or those named (`npm run check lint borders`).
// Two at a time, the slow ones first; prints the output of a check only when it failed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.execPath;

/** Name, what it guards, and the command. The order is the order of starting: slow ones first. */
const checks = [
  {
    name: 'dead-code',
    guards: 'no unused file, export or package',
    command: [node, 'node_modules/knip/bin/knip.js', '--no-progress'],
  },
  { name: 'borders', guards: 'who may import whom', command: [node, 'scripts/borders.mjs'] },
  { name: 'licences', guards: 'licences of what is shipped', command: [node, 'scripts/licences.mjs'] },
  {
    name: 'lint',
    guards: 'type-aware lint',
    command: [node, 'node_modules/oxlint/bin/oxlint', '--format=unix'],
  },
  { name: 'openapi', guards: 'OpenAPI document', command: [node, 'scripts/openapi-lint.mjs'] },
  {
    name: 'types',
    guards: 'TypeScript 7',
    command: [node, 'node_modules/ts7/bin/tsc', '-p', 'tsconfig.json', '--noEmit'],
  },
  {
    name: 'format',
    guards: 'layout and order of imports',
    command: [
      node,
      'node_modules/@biomejs/biome/bin/biome',
      'check',
      '--error-on-warnings',
      '--reporter=summary',
      '.',
    ],
  },
];

function select(names) {
  const unknown = names.filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0) {
    console.error(
      `No such check: ${unknown.join(', ')}. There are: ${checks.map((check) => check.name).join(', ')}.`,
    );
    process.exit(2);
  }
  return names.length === 0 ? checks : checks.filter((check) => names.includes(check.name));
}

/** Runs one check to its end; a command that cannot start is a failed check, not an exception. */
function run(check) {
  const started = performance.now();
  return new Promise((resolve) => {
    const [file, ...args] = check.command;
    const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    const finish = (ok, extra = '') =>
      resolve({
        check,
        ok,
        seconds: (performance.now() - started) / 1000,
        output: Buffer.concat(output).toString('utf8') + extra,
      });
    child.on('error', (error) => finish(false, error.message));
    child.on('close', (code, signal) => finish(code === 0, signal ? `ended by ${signal}` : ''));
  });
}

async function runAll(selected) {
  const waiting = [...selected];
  const results = [];
  const lane = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) results.push(await run(check));
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));
  return selected.map((check) => results.find((result) => result.check === check));
}

function print(results) {
  for (const { check, output } of results.filter((result) => !result.ok)) {
    console.log(`\n── ${check.name} ${'─'.repeat(Math.max(0, 76 - check.name.length))}\n${output.trim()}`);
  }
  console.log('');
  for (const { check, ok, seconds } of results) {
    console.log(
      `${ok ? 'ok  ' : 'FAIL'}  ${check.name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s  ${check.guards}`,
    );
  }
}

if (!existsSync(`${root}/node_modules`)) {
  console.error('The packages are not installed: npm ci');
  process.exit(2);
}
const results = await runAll(select(process.argv.slice(2)));
const failed = results.filter((result) => !result.ok).length;
print(results);
console.log(`\n${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
