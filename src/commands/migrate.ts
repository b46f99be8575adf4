import type { Logger } from 'pino';
import { locateDatabase, migrate } from '../backing.ts';
import type { Config } from '../config.ts';

export async function migrateCommand(config: Config, log: Logger): Promise<number> {
  const { target, embedded } = await locateDatabase(config, log, false);
  await migrate(target);
  await embedded?.stop();
  process.stdout.write('The schema is up to date.\n');
  return 0;
}
