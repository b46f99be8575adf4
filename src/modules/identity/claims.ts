import type { Moment } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { AccessClaims } from '../../platform/http/augmentations.ts';

/** What an access token says, before it is signed. */
export type Claims = Omit<AccessClaims, 'iat' | 'exp'>;

/** The context of whoever has just been let in. */
export function contextOf(claims: Claims, now: Moment, requestId: string): HatContext {
  const [kind, id] = claims.hat;
  return {
    hat: { kind, id },
    actor: { id: claims.sub, name: claims.nam, kind: claims.act },
    sessionId: claims.sid,
    onBehalfOf: null,
    permissions: new Set(),
    requestId,
    now,
    idempotency: null,
  };
}
