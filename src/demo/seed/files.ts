import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { HatKind } from '../../platform/context.ts';
import { writePrivate } from '../../runtime-files.ts';

/** One entry of `demo-accounts.json`. */
export interface DemoAccount {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly hats: readonly {
    readonly kind: HatKind;
    readonly id: string;
    readonly name: string;
    readonly roles: readonly string[];
  }[];
}

/** One entry of `demo-machine-accounts.json`. */
export interface DemoMachineAccount {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  readonly hat: { readonly kind: HatKind; readonly id: string; readonly name: string };
  readonly scopes: readonly string[];
}

export const ACCOUNTS_FILE = 'demo-accounts.json';
export const MACHINE_ACCOUNTS_FILE = 'demo-machine-accounts.json';

/** Reads a list that an earlier start has written; an empty one when there is none. */
export async function readList<T>(directory: string, name: string): Promise<T[]> {
  try {
    return JSON.parse(await readFile(path.join(directory, name), 'utf8')) as T[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Replaces a list for the owner's eyes in one step: a reader finds the old one or the new one, never half of it. */
export async function writeList(directory: string, name: string, list: readonly unknown[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  await removeDrafts(directory, name);
  const draft = path.join(directory, `${name}.${process.pid}.new`);
  await writePrivate(draft, `${JSON.stringify(list, null, 2)}\n`);
  await rename(draft, path.join(directory, name));
}

/** A killed process leaves its draft behind, with secrets in it. One process writes at a time. */
async function removeDrafts(directory: string, name: string): Promise<void> {
  const isDraft = (file: string): boolean => file.startsWith(`${name}.`) && file.endsWith('.new');
  for (const file of (await readdir(directory)).filter(isDraft)) await rm(path.join(directory, file));
}
