import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from './config.ts';
import { ConfigError } from './config.ts';
import { newId } from './platform/ids.ts';

/** An empty secret would let anybody sign tokens; a file cut short by a full disk is one. */
const LEAST_CHARACTERS = 32;

/** The signing secret the operator gave, or with the embedded database one that is made once and kept in the data directory. */
export async function authSecretOf(config: Config): Promise<string> {
  if (config.AUTH_SECRET !== undefined) return config.AUTH_SECRET;
  if (config.DATABASE_URL !== undefined) {
    throw new ConfigError(
      'AUTH_SECRET is not set. With a database of your own, give at least 32 random characters, the same to every process.',
    );
  }
  await mkdir(config.VERBUND_DATA_DIR, { recursive: true });
  const file = path.join(config.VERBUND_DATA_DIR, 'auth-secret');
  const secret = await keepOnce(file, () => randomBytes(48).toString('base64url'));
  if (secret.length >= LEAST_CHARACTERS) return secret;
  throw new ConfigError(
    `${file} is damaged. Remove it to have a new secret made; everybody then signs in again.`,
  );
}

/** Makes a file for the owner's eyes once; of two processes at the same moment, both get the text of the first. */
async function keepOnce(file: string, make: () => string): Promise<string> {
  const draft = `${file}.${newId()}.new`;
  await writePrivate(draft, make());
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return (await readFile(file, 'utf8')).trim();
}

export async function writePrivate(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 });
  await chmod(file, 0o600);
}
