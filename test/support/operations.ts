import type { FastifyInstance } from 'fastify';
import type { Method } from './app.ts';
import type { Target } from './tenant-row.ts';

/** A JSON Schema as far as tests look into one. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly default?: unknown;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly schema: Schema;
}

interface Described {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
  readonly 'x-access'?: string;
}

/** One route of the API document. */
export interface Operation extends Described {
  readonly id: string;
  readonly method: Method;
  /** With `{places}` for its parameters, from the root. */
  readonly path: string;
  readonly access: string;
  readonly parameters: readonly Parameter[];
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The document with each reference replaced by what it refers to; no schema of ours refers to itself. */
function withoutReferences(document: object): unknown {
  const resolve = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(resolve);
    if (typeof node !== 'object' || node === null) return node;
    const { $ref, ...rest } = node as { $ref?: string };
    const own = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, resolve(value)]));
    return $ref === undefined ? own : { ...(resolve(referred($ref)) as object), ...own };
  };
  const referred = (ref: string): unknown => {
    const found = ref
      .split('/')
      .slice(1)
      .reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], document);
    if (found === undefined) throw new Error(`the API document refers to ${ref}, which it does not hold`);
    return found;
  };
  return resolve(document);
}

/** All routes of the API document, in its order, with references resolved. */
export function operationsOf(app: FastifyInstance): Operation[] {
  const { paths = {} } = withoutReferences(app.swagger()) as {
    paths?: Record<string, Record<string, Described>>;
  };
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method] !== undefined).map((method) => {
      const described = item[method] as Described;
      return {
        ...described,
        id: described.operationId ?? `${method} ${path}`,
        method: method.toUpperCase() as Method,
        path,
        access: described['x-access'] ?? '',
        parameters: described.parameters ?? [],
      };
    }),
  );
}

export const headerNamed = ({ parameters }: Operation, name: string): boolean =>
  parameters.some((parameter) => parameter.in === 'header' && parameter.name.toLowerCase() === name);

export const queryNamed = ({ parameters }: Operation, name: string): boolean =>
  parameters.some((parameter) => parameter.in === 'query' && parameter.name === name);

export const isList = (operation: Operation): boolean => queryNamed(operation, 'cursor');

/** The address of a target. */
export function urlOf(operation: Operation, { params = {}, query }: Target): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_place, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`${operation.id}: the row does not say {${name}}`);
    return String(value);
  });
  return query === undefined ? path : `${path}?${query}`;
}
