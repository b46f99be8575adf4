import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { IdempotencyHeaders } from './schemas.ts';

/** The routes of a module. */
export type Routes = FastifyPluginAsync;

interface RouteSchema {
  body?: unknown;
  querystring?: unknown;
  headers?: { properties?: object };
  response?: Record<string, unknown>;
  hide?: boolean;
}

/** House rules every route is held to when it is registered, so that a violation is a failed start and not a hole. */
export function registerRouteRules(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const name = `${String(route.method)} ${route.url}`;
    const schema = (route.schema ??= {}) as RouteSchema;
    if (route.config?.access === undefined)
      throw new Error(`${name} does not say who may call it (config.access)`);
    assertClosed(`${name}: body`, schema.body);
    assertClosed(`${name}: querystring`, schema.querystring);
    if (schema.hide) return;
    schema.querystring ??= { type: 'object', additionalProperties: false, properties: {} };
    schema.response ??= {};
    if (route.config.idempotent) withIdempotencyHeader(schema);
  });
  // Not before serialising: that hook passes text by.
  app.addHook('onSend', async (request, reply) => {
    const declared = (request.routeOptions.schema as RouteSchema | undefined)?.response;
    if (reply.statusCode >= 400 || declared === undefined || String(reply.statusCode) in declared) return;
    throw new Error(
      `${request.method} ${request.routeOptions.url} answers ${reply.statusCode}, which its schema does not declare`,
    );
  });
}

function withIdempotencyHeader(schema: RouteSchema): void {
  schema.headers = {
    ...IdempotencyHeaders,
    ...schema.headers,
    properties: { ...IdempotencyHeaders.properties, ...schema.headers?.properties },
  };
}

/** Unknown fields and parameters must be refused, in every alternative of a union too. */
function assertClosed(name: string, schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  const { type, additionalProperties, anyOf } = schema as {
    type?: string | string[];
    additionalProperties?: unknown;
    anyOf?: unknown[];
  };
  for (const alternative of anyOf ?? []) assertClosed(name, alternative);
  if ([type].flat().includes('object') && additionalProperties === undefined)
    throw new Error(`${name} takes unknown fields; use closed()`);
}
