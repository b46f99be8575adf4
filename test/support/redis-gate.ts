import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** An address that leads to a Redis as long as the gate is open. */
export interface RedisGate {
  readonly url: string;
  /** All connections break and no new one comes about, as when the server has died. */
  shut(): Promise<void>;
  /** Connections stay and new ones come about, but nothing passes any more, as when the machine hangs. */
  freeze(): void;
}

/** @param url of the Redis behind it; without one the gate is frozen from the beginning. */
export async function openRedisGate(url: string | undefined): Promise<RedisGate> {
  const behind = url === undefined ? undefined : new URL(url);
  const sockets = new Set<Socket>();
  let isFrozen = behind === undefined;
  const server = createServer((near) => {
    track(near);
    if (isFrozen || behind === undefined) return;
    const far = connect(Number(behind.port || 6379), behind.hostname);
    track(far);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = new URL(url ?? 'redis://127.0.0.1');
  address.hostname = '127.0.0.1';
  address.port = String((server.address() as AddressInfo).port);
  return {
    url: address.href,
    async shut() {
      if (!server.listening) return;
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
    freeze() {
      isFrozen = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}
