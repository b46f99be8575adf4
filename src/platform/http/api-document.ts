import { STATUS_CODES } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../errors.ts';
import { ProblemSchema } from './schemas.ts';

type Json = Record<string, unknown>;

interface Reference {
  readonly $ref: string;
}

interface Parameter extends Json {
  readonly name: string;
}

interface Operation extends Json {
  readonly operationId: string;
  parameters?: (Parameter | Reference)[];
  responses: Json;
}

/** An OpenAPI document as far as it is looked into here. */
export interface ApiDocument {
  readonly components: Json;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Values, not schemas: what looks like a name in them is none. */
const VALUES: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'example', 'examples']);

const hasDefault = (schema: unknown): boolean =>
  typeof schema === 'object' && schema !== null && 'default' in schema;

/** Parts of an operation that the caller writes. */
const SENT: ReadonlySet<string> = new Set(['parameters', 'requestBody']);

/**
 * What has a default may be left out of what is sent, in an object as in a parameter: the types behind the schemas say it is there,
 * for reading fills it in. In an answer it is there.
 */
function withoutDefaulted(node: Json): Json {
  const { required, properties, schema } = node;
  if (required === true && hasDefault(schema)) return { ...node, required: false };
  if (!Array.isArray(required)) return node;
  const needed = required.filter((name) => !hasDefault((properties as Json | undefined)?.[name as string]));
  if (needed.length > 0) return { ...node, required: needed };
  return Object.fromEntries(Object.entries(node).filter(([key]) => key !== 'required'));
}

/** Moves each schema that has a `title` to the components and leaves a reference. Throws where two have the same one. */
function nameSchemas(node: unknown, schemas: Json, isSent: boolean): unknown {
  if (Array.isArray(node)) return node.map((item) => nameSchemas(item, schemas, isSent));
  if (typeof node !== 'object' || node === null) return node;
  const inner: Json = Object.fromEntries(
    Object.entries(isSent ? withoutDefaulted(node as Json) : node).map(([key, value]) => [
      key,
      VALUES.has(key) ? value : nameSchemas(value, schemas, isSent),
    ]),
  );
  const { title, ...schema } = inner;
  if (typeof title !== 'string') return inner;
  const { plain, isNullable } = withoutNull(schema);
  const known = (schemas[title] ??= plain);
  if (!isDeepStrictEqual(known, plain)) throw new Error(`two different schemas are called ${title}`);
  const reference = { $ref: `#/components/schemas/${title}` };
  return isNullable ? { anyOf: [reference, { type: 'null' }] } : reference;
}

function nameInPaths(paths: ApiDocument['paths'], schemas: Json): ApiDocument['paths'] {
  return mapped(paths, (path) =>
    mapped(
      path,
      (operation) =>
        mapped(operation, (part, key) => nameSchemas(part, schemas, SENT.has(key))) as unknown as Operation,
    ),
  );
}

const mapped = <T, R>(
  object: Readonly<Record<string, T>>,
  change: (value: T, key: string) => R,
): Record<string, R> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));

/** Undoes `nullable`: the name is that of the value, not of the value or null. */
function withoutNull(schema: Json): { plain: Json; isNullable: boolean } {
  const { type, enum: choices } = schema;
  const isNullable = [type, choices].some(
    (list) => Array.isArray(list) && (list.includes('null') || list.includes(null)),
  );
  if (!isNullable) return { plain: schema, isNullable };
  const plain = {
    ...schema,
    ...(Array.isArray(type) && { type: type.find((one) => one !== 'null') as unknown }),
    ...(Array.isArray(choices) && { enum: choices.filter((one) => one !== null) as unknown }),
  };
  return { plain, isNullable };
}

/** So many operations take the same parameter before it stands apart. */
const OFTEN = 3;

/** `if-match` → `IfMatch`. */
const parameterName = (name: string): string =>
  name.replace(/(^|-)(\w)/g, (_, _hyphen, letter: string) => letter.toUpperCase());

/** Moves parameters that many operations share to the components: of two of one name, the one that is used more. */
function nameParameters(operations: readonly Operation[]): Json {
  const uses = new Map<string, number>();
  for (const parameter of operations.flatMap(({ parameters = [] }) => parameters)) {
    const text = JSON.stringify(parameter);
    uses.set(text, (uses.get(text) ?? 0) + 1);
  }
  const shared: Json = {};
  const names = new Map<string, string>();
  for (const [text] of [...uses].filter(([, count]) => count >= OFTEN).sort(([, a], [, b]) => b - a)) {
    const parameter = JSON.parse(text) as Parameter;
    const name = parameterName(parameter.name);
    if (name in shared) continue;
    shared[name] = parameter;
    names.set(text, name);
  }
  for (const operation of operations) {
    operation.parameters &&= operation.parameters.map((parameter) => {
      const name = names.get(JSON.stringify(parameter));
      return name === undefined ? parameter : { $ref: `#/components/parameters/${name}` };
    });
  }
  return shared;
}

/** `413` → `PayloadTooLarge`. */
const responseName = (status: number): string => (STATUS_CODES[status] ?? '').replaceAll(' ', '');

const RETRY_AFTER = {
  headers: { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } },
};

/** What is answered with the status, wherever it is. */
function responseOf(status: number, problem: unknown): Json {
  return {
    description: STATUS_CODES[status],
    ...((status === 429 || status === 503) && RETRY_AFTER),
    content: { 'application/problem+json': { schema: problem } },
  };
}

/** The answers to what is refused: one by status, whose description lists the codes. */
function refusedAnswers(problems: readonly Problem[]): Json {
  const codes = new Map<number, string[]>();
  for (const { status, code } of problems) codes.set(status, [...(codes.get(status) ?? []), `\`${code}\``]);
  const answers = [...codes].map(([status, named]) => [
    status,
    { $ref: `#/components/responses/${responseName(status)}`, description: named.join(', ') },
  ]);
  return Object.fromEntries(answers) as Json;
}

const sorted = (json: Json): Json =>
  Object.fromEntries(Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1)));

/**
 * Adds what the operations refuse, and writes each named schema and each common parameter once. `refusals` is by operation id.
 * @throws Error when two different schemas bear one name
 */
export function completed(
  document: ApiDocument,
  refusals: ReadonlyMap<string, readonly Problem[]>,
): ApiDocument {
  const schemas: Json = {};
  const paths = nameInPaths(document.paths, schemas);
  const problem = nameSchemas(ProblemSchema, schemas, false);
  const refused = new Map<string, Json>();
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  const parameters = sorted(nameParameters(operations));
  for (const operation of operations) {
    const problems = refusals.get(operation.operationId) ?? [];
    for (const { status } of problems) refused.set(responseName(status), responseOf(status, problem));
    operation.responses = { ...operation.responses, ...refusedAnswers(problems) };
  }
  const responses = sorted(Object.fromEntries(refused));
  const components = { ...document.components, schemas: sorted(schemas), parameters, responses };
  return { ...document, paths, components };
}
