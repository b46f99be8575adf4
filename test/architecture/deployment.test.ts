import t from 'tap';
import { loadConfig } from '../../src/config.ts';
import { readText } from '../support/repository.ts';

const dockerfile = readText('Dockerfile');
const compose = readText('compose.yaml');
const environmentExample = readText('.env.example');
const config = readText('src/config.ts');
const manifest = JSON.parse(readText('package.json')) as {
  engines: { node: string };
  bin: Record<string, string>;
  scripts: Record<string, string>;
};

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}

/** Does a version fit a range of the form `>=20.19.0 <21 || >=22.12.0`? Enough for `engines`. */
function fits(version: readonly number[], range: string): boolean {
  const order = (bound: string) => {
    const parts = bound.split('.').map(Number);
    return (
      [0, 1, 2].map((at) => (version[at] ?? 0) - (parts[at] ?? 0)).find((difference) => difference !== 0) ?? 0
    );
  };
  return range.split('||').some((part) =>
    part
      .trim()
      .split(/\s+/)
      .every((term) =>
        term.startsWith('>=') ? order(term.slice(2)) >= 0 : order(term.replace('<', '')) < 0,
      ),
  );
}

t.test('deployment: the images run a Node.js that package.json allows', async (t) => {
  const versions = all(dockerfile, /^FROM node:(\d+)/gm);
  t.ok(versions.length > 0);
  t.same(new Set(versions).size, 1, 'built and run with the same version');
  for (const version of versions)
    t.ok(fits([Number(version), 99, 0], manifest.engines.node), `node ${version}`);
  t.notOk(fits([18, 99, 0], manifest.engines.node), 'the comparison itself can say no');
  t.notOk(fits([20, 18, 0], manifest.engines.node));
});

t.test('deployment: commands name the program and words it knows', async (t) => {
  const commands = [...all(dockerfile, /^CMD (\[.*\])$/gm), ...all(compose, /command: (\["node".*\])$/gm)];
  const words = commands.map((command) => JSON.parse(command) as string[]);
  t.same(
    words.map(([program, file]) => [program, file]),
    words.map(() => ['node', manifest.bin['verbund']]),
  );
  t.same(new Set(words.map((command) => command[2])), new Set(['serve', 'migrate', 'work']));
  const known = readText('src/cli.ts');
  for (const [, , word = ''] of words)
    t.match(known, new RegExp(`\\b${word}\\b`), `src/cli.ts knows ${word}`);
});

t.test('deployment: ports agree with the default', async (t) => {
  const port = all(config, /PORT: Type\.Integer\(\{[^}]*default: ([\d_]+)/g)[0]?.replace('_', '');
  t.ok(port);
  t.same(all(dockerfile, /^EXPOSE (\d+)$/gm), [port]);
  t.same(all(dockerfile, /\bPORT=(\d+)/g), [port]);
  t.same(all(compose, /- "127\.0\.0\.1:\$\{VERBUND_PORT:-\d+\}:(\d+)"/g), [port]);
});

t.test('deployment: only settings that exist are set', async (t) => {
  const settings = new Set(all(config, /^ {2}([A-Z][A-Z0-9_]+): /gm));
  t.ok(settings.has('DATABASE_URL') && settings.has('AUTH_SECRET'), 'the settings were read');
  const block = compose.slice(compose.indexOf('x-settings'), compose.indexOf('services:'));
  const owner = all(compose, /^ {6}(DATABASE_\w+): /gm);
  for (const name of [...all(block, /^ {2}([A-Z_]+): /gm), ...owner])
    t.ok(settings.has(name), `compose.yaml: ${name}`);
  for (const name of all(dockerfile, /\b([A-Z_]+)=\S+/g)) t.ok(settings.has(name), `Dockerfile: ${name}`);
});

t.test(
  'deployment: the program takes the settings as they come out of compose.yaml and Dockerfile',
  async (t) => {
    const block = compose.slice(compose.indexOf('x-settings'), compose.indexOf('services:'));
    const filled = block.replace(
      /\$\{\w+:(?:\?[^}]*|-([^}]*))\}/g,
      (_place, fallback?: string) => fallback ?? 'x'.repeat(32),
    );
    const settings = [...filled.matchAll(/^ {2}([A-Z_]+): (.+)$/gm)].map(([, name = '', value]) => [
      name,
      value,
    ]);
    const inside = [...dockerfile.matchAll(/\b([A-Z_]+)=([\w.]+)/g)].map(([, name = '', value]) => [
      name,
      value,
    ]);
    t.ok(settings.length > 3 && inside.length > 1, 'they were read');
    t.doesNotThrow(() => loadConfig(Object.fromEntries([...inside, ...settings])));
    t.throws(() => loadConfig(Object.fromEntries([...settings, ['TRUST_PROXY', 'false']])), /TRUST_PROXY/);
  },
);

