import type { Logger } from 'pino';
import { openBacking } from '../backing.ts';
import type { Config } from '../config.ts';
import { ACCOUNTS_FILE } from '../demo/seed/files.ts';
import { seedDemo } from '../demo/seed/index.ts';
import { createModules, moduleSettings } from '../modules.ts';
import { systemClock } from '../platform/clock.ts';
import { authSecretOf } from '../runtime-files.ts';

/** Loads the demo world into a database that holds nothing else. */
export async function seedCommand(config: Config, log: Logger): Promise<number> {
  const authSecret = await authSecretOf(config);
  const backing = await openBacking(config, log, { migrates: true });
  try {
    const directory = config.VERBUND_DATA_DIR;
    const modules = createModules({
      db: backing.db,
      clock: systemClock,
      settings: moduleSettings(config, authSecret),
    });
    const outcome = await seedDemo({ db: backing.db, modules, clock: systemClock, directory });
    if (outcome === 'foreign') {
      process.stderr.write('verbund seed: the database holds organisations already and was left as it is.\n');
      return 1;
    }
    const text =
      outcome === 'loaded'
        ? 'The demo world is loaded.'
        : 'The demo world was loaded before; nothing changed.';
    process.stdout.write(
      `${text}\n  demo accounts  ${directory}/${ACCOUNTS_FILE}\n  case numbers, people and amounts are invented\n`,
    );
    return 0;
  } finally {
    await backing.close();
  }
}
