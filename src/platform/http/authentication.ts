import jwt from '@fastify/jwt';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import type { HatContext } from '../context.ts';
import { DomainError, defineProblem } from '../errors.ts';
import { permissionsOf } from '../permissions.ts';
import type { AccessClaims } from './augmentations.ts';

export const TOKEN_INVALID = defineProblem({
  code: 'TOKEN_INVALID',
  status: 401,
  title: 'Sign in first',
  help: 'Send `Authorization: Bearer <access token>` with a token from /auth/token that has not expired; renew it at /auth/refresh.',
});
export const FORBIDDEN = defineProblem({
  code: 'FORBIDDEN',
  status: 403,
  title: 'Your hat may not do this',
  help: 'Switch to a hat with the needed role at /auth/hat, or ask an administrator of your organisation or centre.',
});

/** Verifies tokens and makes the request's context; refuses routes that the hat's roles do not reach. */
export async function registerAuthentication(
  app: FastifyInstance,
  secret: string,
  clock: Clock,
): Promise<void> {
  await app.register(jwt, {
    secret,
    sign: { algorithm: 'HS256' },
    verify: { algorithms: ['HS256'], cache: 2000 },
  });
  app.decorateRequest('ctx', null as never);
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access;
    if (access === undefined || access === 'public') return;
    const ctx = contextOf(verified(app, request), request.id, clock);
    if (access !== 'signed-in' && !ctx.permissions.has(access)) {
      throw new DomainError(FORBIDDEN, `This needs the permission ${access}, which your hat does not hold.`);
    }
    request.ctx = ctx;
  });
}

/** Verifies without `request.jwtVerify`, which decodes each token once more before it asks its cache. */
function verified(app: FastifyInstance, request: FastifyRequest): AccessClaims {
  const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ', 2);
  if (scheme !== 'Bearer') throw tokenInvalid('The request has no access token.');
  try {
    return app.jwt.verify<AccessClaims>(token);
  } catch (error) {
    const isExpired = (error as { code?: string }).code === 'FAST_JWT_EXPIRED';
    throw tokenInvalid(isExpired ? 'The access token has expired.' : 'The access token is not valid.', error);
  }
}

function tokenInvalid(detail: string, cause?: unknown): DomainError {
  return new DomainError(TOKEN_INVALID, detail, { cause, headers: { 'www-authenticate': 'Bearer' } });
}

function contextOf(claims: AccessClaims, requestId: string, clock: Clock): HatContext {
  return {
    hat: { kind: claims.hat[0], id: claims.hat[1] },
    actor: { id: claims.sub, name: claims.nam, kind: claims.act },
    sessionId: claims.sid,
    onBehalfOf: null,
    permissions: claims.scp === undefined ? permissionsOf(claims.rol) : new Set(claims.scp),
    requestId,
    now: clock.now(),
    idempotency: null,
  };
}
