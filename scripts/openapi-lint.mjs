// Lints the committed OpenAPI document. A missing document is a failure: nothing would be checked.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const document = process.argv[2] ?? 'openapi/openapi.json';
if (!existsSync(document)) {
  console.error(`${document} is missing: npm run openapi`);
  process.exit(1);
}
const lint = spawnSync(
  process.execPath,
  ['node_modules/@redocly/cli/bin/cli.js', 'lint', '--config', 'redocly.yaml', document],
  {
    stdio: 'inherit',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  },
);
process.exitCode = lint.status ?? 1;
