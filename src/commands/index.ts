import { loadConfig } from '../config.ts';
import { createLogger } from '../logger.ts';
import { demoCommand } from './demo.ts';
import { doctor } from './doctor/index.ts';
import { migrateCommand } from './migrate.ts';
import { printOpenApi } from './openapi.ts';
import { runUntilStopped } from './run.ts';
import { seedCommand } from './seed.ts';

type Name = 'serve' | 'work' | 'all' | 'migrate' | 'seed' | 'demo' | 'openapi' | 'doctor';

/** Runs one command and returns its exit code. */
export async function runCommand(name: Name): Promise<number> {
  if (name === 'openapi') return printOpenApi();
  const config = loadConfig();
  const log = createLogger(config.LOG_LEVEL);
  switch (name) {
    case 'serve':
      return runUntilStopped(config, log, { api: true, worker: false, migrates: false });
    case 'work':
      return runUntilStopped(config, log, { api: false, worker: true, migrates: false });
    case 'all':
      return runUntilStopped(config, log, { api: true, worker: true, migrates: true });
    case 'migrate':
      return migrateCommand(config, log);
    case 'doctor':
      return doctor(config, log);
    case 'seed':
      return seedCommand(config, log);
    case 'demo':
      return demoCommand(createLogger(process.stdout.isTTY ? 'error' : 'warn'));
  }
}
