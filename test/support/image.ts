import { cpSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { readText, repository } from './repository.ts';

interface Copy {
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

/** Puts into a directory what the Dockerfile puts into the image, by its `COPY` lines, and nothing else. */
export function buildImageFolder(directory: string): void {
  const stages = readText('Dockerfile').split(/^FROM /m);
  const stage = (name: string): Copy[] =>
    copiesOf(stages.find((text) => text.split('\n')[0]?.endsWith(` AS ${name}`)) ?? '');
  for (const { from, sources, target } of stage('runtime')) {
    if (from === undefined) copyPlain(sources, path.join(directory, target));
    else if (from === 'build') copyBuilt(stage('build'), path.join(directory, target));
    else if (from === 'packages') linkPackages(path.join(directory, target));
    else throw new Error(`COPY --from=${from}: this test does not know that stage`);
  }
}

function copiesOf(stage: string): Copy[] {
  return [...stage.matchAll(/^COPY (?:--from=(\w+) )?(.+) (\S+)$/gm)].map(
    ([, from, sources = '', target = '']) => ({
      from,
      sources: sources.split(' '),
      target,
    }),
  );
}

/** As COPY does: of a folder its content, of a file the file. */
function copyPlain(sources: readonly string[], target: string): void {
  for (const source of sources) {
    const original = path.join(repository, source);
    const place = statSync(original).isDirectory() ? target : path.join(target, path.basename(source));
    cpSync(original, place, { recursive: true });
  }
}

/** The build stage compiles only what it was given; the checkout's build holds the tests too. */
function copyBuilt(given: readonly Copy[], target: string): void {
  for (const folder of given.flatMap(({ sources }) => sources)) {
    const built = path.join(repository, 'build', folder);
    if (existsSync(built)) cpSync(built, path.join(target, folder), { recursive: true });
  }
}

interface Locked {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** What `npm ci --omit=dev --omit=optional` installs, by the lock file. */
function linkPackages(target: string): void {
  const { packages } = JSON.parse(readText('package-lock.json')) as { packages: Record<string, Locked> };
  const installed = new Set(readdirSync(path.join(repository, 'node_modules')));
  for (const [place, { dev, optional, devOptional }] of Object.entries(packages)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(place)?.[1];
    if (name === undefined || dev || optional || devOptional) continue;
    if (!installed.has(name.split('/')[0] ?? '')) throw new Error(`${name} is not installed; run npm ci`);
    mkdirSync(path.dirname(path.join(target, name)), { recursive: true });
    symlinkSync(path.join(repository, place), path.join(target, name), 'dir');
  }
}
