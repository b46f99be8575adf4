import type { FastifyInstance, FastifyRequest } from 'fastify';
import { hashOf } from '../hash.ts';

/** Takes `Idempotency-Key` into the context of routes that create, and says on the answer when it was a stored one. */
export function registerIdempotency(app: FastifyInstance): void {
  app.addHook('preHandler', async (request) => {
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || !request.routeOptions.config.idempotent) return;
    const claim = {
      key,
      route: routeOf(request),
      bodyHash: hashOf(request.body ?? null),
      replayed: false,
    };
    request.ctx = { ...request.ctx, idempotency: claim };
  });
  app.addHook('onSend', async (request, reply) => {
    if (request.ctx?.idempotency?.replayed) reply.header('idempotency-replayed', 'true');
  });
}

/** The route and what it is about, in one spelling: an address can be written in many ways. */
function routeOf({ method, routeOptions, params, query }: FastifyRequest): string {
  const about = Object.values({ ...(params as object), ...(query as object) }).map(String);
  return [method, routeOptions.url, ...about].join(' ').toLowerCase();
}
