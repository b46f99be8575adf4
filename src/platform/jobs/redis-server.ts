import { Redis } from 'ioredis';

/** What a Redis says of itself. */
export interface RedisServer {
  /** The answer to `INFO` by name. */
  info(): Promise<RedisInfo>;
  /** Its clock, in milliseconds since 1970. */
  time(): Promise<number>;
  close(): void;
}

export type RedisInfo = ReadonlyMap<string, string>;

/** Connects with the first question. One that does not answer is not tried again. */
export function askRedis(url: string): RedisServer {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined); // the rejected call says the same
  return {
    info: async () => infoOf(await redis.info()),
    async time() {
      const [seconds = 0, microseconds = 0] = (await redis.time()).map(Number);
      return seconds * 1000 + microseconds / 1000;
    },
    close: () => redis.disconnect(),
  };
}

export function infoOf(text: string): RedisInfo {
  return new Map([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]));
}
