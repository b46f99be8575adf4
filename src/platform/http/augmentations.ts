import 'fastify';
import type { HatContext } from '../context.ts';
import type { Problem } from '../errors.ts';

/** The one place that extends Fastify's types. */
declare module 'fastify' {
  interface FastifyContextConfig {
    /** `public`, `signed-in`, or the permission a caller needs. Every route must say. */
    access?: string;
    /** Set for POSTs that create: honours `Idempotency-Key`. */
    idempotent?: boolean;
    /** What the route refuses beyond what follows from its schema (`refusals.ts`); the API document lists it. */
    refuses?: readonly Problem[];
  }
  interface FastifyRequest {
    /** Who acts under which hat. Throws on public routes without a token. */
    ctx: HatContext;
  }
}

/** What an access token says. Short names, for it travels with every request. */
export interface AccessClaims {
  readonly sub: string;
  /** Name shown in histories. */
  readonly nam: string;
  readonly act: 'user' | 'machine';
  /** Session, checked by the database whenever the hat is opened. */
  readonly sid: string;
  readonly hat: readonly ['centre' | 'organisation' | 'platform', string];
  readonly rol: readonly string[];
  /** Permissions of a machine account. */
  readonly scp?: readonly string[];
  readonly iat: number;
  readonly exp: number;
}

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: AccessClaims;
    user: AccessClaims;
  }
}
