import type { FieldError } from '../../platform/errors.ts';
import type { FormSchema } from './catalogue.types.ts';
import { escaped, type SchemaNode, walk } from './form-walk.rules.ts';
import { judgePattern, PATTERN_MAX, type PatternVerdict } from './pattern-cost.rules.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const SIZE_MAX = 65_536;
const NESTING_MAX = 30;
/** Subschemas a form has once every `$ref` is replaced by what it names: bounds the work of checking one filled form. */
const EXPANDED_MAX = 2_000;

const KEYWORDS: ReadonlySet<string> = new Set(
  `$schema $ref $defs $comment title description default examples deprecated readOnly writeOnly
  type enum const format pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf
  properties required additionalProperties unevaluatedProperties minProperties maxProperties dependentRequired dependentSchemas
  items prefixItems minItems maxItems uniqueItems contains minContains maxContains allOf anyOf oneOf not if then else`.split(
    /\s+/,
  ),
);
const SAYS_TYPE = ['type', 'enum', 'const', '$ref', 'allOf', 'anyOf', 'oneOf'];
const LOCAL_REF = /^#\/\$defs\/([A-Za-z0-9_-]{1,60})$/;
const PROPERTY_NAME = /^[\p{L}_][\p{L}\p{N}_-]{0,59}$/u;

const PATTERN_TEXTS: Readonly<Record<Exclude<PatternVerdict, 'ok'>, string>> = {
  too_long: `is longer than ${PATTERN_MAX} characters`,
  does_not_compile: 'is no regular expression',
  not_supported: 'uses look-around or back-references, which forms may not',
  too_costly: 'could take too long to match: start with ^, and let fewer parts repeat freely',
};

/** Formats of `ajv-formats` that forms may use. */
export const STANDARD_FORMATS = ['date', 'time', 'date-time', 'duration', 'email', 'uri', 'uuid'] as const;
/** Those, and an exact quantity as text that is not negative. */
const FORMATS: readonly string[] = [...STANDARD_FORMATS, 'decimal'];

/**
 * What a form may not be, beyond what JSON Schema refuses, with pointers below `/formSchema`. The schema must satisfy the
 * meta-schema and `refuseSize`.
 */
export function checkStructure(schema: FormSchema): FieldError[] {
  const errors = [...checkRoot(schema), ...[...walk(schema)].flatMap((node) => checkNode(schema, node))];
  return errors.length === 0 ? checkExpansion(schema) : errors;
}

/**
 * The schema with `unevaluatedProperties: false` wherever a form could otherwise hold fields nobody declared. What is stored is
 * what is checked, so this happens when a version is saved and not later. The schema must have passed `checkStructure`.
 */
export function closeFormSchema(schema: FormSchema): FormSchema {
  const closed = structuredClone(schema);
  for (const { schema: node, role } of walk(closed)) {
    if (typeof node === 'boolean' || (role !== 'root' && role !== 'field')) continue;
    const mayBeObject = node.type === undefined || typesOf(node).includes('object');
    const isEnumerated = 'enum' in node || 'const' in node;
    const isClosed = 'additionalProperties' in node || 'unevaluatedProperties' in node;
    if (mayBeObject && !isEnumerated && !isClosed) Object.assign(node, { unevaluatedProperties: false });
  }
  return closed;
}

export interface FormField {
  readonly schema: FormSchema;
  /** It and all objects around it must be filled in. */
  readonly isRequired: boolean;
}

/** The field a JSON pointer into the form data leads to, through `properties` and `$ref` only. */
export function findField(form: FormSchema, pointer: string): FormField | undefined {
  let schema = form;
  let isRequired = true;
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const properties = (schema.properties ?? {}) as Record<string, FormSchema>;
    if (!Object.hasOwn(properties, name)) return undefined;
    isRequired &&= ((schema.required ?? []) as string[]).includes(name);
    schema = resolved(form, properties[name] as FormSchema);
  }
  return { schema, isRequired };
}

export function typesOf({ type }: FormSchema): string[] {
  return (type === undefined ? [] : [type].flat()) as string[];
}

/** Keeps everything that works on a schema level by level within bounds. */
export function refuseSize(schema: FormSchema): FieldError | undefined {
  let level: unknown[] = [schema];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > NESTING_MAX) return formFault('', 'TOO_DEEP', `is nested deeper than ${NESTING_MAX} levels`);
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  const isLarge = JSON.stringify(schema).length > SIZE_MAX;
  return isLarge ? formFault('', 'TOO_LARGE', `is larger than ${SIZE_MAX} characters`) : undefined;
}

function checkRoot(schema: FormSchema): FieldError[] {
  const errors: FieldError[] = [];
  if (schema.$schema !== undefined && schema.$schema !== DIALECT)
    errors.push(formFault('/$schema', 'DIALECT', `must be ${DIALECT}`));
  if (schema.type !== 'object') errors.push(formFault('/type', 'NOT_AN_OBJECT', 'must be "object"'));
  if (schema.properties === undefined) errors.push(formFault('/properties', 'REQUIRED', 'is missing'));
  return errors;
}

