import type { FastifyInstance } from 'fastify';
import { hashOf } from '../hash.ts';

/** Takes `Idempotency-Key` into the context of routes that create, and says on the answer when it was a stored one. */
export function registerIdempotency(app: FastifyInstance): void {
  app.addHook('preHandler', async (request) => {
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || !request.routeOptions.config.idempotent) return;
    const claim = {
      key,
      route: `${request.method} ${request.url}`,
      bodyHash: hashOf(request.body ?? null),
      replayed: false,
    };
    request.ctx = { ...request.ctx, idempotency: claim };
  });
  app.addHook('onSend', async (request, reply) => {
    if (request.ctx?.idempotency?.replayed) reply.header('idempotency-replayed', 'true');
  });
}
