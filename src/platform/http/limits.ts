import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { claimsOf } from './tokens.ts';

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
    global: false,
    max: requestsPerMinute,
    timeWindow: 60_000,
    cache: 20_000,
    keyGenerator: callerOf,
    allowList: (request) => request.url.startsWith('/health/'),
  });
  // For all requests, before the token is looked at: what is refused later, or reaches no route, counts too.
  app.addHook('onRequest', app.rateLimit());
}

/**
 * A signed-in session has a limit of its own, so that one office behind one address does not starve itself. A token that is none
 * counts for the address: otherwise whoever invents a new one each time has no limit at all.
 */
function callerOf(request: FastifyRequest): string {
  if (request.headers.authorization === undefined) return request.ip;
  try {
    return claimsOf(request).sid;
  } catch {
    return request.ip;
  }
}
