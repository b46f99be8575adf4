// Runs the tests. Without DATABASE_URL a throw-away embedded PostgreSQL is started for the run; without REDIS_URL the queues
// run on PostgreSQL. Arguments go to tap: `npm test -- build/test/modules/requests.test.js`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tap = `${root}node_modules/tap/dist/esm/run.mjs`;
const withoutHooks = `--import=${new URL('no-load-hooks.mjs', import.meta.url)}`;
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

/** Plugins that .taprc leaves out. The last one would run every import through a thread of its own, for mocks that no test here makes. */
const LEFT_OUT = ['@tapjs/typescript', '@tapjs/mock'];

/** tap generates its test class at install time, with all plugins, so build it anew. */
function buildTapOnce() {
  const generated = readFileSync(`${root}node_modules/@tapjs/test/test-built/dist/esm/index.js`, 'utf8');
  if (!LEFT_OUT.some((plugin) => generated.includes(plugin))) return;
  const built = spawnSync(process.execPath, [tap, 'build'], { cwd: root, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`tap could not be built:\n${built.stdout}${built.stderr}`);
}

/** How tap closes: `# { total: 12, pass: 11, fail: 1 }`. */
const closing = /^# \{ total: .*\}$/;

/** What a log does not need of TAP: assertions that held, plans, headings. Files, failures and their diagnosis stay. */
const noise = /^\s*$|^TAP version|^\d+\.\.\d+|^ +(ok \d|\d+\.\.\d+|# time=)|^ *# Subtest:|^# No coverage/;

/** Runs tap to its end; a signal to us ends tap first, and the servers after it. */
function runTap(env) {
  const forPeople = Boolean(process.stdout.isTTY);
  const args = [tap, forPeople ? `--output-file=${report}` : '--reporter=tap', ...process.argv.slice(2)];
  let lastClosing;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${withoutHooks}` },
      stdio: ['inherit', forPeople ? 'inherit' : 'pipe', 'inherit'],
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (closing.test(line)) lastClosing = line;
        if (!noise.test(line)) console.log(line);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code: code ?? 1, closing: forPeople ? closingOfReport() : lastClosing });
    });
  });
}

/** The closing line of the TAP file beside a run that people watch; nothing when tap never came that far. */
function closingOfReport() {
  if (!existsSync(report)) return undefined;
  const line = readFileSync(report, 'utf8')
    .split('\n')
    .findLast((text) => closing.test(text));
  rmSync(report);
  return line;
}

/** Green only when something ran, nothing was left out and tap itself is content. */
function conclude({ code, closing: line = '' }) {
  const count = (name) => Number(line.match(new RegExp(`\\b${name}: (\\d+)`))?.[1] ?? 0);
  const [passed, failed, skipped] = [count('pass'), count('fail'), count('skip') + count('todo')];
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
let result = { code: 1 };
try {
  result = await runTap(servers.env);
} finally {
  await servers.stop();
}
process.exitCode = conclude(result);
