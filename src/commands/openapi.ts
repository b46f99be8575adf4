import { pino } from 'pino';
import { buildApp } from '../app.ts';
import { loadConfig } from '../config.ts';
import { createModules, moduleSettings } from '../modules.ts';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/db/database.ts';

/** The API document as text. Connects to nothing: the pool opens on first use, and is never used. */
export async function openApiDocument(): Promise<string> {
  const config = loadConfig({ PASSWORD_COST: '12' });
  const secret = 'never used to sign anything at all';
  const target = { kind: 'socket', host: '/nowhere', port: 0, database: 'none' } as const;
  const db = openDatabase(target, 'verbund_app', 1);
  const modules = createModules({ db, clock: systemClock, settings: moduleSettings(config, secret) });
  const app = await buildApp({
    config,
    authSecret: secret,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    modules,
    probes: [],
    measures: [],
  });
  await app.ready();
  const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
  await app.close();
  return text;
}

export async function printOpenApi(): Promise<number> {
  process.stdout.write(await openApiDocument());
  return 0;
}
