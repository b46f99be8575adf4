// Runs the tests. Without DATABASE_URL a throw-away embedded PostgreSQL is started for the run; without REDIS_URL the queues
// run on PostgreSQL. Arguments go to tap: `npm test -- build/test/modules/requests.test.js`.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tap = `${root}node_modules/tap/dist/esm/run.mjs`;
const report = `${root}out/test-${process.pid}.tap`;

/**
 * The one place where the run gets its servers.
 * @returns {Promise<{ env: Record<string, string>, stop: () => Promise<void> }>}
 */
async function startServers() {
  if (process.env.DATABASE_URL) return { env: {}, stop: async () => {} };
  const { startTestCluster } = await import('../build/test/support/cluster.js');
  return startTestCluster();
}

/** tap generates its test class at install time, with the TypeScript plugin; .taprc leaves that one out, so build it anew. */
function buildTapOnce() {
  const generated = readFileSync(`${root}node_modules/@tapjs/test/test-built/dist/esm/index.js`, 'utf8');
  if (!generated.includes('@tapjs/typescript')) return;
  const built = spawnSync(process.execPath, [tap, 'build'], { cwd: root, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`tap could not be built:\n${built.stdout}${built.stderr}`);
}

/** Runs tap to its end; a signal to us ends tap first, and the servers after it. */
function runTap(env) {
  const reporter = process.stdout.isTTY ? [] : ['--reporter=terse'];
  const args = [tap, `--output-file=${report}`, ...reporter, ...process.argv.slice(2)];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Counts of the closing line `# { total: 12, pass: 11, fail: 1 }`; nothing when tap never came that far. */
function readCounts() {
  let text = '';
  try {
    text = readFileSync(report, 'utf8');
  } catch {
    return undefined;
  }
  const line = text.match(/^# \{ total: .*\}$/gm)?.at(-1);
  if (line === undefined) return undefined;
  const count = (name) => Number(line.match(new RegExp(`\\b${name}: (\\d+)`))?.[1] ?? 0);
  return { passed: count('pass'), failed: count('fail'), skipped: count('skip') + count('todo') };
}

/** Green only when something ran, nothing was left out and tap itself is content. */
function conclude(code, counts) {
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
  if (passed + failed === 0) console.log('No test ran: that is a failure.');
  if (skipped > 0) console.log(`${skipped} skipped: a test that is left out is a failure.`);
  if (code !== 0 && failed === 0) console.log(`tap ended with ${code}.`);
  const green = code === 0 && failed === 0 && skipped === 0 && passed > 0;
  console.log(`${passed} passed, ${green ? 0 : Math.max(1, failed + skipped)} failed`);
  return green ? 0 : code || 1;
}

buildTapOnce();
mkdirSync(`${root}out`, { recursive: true });
const servers = await startServers();
let code = 1;
try {
  code = await runTap(servers.env);
} finally {
  await servers.stop();
}
const counts = readCounts();
rmSync(report, { force: true });
process.exitCode = conclude(code, counts);
