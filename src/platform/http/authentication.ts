import jwt from '@fastify/jwt';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import type { HatContext } from '../context.ts';
import { DomainError, defineProblem } from '../errors.ts';
import { permissionsOf } from '../permissions.ts';
import type { AccessClaims } from './augmentations.ts';
import { claimsOf } from './tokens.ts';

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
    const ctx = contextOf(claimsOf(request), request.id, clock);
    if (access !== 'signed-in' && !ctx.permissions.has(access)) {
      throw new DomainError(FORBIDDEN, `This needs the permission ${access}, which your hat does not hold.`);
    }
    request.ctx = ctx;
  });
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
