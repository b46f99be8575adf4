import type { Clock } from '../../platform/clock.ts';
import type { RedisInfo, RedisServer } from '../../platform/jobs/redis-server.ts';
import { type Check, clockFinding, type Finding } from './finding.ts';

export function redisChecks(redis: RedisServer, clock: Clock): Check[] {
  const from = (assess: (info: RedisInfo) => Finding) => async () => assess(await redis.info());
  return [
    { what: 'Redis', look: from(versionFinding) },
    { what: 'memory of Redis', look: from(memoryFinding) },
    { what: 'persistence of Redis', look: from(persistenceFinding) },
    { what: 'clock of Redis', look: () => clockOf(redis, clock) },
  ];
}

export function versionFinding(info: RedisInfo): Finding {
  const valkey = info.get('valkey_version');
  if (valkey !== undefined) return { text: `Valkey ${valkey}` };
  const version = info.get('redis_version') ?? 'of unknown version';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 6 || (major === 6 && minor >= 2)) return { text: `Redis ${version}` };
  throw new Error(`Redis ${version} is too old; 6.2 or newer is needed`);
}

export function memoryFinding(info: RedisInfo): Finding {
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  if (policy === 'noeviction') return { text: 'maxmemory-policy noeviction' };
  throw new Error(`maxmemory-policy ${policy} throws jobs away when memory is short; set noeviction`);
}

export function persistenceFinding(info: RedisInfo): Finding {
  if (info.get('rdb_last_bgsave_status') === 'err' || info.get('aof_last_write_status') === 'err')
    throw new Error('the last write to its disk failed; Redis refuses changes until one succeeds');
  if (info.get('aof_enabled') === '1') return { text: 'append-only file' };
  return {
    text: 'snapshots at most',
    advice: 'after a crash jobs come again late, from the outbox; set appendonly yes',
  };
}

async function clockOf(redis: RedisServer, clock: Clock): Promise<Finding> {
  const askedAt = Date.parse(clock.now());
  return clockFinding(await redis.time(), askedAt, Date.parse(clock.now()));
}
