import { Redis } from 'ioredis';
import type { Clock } from '../../platform/clock.ts';
import { type Check, clockFinding, type Finding } from './finding.ts';

/** @returns the checks, and what ends the connection they share */
export function redisChecks(url: string, clock: Clock): { checks: Check[]; close: () => void } {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined); // the rejected call says the same
  const from = (assess: (info: Info) => Finding) => async () => assess(infoOf(await redis.info()));
  const checks = [
    { what: 'Redis', look: from(versionFinding) },
    { what: 'memory of Redis', look: from(memoryFinding) },
    { what: 'persistence of Redis', look: from(persistenceFinding) },
    { what: 'clock of Redis', look: () => clockOf(redis, clock) },
  ];
  return { checks, close: () => redis.disconnect() };
}

type Info = ReadonlyMap<string, string>;

/** The answer to `INFO` by name. */
export function infoOf(text: string): Info {
  return new Map([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]));
}

export function versionFinding(info: Info): Finding {
  const valkey = info.get('valkey_version');
  if (valkey !== undefined) return { text: `Valkey ${valkey}` };
  const version = info.get('redis_version') ?? 'of unknown version';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 6 || (major === 6 && minor >= 2)) return { text: `Redis ${version}` };
  throw new Error(`Redis ${version} is too old; 6.2 or newer is needed`);
}

export function memoryFinding(info: Info): Finding {
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  if (policy === 'noeviction') return { text: 'maxmemory-policy noeviction' };
  throw new Error(`maxmemory-policy ${policy} throws jobs away when memory is short; set noeviction`);
}

export function persistenceFinding(info: Info): Finding {
  if (info.get('rdb_last_bgsave_status') === 'err' || info.get('aof_last_write_status') === 'err')
    throw new Error('the last write to its disk failed; Redis refuses changes until one succeeds');
  if (info.get('aof_enabled') === '1') return { text: 'append-only file' };
  return {
    text: 'snapshots at most',
    advice: 'after a crash jobs come again late, from the outbox; set appendonly yes',
  };
}

async function clockOf(redis: Redis, clock: Clock): Promise<Finding> {
  const askedAt = Date.parse(clock.now());
  const [seconds = 0, microseconds = 0] = (await redis.time()).map(Number);
  return clockFinding(seconds * 1000 + microseconds / 1000, askedAt, Date.parse(clock.now()));
}
