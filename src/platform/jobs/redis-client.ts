import { createIORedisClient, RedisConnection } from 'bullmq';
import { Redis } from 'ioredis';

/**
 * Ends at once when it is closed while it waits to try its server again. ioredis alone would then only drop the next attempt, and
 * all that waits for an answer, or for the end, would wait for ever.
 */
class PromptRedis extends Redis {
  override disconnect(reconnect = false): void {
    const isBetweenAttempts = this.status === 'reconnecting';
    super.disconnect(reconnect);
    if (reconnect || !isBetweenAttempts) return;
    this.connect().catch(() => undefined);
    super.disconnect(); // before that attempt leaves the machine: it fails, and with it all that waits
  }
}

/** BullMQ's one place for the kind of its connections to Redis. */
export function useRedisClients(): void {
  RedisConnection.clientFactory = (options) => createIORedisClient(new PromptRedis(options));
}
