import type { RouteOptions } from 'fastify';
import { SESSION_ENDED } from '../db/hat.ts';
import { IDEMPOTENCY_KEY_REUSED } from '../db/idempotency.ts';
import type { Problem } from '../errors.ts';
import { JSON_INVALID, VALIDATION_FAILED } from '../json.errors.ts';
import { INVALID_CURSOR } from '../pages.ts';
import { FORBIDDEN } from './authentication.ts';
import { PRECONDITION_FAILED, PRECONDITION_REQUIRED } from './etags.ts';
import {
  ADDRESS_INVALID,
  BODY_TOO_LARGE,
  BUSY,
  CAME_IN_BETWEEN,
  INTERNAL_ERROR,
  MEDIA_TYPE_UNSUPPORTED,
  NOT_FOUND,
  TEXT_NOT_STORABLE,
  TOO_MANY_REQUESTS,
} from './problems.ts';
import { TOKEN_INVALID } from './tokens.ts';

interface Described {
  readonly params?: unknown;
  readonly body?: { readonly properties?: object };
  readonly querystring?: { readonly properties?: object };
  readonly headers?: { readonly properties?: object };
}

/** A route as far as its refusals follow from it. */
export type Refusing = Pick<RouteOptions, 'config' | 'method' | 'schema'>;

/** Unknown parameters are refused everywhere, and any address can hold what no text column takes. */
const ANY_ROUTE = [
  VALIDATION_FAILED,
  TEXT_NOT_STORABLE,
  TOO_MANY_REQUESTS,
  INTERNAL_ERROR,
  BUSY,
  CAME_IN_BETWEEN,
];

/** Everything a route may refuse: what follows from what it takes, and what it names itself in `config.refuses`. */
export function refusalsOf({ config = {}, method, schema = {} }: Refusing): Problem[] {
  const { params, body, querystring, headers } = schema as Described;
  const { access, idempotent = false, refuses = [] } = config;
  const groups: readonly [applies: boolean, problems: readonly Problem[]][] = [
    [true, ANY_ROUTE],
    [access !== 'public', [TOKEN_INVALID, SESSION_ENDED]],
    [access !== 'public' && access !== 'signed-in', [FORBIDDEN]],
    [params !== undefined, [NOT_FOUND, ADDRESS_INVALID]],
    ['centreId' in (body?.properties ?? {}), [NOT_FOUND]], // the own one; any other is not there
    [method !== 'GET', [JSON_INVALID, BODY_TOO_LARGE, MEDIA_TYPE_UNSUPPORTED]],
    ['cursor' in (querystring?.properties ?? {}), [INVALID_CURSOR]],
    ['if-match' in (headers?.properties ?? {}), [PRECONDITION_FAILED, PRECONDITION_REQUIRED]],
    [idempotent, [IDEMPOTENCY_KEY_REUSED]],
  ];
  const derived = groups.flatMap(([applies, problems]) => (applies ? problems : []));
  return [...new Set([...derived, ...refuses])].sort(
    (a, b) => a.status - b.status || (a.code < b.code ? -1 : 1),
  );
}
