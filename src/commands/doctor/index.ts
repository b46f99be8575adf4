import type { Logger } from 'pino';
import { locateDatabase } from '../../backing.ts';
import type { Config } from '../../config.ts';
import { systemClock } from '../../platform/clock.ts';
import { type DatabaseTarget, openDatabase } from '../../platform/db/database.ts';
import { createQueueSystem } from '../../platform/jobs/queues.ts';
import { askRedis } from '../../platform/jobs/redis-server.ts';
import { within } from '../../platform/within.ts';
import { authSecretOf } from '../../runtime-files.ts';
import { databaseChecks } from './database-checks.ts';
import { diskCheck } from './disk-check.ts';
import type { Check } from './finding.ts';
import { peerChecks } from './peer-checks.ts';
import { redisChecks } from './redis-checks.ts';

/** What does not answer in this time does not answer the program either. */
const LOOK_MS = 5000;
/** Our own peers give up before we do, and say more. */
const PEER_MS = 4000;

/** Looks at everything a start needs and says what is wrong and what to do. 1 when something is. Changes nothing. */
export async function doctor(config: Config, log: Logger): Promise<number> {
  const { target, embedded } = await locateDatabase(config, log, false);
  const { checks, close } = checksOf(config, target);
  const outcomes = await Promise.all(checks.map(outcomeOf));
  for (const { mark, what, text } of outcomes)
    process.stdout.write(`${mark.padEnd(6)} ${what.padEnd(28)} ${text}\n`);
  await close();
  await embedded?.stop();
  return outcomes.some(({ mark }) => mark === 'FAULT') ? 1 : 0;
}

interface Outcome {
  readonly mark: 'ok' | 'advice' | 'FAULT';
  readonly what: string;
  readonly text: string;
}

async function outcomeOf({ what, look }: Check): Promise<Outcome> {
  try {
    const { text, advice } = await within(LOOK_MS, look());
    return advice === undefined
      ? { mark: 'ok', what, text }
      : { mark: 'advice', what, text: `${text}; ${advice}` };
  } catch (error) {
    const { message, code } = error as { message?: string; code?: string };
    return { mark: 'FAULT', what, text: message || code || String(error) };
  }
}

function checksOf(
  config: Config,
  target: DatabaseTarget,
): { checks: Check[]; close: () => Promise<unknown> } {
  const db = openDatabase(target, 'verbund_app', 1);
  const jobs = openDatabase(target, 'verbund_jobs', 1);
  const { REDIS_URL: url, QUEUE_PREFIX: prefix } = config;
  const queues = createQueueSystem(
    url === undefined ? { backend: 'postgres', database: target } : { backend: 'redis', url, prefix },
  );
  queues.onError(() => undefined);
  const queue = queues.queue('requests');
  const redis = url === undefined ? undefined : askRedis(url);
  const checks: Check[] = [
    {
      what: 'secret for access tokens',
      look: async () => ({ text: `${(await authSecretOf(config)).length} characters` }),
    },
    ...(target.kind === 'socket' ? [diskCheck(config.VERBUND_DATA_DIR)] : []),
    ...databaseChecks(db, jobs, systemClock),
    ...(redis === undefined ? [] : redisChecks(redis, systemClock)),
    {
      what: `queues on ${url === undefined ? 'PostgreSQL' : 'Redis'}`,
      look: () => queue.ping().then(() => ({ text: 'answer' })),
    },
    ...peerChecks(config, PEER_MS),
  ];
  const close = () => {
    redis?.close();
    return Promise.allSettled([queue.close(), db.end(), jobs.end()]);
  };
  return { checks, close };
}
