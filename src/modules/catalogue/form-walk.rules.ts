import type { FormSchema } from './catalogue.types.ts';

/**
 * What a subschema is for. Roots and fields are places in the form of their own; `in_place` schemas say more about such a place;
 * `condition` schemas only ask about it, or narrow a field that is declared elsewhere.
 */
export type SchemaRole = 'root' | 'field' | 'definition' | 'in_place' | 'condition';

export interface SchemaNode {
  readonly schema: FormSchema | boolean;
  /** JSON pointer below the form schema. */
  readonly pointer: string;
  readonly role: SchemaRole;
  /** Name of a property; undefined for everything else. */
  readonly property?: string;
}

const IN_PLACE_LISTS = ['allOf', 'anyOf', 'oneOf'];
const IN_PLACE = ['then', 'else'];
const CONDITIONS = ['if', 'not', 'contains'];

/** All subschemas, outside in. The schema must satisfy the meta-schema. */
export function* walk(
  schema: FormSchema | boolean,
  pointer = '',
  role: SchemaRole = 'root',
  declared: ReadonlySet<string> = new Set(),
  property?: string,
): Generator<SchemaNode> {
  yield { schema, pointer, role, ...(property === undefined ? {} : { property }) };
  if (typeof schema === 'boolean') return;
  const asks = role === 'condition';
  const names = new Set(role === 'in_place' ? declared : []);
  for (const [name, inner] of entriesOf(schema, 'properties')) {
    const isNarrowed = asks || names.has(name);
    yield* walk(
      inner,
      `${pointer}/properties/${escaped(name)}`,
      isNarrowed ? 'condition' : 'field',
      undefined,
      name,
    );
  }
  for (const [name] of entriesOf(schema, 'properties')) names.add(name);
  for (const [name, inner] of entriesOf(schema, '$defs'))
    yield* walk(inner, `${pointer}/$defs/${escaped(name)}`, 'definition');
  for (const [at, inner] of itemsOf(schema)) yield* walk(inner, pointer + at, asks ? 'condition' : 'field');
  for (const [at, inner] of inPlaceOf(schema))
    yield* walk(inner, pointer + at, asks ? 'condition' : 'in_place', names);
  for (const keyword of CONDITIONS)
    if (keyword in schema) yield* walk(schema[keyword] as FormSchema, `${pointer}/${keyword}`, 'condition');
}

function entriesOf(schema: FormSchema, keyword: string): [string, FormSchema][] {
  return Object.entries((schema[keyword] ?? {}) as Record<string, FormSchema>);
}

function itemsOf(schema: FormSchema): [string, FormSchema][] {
  const tuple = listOf(schema, 'prefixItems');
  return 'items' in schema ? [...tuple, ['/items', schema.items as FormSchema]] : tuple;
}

function inPlaceOf(schema: FormSchema): [string, FormSchema][] {
  return [
    ...IN_PLACE_LISTS.flatMap((keyword) => listOf(schema, keyword)),
    ...IN_PLACE.filter((keyword) => keyword in schema).map((keyword): [string, FormSchema] => [
      `/${keyword}`,
      schema[keyword] as FormSchema,
    ]),
    ...entriesOf(schema, 'dependentSchemas').map(([name, inner]): [string, FormSchema] => [
      `/dependentSchemas/${escaped(name)}`,
      inner,
    ]),
  ];
}

function listOf(schema: FormSchema, keyword: string): [string, FormSchema][] {
  const list = (schema[keyword] ?? []) as FormSchema[];
  return list.map((inner, i) => [`/${keyword}/${i}`, inner]);
}

export function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