t.test('deployment: no secret inside, and none with a default', async (t) => {
  const required = new Set(all(compose, /\$\{(\w+):\?[^}]+\}/g));
  t.same([...required].toSorted(), [
    'AUTH_SECRET',
    'POSTGRES_APP_PASSWORD',
    'POSTGRES_OWNER_PASSWORD',
    'REDIS_PASSWORD',
  ]);
  const secret = /PASSWORD|SECRET|TOKEN|KEY/;
  for (const name of all(compose, /\$\{(\w+)(?::-[^}]*)?\}/g))
    t.notMatch(name, secret, `${name} is not optional`);
  for (const line of compose.split('\n').filter((text) => /^ *\w*(PASSWORD|SECRET|TOKEN)\w*: /.test(text))) {
    t.match(line, /: \$\{\w+:\?[^}]+\}$/, line.trim());
  }
  t.notMatch(dockerfile, secret);
  for (const name of required)
    t.match(environmentExample, new RegExp(`^${name}=$`, 'm'), `.env.example asks for ${name}`);
  for (const name of all(environmentExample, /^(?:# )?([A-Z][A-Z_]+)=/gm)) {
    t.match(compose, new RegExp(`\\$\\{${name}[:}]`), `compose.yaml uses ${name}`);
  }
});

t.test(
  'deployment: the image works as a plain user, says when it is ready and holds no development package',
  async (t) => {
    const runtime = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    t.same(all(runtime, /^USER (\w+)$/gm), ['node']);
    t.ok(runtime.indexOf('USER node') < runtime.indexOf('\nCMD '));
    t.match(runtime, /^HEALTHCHECK [\s\S]*\/health\/ready/m);
    t.match(dockerfile, /npm ci --omit=dev --omit=optional/);
    t.match(runtime, /COPY --from=packages \/app\/node_modules/);
    t.notMatch(dockerfile, /^ADD /m);
  },
);

t.test('deployment: what the image copies is let through to the build', async (t) => {
  const copied = all(dockerfile, /^COPY (?!--from)(.+) \S+$/gm).flatMap((sources) => sources.split(' '));
  const admitted = new Set(all(readText('.dockerignore'), /^!(.+)$/gm));
  t.same([...new Set(copied)].toSorted(), [...admitted].toSorted());
  t.match(readText('.dockerignore'), /^\*$/m, 'everything else stays outside, `.env` too');
});

t.test('deployment: the schema is brought up to date before anything serves', async (t) => {
  t.match(compose, /migrate:\n\s+condition: service_completed_successfully/);
  t.match(compose, /DATABASE_OWNER_URL: postgres:\/\/verbund_owner:/);
  t.notMatch(
    compose,
    /^ {2}DATABASE_URL: postgres:\/\/verbund_owner/m,
    'the program never runs as the owner',
  );
});

t.test('deployment: the scripts of package.json name files that exist or are built', async (t) => {
  const files = Object.values(manifest.scripts).flatMap((script) => all(script, /\bnode (scripts\/\S+)/g));
  t.ok(files.length > 0);
  for (const file of files) t.doesNotThrow(() => readText(file), file);
  const built = Object.values(manifest.scripts).flatMap((script) => all(script, /\bnode build\/(\S+)\.js/g));
  for (const file of built) t.doesNotThrow(() => readText(`${file}.ts`), `build/${file}.js`);
});
