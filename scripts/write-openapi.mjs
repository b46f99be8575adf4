// Writes openapi/openapi.json from the built program: the whole document or nothing, so that a crash leaves the old one.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

const run = spawnSync(process.execPath, ['build/src/cli.js', 'openapi'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  maxBuffer: 64 * 1024 * 1024,
});
if (run.status !== 0) {
  console.error('The program did not print its OpenAPI document.');
  process.exit(run.status ?? 1);
}
const document = JSON.parse(run.stdout);
mkdirSync('openapi', { recursive: true });
writeFileSync('openapi/openapi.json', `${JSON.stringify(document, null, 2)}\n`);
console.log(`openapi/openapi.json: ${Object.keys(document.paths ?? {}).length} paths`);
