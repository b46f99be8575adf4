import type { FastifyRequest } from 'fastify';
import { DomainError, defineProblem } from '../errors.ts';
import type { AccessClaims } from './augmentations.ts';

export const TOKEN_INVALID = defineProblem({
  code: 'TOKEN_INVALID',
  status: 401,
  title: 'Sign in first',
  help: 'Send `Authorization: Bearer <access token>` with a token from /auth/token that has not expired; renew it at /auth/refresh.',
});

/** The request limit and the sign-in check ask for the same token: it is verified once a request. */
const verified = new WeakMap<FastifyRequest, AccessClaims | DomainError>();

/** What the access token of a request says. Throws `TOKEN_INVALID`. */
export function claimsOf(request: FastifyRequest): AccessClaims {
  const known = verified.get(request) ?? verify(request);
  verified.set(request, known);
  if (known instanceof DomainError) throw known;
  return known;
}

/** Not by `request.jwtVerify`, which decodes each token once more before it asks its cache. */
function verify(request: FastifyRequest): AccessClaims | DomainError {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return tokenInvalid('The request has no access token.');
  try {
    return request.server.jwt.verify<AccessClaims>(token);
  } catch (error) {
    const isExpired = (error as { code?: string }).code === 'FAST_JWT_EXPIRED';
    return tokenInvalid(
      isExpired ? 'The access token has expired.' : 'The access token is not valid.',
      error,
    );
  }
}

function tokenInvalid(detail: string, cause?: unknown): DomainError {
  return new DomainError(TOKEN_INVALID, detail, { cause, headers: { 'www-authenticate': 'Bearer' } });
}
