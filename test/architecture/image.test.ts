import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { createEmptyDatabase } from '../support/database.ts';
import { buildImageFolder } from '../support/image.ts';
import { Program, urlOf } from '../support/program.ts';
import { readText } from '../support/repository.ts';

const image = mkdtempSync(path.join(tmpdir(), 'verbund-image-'));
t.teardown(() => rmSync(image, { recursive: true, force: true }));
buildImageFolder(image);

t.test('image: holds neither tests nor development packages', async (t) => {
  for (const absent of ['build/test', 'test', 'node_modules/tap', 'node_modules/typescript', '.env'])
    t.notOk(existsSync(path.join(image, absent)), absent);
  t.ok(existsSync(path.join(image, 'node_modules/fastify')), 'and what it needs');
});

t.test('image: the program says what it can do', async (t) => {
  const { code, stdout } = await new Program('--help', {}, image).ended;
  t.equal(code, 0);
  t.match(stdout, /serve .*\n.*work /);
});

t.test('image: prints the API document of the repository', async (t) => {
  const { code, stdout } = await new Program('openapi', {}, image).ended;
  t.equal(code, 0);
  t.equal(stdout, readText('openapi/openapi.json'));
});

t.test('image: finds the texts that people read', async (t) => {
  const texts = pathToFileURL(path.join(image, 'build/src/platform/texts.js')).href;
  const script = `const { textIn } = await import(${JSON.stringify(texts)}); process.stdout.write(textIn('de', 'costing.key.equal'))`;
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: image });
  const catalogue = JSON.parse(readFileSync(path.join(image, 'web/texts/de.json'), 'utf8')) as Record<
    string,
    string
  >;
  t.equal(said.toString(), catalogue['costing.key.equal']);
});

t.test('image: migrates and seeds an empty database, finds nothing wrong and serves', async (t) => {
  const database = await createEmptyDatabase();
  t.teardown(() => database.drop());
  const settings = {
    DATABASE_URL: urlOf(database.target),
    AUTH_SECRET: 'a secret for tests only, long enough to sign',
    PORT: '0',
    PASSWORD_COST: '12',
    VERBUND_DATA_DIR: path.join(image, 'state'),
    LOG_LEVEL: 'warn',
  };
  for (const command of ['migrate', 'seed', 'doctor']) {
    const { code, stdout, stderr } = await new Program(command, settings, image).ended;
    t.equal(code, 0, `${command}: ${stdout}${stderr}`);
  }
  const program = new Program('serve', settings, image);
  t.teardown(() => program.kill());
  const address = await program.says(/runs at (\S+)/);
  t.equal((await fetch(`${address}/health/ready`)).status, 200);
  t.equal((await fetch(`${address}/openapi.json`)).status, 200);
  t.equal((await fetch(`${address}/docs/`)).status, 200);
  t.equal((await fetch(`${address}/api/v1/me`)).status, 401);
  t.equal((await program.stop()).code, 0);
});
