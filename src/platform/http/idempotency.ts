import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { FastifyInstance } from 'fastify';

/** Takes `Idempotency-Key` into the context of routes that create, and says on the answer when it was a stored one. */
export function registerIdempotency(app: FastifyInstance): void {
  app.addHook('preHandler', async (request) => {
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || !request.routeOptions.config.idempotent) return;
    const route = `${request.method} ${request.url}`;
    request.ctx = {
      ...request.ctx,
      idempotency: { key, route, bodyHash: hashOfBody(request.body), replayed: false },
    };
  });
  app.addHook('onSend', async (request, reply) => {
    if (request.ctx?.idempotency?.replayed) reply.header('idempotency-replayed', 'true');
  });
}

/** Bodies that differ only in white space or key order are the same body (RFC 8785). */
function hashOfBody(body: unknown): string {
  const text = canonicalize(body ?? null) ?? 'null';
  return createHash('sha256').update(text).digest('base64url');
}
