// Holds the source tree against .dependency-cruiser.cjs. `node scripts/borders.mjs [root]`: another root is for the
// test that plants violations. Needs TypeScript 5.9 as `typescript`: with 7 the cruiser finds nothing and says "fine".
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const home = fileURLToPath(new URL('..', import.meta.url));
const root = path.resolve(process.argv[2] ?? home);
const folders = ['src', 'workers', 'test', 'bench'].filter((folder) => existsSync(path.join(root, folder)));

const cruise = spawnSync(
  process.execPath,
  [
    path.join(home, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
    '--config',
    path.join(home, '.dependency-cruiser.cjs'),
    '--output-type',
    'json',
    ...folders,
  ],
  { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
);
if (!cruise.stdout.startsWith('{')) {
  console.error(`dependency-cruiser did not run:\n${cruise.stderr}${cruise.stdout}`);
  process.exit(2);
}
const { modules, summary } = JSON.parse(cruise.stdout);
const own = modules.filter((module) => /^(src|workers)\//.test(module.source)).length;
const followed = modules.reduce((sum, module) => sum + module.dependencies.length, 0);

for (const violation of summary.violations) {
  console.log(`${violation.rule.name}: ${violation.from} -> ${violation.to}`);
}
console.log(`${own} modules, ${followed} imports, ${summary.violations.length} violations`);
if (own === 0 || followed === 0) {
  console.error('No module of ours was cruised: the check is blind (is `typescript` still version 5.9?).');
  process.exit(1);
}
process.exitCode = summary.violations.length === 0 ? 0 : 1;
