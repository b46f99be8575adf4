import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Logger } from 'pino';
import type { Backing } from '../backing.ts';
import { loadConfig } from '../config.ts';
import { BEGINNING, PLAYED, PROGRESS_STEPS, play } from '../demo/play/index.ts';
import { progressOn } from '../demo/play/progress.ts';
import { seedStructure, type World } from '../demo/seed/index.ts';
import type { Modules } from '../modules.ts';
import { fixedClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/db/database.ts';
import { startProcess } from '../server.ts';

const OUT = 'out';

/** Plays a quarter on an instance of its own, which is gone afterwards. 1 when anything does not add up. */
export async function demoCommand(log: Logger): Promise<number> {
  const directory = await mkdtemp(path.join(tmpdir(), 'verbund-demo-'));
  if (process.getuid?.() === 0) await chmod(directory, 0o711); // the database server runs as another user
  const progress = progressOn(process.stdout, PROGRESS_STEPS);
  try {
    process.stdout.write(
      `Vorführung: ${PLAYED.code} in sechs Zentren, auf einer Instanz nur für diesen Lauf.\n`,
    );
    progress.step('Die Instanz startet');
    const text = await playOn(directory, log, progress);
    progress.end();
    process.stdout.write(`\n${text}`);
    return 0;
  } catch (error) {
    progress.end();
    process.stderr.write(
      `verbund demo: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function playOn(
  directory: string,
  log: Logger,
  progress: ReturnType<typeof progressOn>,
): Promise<string> {
  const interrupted = interruption();
  const clock = fixedClock(BEGINNING);
  const config = loadConfig({
    PORT: '0',
    VERBUND_DATA_DIR: directory,
    DEMO_DATA: 'off',
    PASSWORD_COST: '12', // accounts that live for a minute
    RATE_LIMIT_PER_MINUTE: '1000000',
  });
  let world: World | undefined;
  const beforeListening = async (backing: Backing, modules: Modules): Promise<void> => {
    await forgetSafety(backing);
    world = await seedStructure({ db: backing.db, modules, clock, directory }, clock.now());
    await world.passwordsSet;
  };
  const parts = { api: true, worker: true, migrates: true };
  const running = await startProcess(config, log, parts, { clock, beforeListening });
  try {
    const { address } = running;
    if (address === undefined || world === undefined) throw new Error('the instance does not listen');
    return await Promise.race([play({ address, clock, world, directory, out: OUT, progress }), interrupted]);
  } finally {
    await running.stop();
  }
}

/** Fails when somebody ends the play, so that everything is cleaned up as after any other failure. */
function interruption(): Promise<never> {
  const interrupted = new Promise<never>((_resolve, reject) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => reject(new Error(`ended by ${signal}`)));
  });
  interrupted.catch(() => undefined); // heard only while the play is on
  return interrupted;
}

/** Nothing here is to survive a crash, so nothing waits for the disk. */
async function forgetSafety({ target }: Backing): Promise<void> {
  const owner = openDatabase(target, 'owner', 1);
  await owner.sql`alter system set synchronous_commit = off`;
  await owner.sql`select pg_reload_conf()`;
  await owner.end();
}
