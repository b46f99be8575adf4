import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Security headers, and a limit on requests per session or address. */
export async function registerLimits(app: FastifyInstance, requestsPerMinute: number): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: false, // the plugin would put the policy together anew for every answer
    strictTransportSecurity: { maxAge: 31_536_000 },
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
  });
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    cache: 20_000,
    keyGenerator: callerOf,
    allowList: (request) => request.url.startsWith('/health/'),
  });
}

/** A signed-in session has a limit of its own, so that one office behind one address does not starve itself. */
function callerOf(request: FastifyRequest): string {
  const token = request.headers.authorization;
  return token === undefined ? request.ip : `${request.ip} ${token.slice(-43)}`;
}