function checkNode(form: FormSchema, node: SchemaNode): FieldError[] {
  const { schema, pointer, role } = node;
  if (typeof schema === 'boolean') {
    return role === 'field' && (schema || node.property !== undefined)
      ? [formFault(pointer, 'TYPE', 'must be an object that says what goes here')]
      : [];
  }
  return [
    ...checkKeywords(form, node, schema),
    ...(role === 'condition' ? [] : checkDeclaration(form, node, schema)),
  ];
}

function checkKeywords(form: FormSchema, { pointer, role }: SchemaNode, schema: FormSchema): FieldError[] {
  const errors = Object.keys(schema)
    .filter((keyword) => !KEYWORDS.has(keyword))
    .map((keyword) =>
      formFault(`${pointer}/${escaped(keyword)}`, 'UNKNOWN_KEYWORD', 'is not known to forms'),
    );
  const { $ref, pattern, format } = schema as { $ref?: string; pattern?: string; format?: string };
  if ($ref !== undefined && definition(form, $ref) === undefined)
    errors.push(formFault(`${pointer}/$ref`, 'REF_UNKNOWN', 'must name an entry of #/$defs'));
  for (const keyword of ['$defs', '$schema'])
    if (keyword in schema && role !== 'root')
      errors.push(formFault(`${pointer}/${keyword}`, 'NOT_AT_ROOT', 'stands at the top of the form only'));
  const verdict = pattern === undefined ? 'ok' : judgePattern(pattern);
  if (verdict !== 'ok')
    errors.push(formFault(`${pointer}/pattern`, `PATTERN_${verdict.toUpperCase()}`, PATTERN_TEXTS[verdict]));
  if (format !== undefined && !FORMATS.includes(format))
    errors.push(formFault(`${pointer}/format`, 'FORMAT_UNKNOWN', `is none of ${FORMATS.join(', ')}`));
  for (const keyword of ['additionalProperties', 'unevaluatedProperties'])
    if (keyword in schema && schema[keyword] !== false)
      errors.push(
        formFault(`${pointer}/${keyword}`, 'NOT_CLOSED', 'must be false; forms hold declared fields only'),
      );
  return errors;
}

/** What only schemas need that declare what a form holds. */
function checkDeclaration(
  form: FormSchema,
  { pointer, role, property }: SchemaNode,
  schema: FormSchema,
): FieldError[] {
  const errors: FieldError[] = [];
  if (typesOf(schema).includes('array') && schema.items === undefined)
    errors.push(formFault(`${pointer}/items`, 'REQUIRED', 'is missing; a list says what it holds'));
  if (role !== 'field') return errors;
  if (!SAYS_TYPE.some((keyword) => keyword in schema))
    errors.push(formFault(`${pointer}/type`, 'REQUIRED', 'is missing'));
  if (property === undefined) return errors;
  if (!PROPERTY_NAME.test(property) || property in Object.prototype)
    errors.push(formFault(pointer, 'NAME', 'needs a name of letters, digits, - and _, at most 60'));
  if (!hasTitle(schema) && !hasTitle(resolved(form, schema)))
    errors.push(formFault(`${pointer}/title`, 'REQUIRED', 'is missing; every field has a German title'));
  return errors;
}

function hasTitle({ title }: FormSchema): boolean {
  return typeof title === 'string' && title.trim() !== '';
}

/** Refuses definitions that contain themselves, and small schemas that unfold into huge ones. */
function checkExpansion(form: FormSchema): FieldError[] {
  const sizes = new Map<string, number>();
  const sizeOf = (schema: FormSchema | boolean, within: readonly string[]): number => {
    let size = 0;
    for (const { schema: node, pointer } of walk(schema)) {
      if (pointer.startsWith('/$defs/') || typeof node === 'boolean') continue;
      size += 1;
      if (typeof node.$ref === 'string') size += sizeOfDefinition(node.$ref, within);
    }
    return size;
  };
  const sizeOfDefinition = (ref: string, within: readonly string[]): number => {
    if (within.includes(ref)) return Number.POSITIVE_INFINITY;
    const known = sizes.get(ref) ?? sizeOf(definition(form, ref) ?? false, [...within, ref]);
    sizes.set(ref, known);
    return known;
  };
  if (sizeOf(form, []) <= EXPANDED_MAX) return [];
  return [formFault('/$defs', 'TOO_LARGE', 'refer to themselves, or unfold into too many fields')];
}

function definition(form: FormSchema, ref: string): FormSchema | undefined {
  const name = LOCAL_REF.exec(ref)?.[1];
  const definitions = (form.$defs ?? {}) as Record<string, FormSchema>;
  return name !== undefined && Object.hasOwn(definitions, name) ? definitions[name] : undefined;
}

/** What a schema that only refers stands for. Definitions that refer in a circle lead nowhere. */
function resolved(form: FormSchema, schema: FormSchema): FormSchema {
  let found = schema;
  for (let hops = 0; hops < NESTING_MAX && typeof found.$ref === 'string'; hops += 1)
    found = definition(form, found.$ref) ?? {};
  return found;
}

/** A wrong place in a form schema. */
export function formFault(pointer: string, code: string, detail: string): FieldError {
  return { pointer: `/formSchema${pointer}`, code, detail };
}
