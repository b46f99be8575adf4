import { readFileSync } from 'node:fs';

/** The package file stands two folders above the built program. */
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export const VERSION: string = manifest.version;
