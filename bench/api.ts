import { pino } from 'pino';
import { buildApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { createModules, moduleSettings } from '../src/modules.ts';
import { systemClock } from '../src/platform/clock.ts';
import { type DatabaseTarget, openDatabase } from '../src/platform/db/database.ts';
import { BENCH_SECRET } from './world.ts';

/** The API in a process of its own, as it would be deployed, without a rate limit. Told its database by the first word. */
const target = JSON.parse(process.argv[2] ?? '') as DatabaseTarget;
const config = loadConfig({
  LOG_LEVEL: 'warn',
  RATE_LIMIT_PER_MINUTE: '100000000',
  DATABASE_POOL_SIZE: '20',
});
const db = openDatabase(target, 'verbund_app', config.DATABASE_POOL_SIZE);
const modules = createModules({ db, clock: systemClock, settings: moduleSettings(config, BENCH_SECRET) });
const logger = pino({ level: config.LOG_LEVEL });
const app = await buildApp({
  config,
  authSecret: BENCH_SECRET,
  clock: systemClock,
  logger,
  modules,
  probes: [],
  measures: [],
});
process.send?.(await app.listen({ port: 0, host: '127.0.0.1' }));
process.on('disconnect', () => process.exit());
