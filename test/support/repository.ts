import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checked-out repository; this file runs as build/test/support/repository.js. */
export const repository = fileURLToPath(new URL('../../../', import.meta.url));

export function readText(file: string): string {
  return readFileSync(path.join(repository, file), 'utf8');
}

/** Files below the given folders with one of the endings, as paths from the root; a folder that is missing has none. */
export function listFiles(folders: readonly string[], endings: readonly string[]): string[] {
  return folders.flatMap((folder) => listFolder(folder, endings)).toSorted();
}

function listFolder(folder: string, endings: readonly string[]): string[] {
  try {
    return readdirSync(path.join(repository, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => endings.some((ending) => file.endsWith(ending)))
      .map((file) => `${folder}/${file.split(path.sep).join('/')}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
