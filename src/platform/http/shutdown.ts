import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Lets running requests finish, and nothing else hold up closing: a connection whose request finishes meanwhile would stay open
 * for its keep-alive time, and one on which nobody has said anything yet, as browsers open them in advance, counts as busy.
 */
export function registerShutdown(app: FastifyInstance): void {
  const sockets = new Set<Socket>();
  let isClosing = false;
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
  app.addHook('preClose', async () => {
    isClosing = true;
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  });
}
