import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPostmaster } from './lock-files.ts';
import { isAlive } from './processes.ts';
import { type Embedded, startEmbedded } from './start.ts';
import type { EmbeddedLogger, ServerSettings } from './types.ts';

export interface ThrowawayOptions {
  readonly logger?: EmbeddedLogger;
  readonly settings?: ServerSettings;
}

/** `stop()` also removes the directory. */
export type Throwaway = Embedded & { readonly dataDir: string };

const NAME = /^verbund-throwaway-(\d+)-/;
const SILENT: EmbeddedLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Nothing here is to survive a crash, so nothing waits for the disk. */
const CARELESS: ServerSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum_naptime: '5min',
};

/** A fresh cluster in the temporary directory, for one test run. */
export async function startThrowaway(options: ThrowawayOptions = {}): Promise<Throwaway> {
  await removeOrphans();
  const dataDir = await mkdtemp(path.join(tmpdir(), `verbund-throwaway-${process.pid}-`));
  if (process.getuid?.() === 0) await chmod(dataDir, 0o711); // the server's own user must get through
  const remove = (): Promise<void> => rm(dataDir, { recursive: true, force: true });
  try {
    const embedded = await startEmbedded({
      dataDir,
      exclusive: true,
      label: `throw-away ${randomBytes(3).toString('hex')}`,
      logger: options.logger ?? SILENT,
      settings: { ...CARELESS, ...options.settings },
      machine: { throwaway: true },
    });
    return { ...embedded, dataDir, stop: () => embedded.stop().then(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A killed test run leaves its server behind; the next one ends it, since nobody else will. */
async function removeOrphans(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const maker = NAME.exec(name)?.[1];
    if (maker === undefined || (await isAlive(Number(maker)))) continue;
    const directory = path.join(tmpdir(), name);
    const info = await lstat(directory).catch(() => undefined);
    if (!info?.isDirectory() || info.uid !== process.getuid?.()) continue;
    await endServer(path.join(directory, 'postgres'));
    await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function endServer(pgData: string): Promise<void> {
  const pid = await findPostmaster(pgData);
  if (pid !== undefined) process.kill(pid, 'SIGQUIT');
}
