import { isDay, isMoment } from '../calendar.ts';
import { DomainError, type FieldError } from '../errors.ts';
import { VALIDATION_FAILED } from '../json.errors.ts';
import { patternWords } from '../patterns.ts';
import type { Schema } from './schema-parts.ts';

/** Above this many, further errors tell a reader nothing new. */
const SHOWN_ERRORS = 50;

/**
 * Makes a validator that returns the value typed or refuses it with every wrong place. Nothing is coerced, removed
 * or filled in. The schema is read at first use.
 * @throws DomainError (from the validator) VALIDATION_FAILED with `errors: [{ pointer, code, detail }]`
 */
export function validatorOf<Value>(schema: Schema): (value: unknown) => Value {
  let check: Check | undefined;
  return (value) => {
    check ??= checkOf(schema);
    const errors = check(value);
    if (errors === NONE) return value as Value;
    throw validationFailed(errors);
  };
}

function validationFailed(errors: Faults): DomainError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const detail = `${first?.pointer || 'The value'}: ${first?.detail ?? 'is invalid'}${more}`;
  return new DomainError(VALIDATION_FAILED, detail, { errors: errors.slice(0, SHOWN_ERRORS) });
}

type Faults = readonly FieldError[];
/** What is wrong with a value, pointers relative to it; `NONE` where nothing is. */
type Check = (value: unknown) => Faults;
type Fields = Readonly<Record<string, unknown>>;

const NONE: Faults = [];

/**
 * The keywords of JSON Schema that schemas of calculation files use, in the order in which their errors come. Each makes a check of
 * what stands there, and passes values of a type it says nothing about.
 */
const KEYWORDS = {
  maximum: (most: number) => rule(isNumber, (value) => value <= most, fault('MAXIMUM', `must be <= ${most}`)),
  minimum: (least: number) =>
    rule(isNumber, (value) => value >= least, fault('MINIMUM', `must be >= ${least}`)),
  maxLength: (most: number) =>
    rule(
      isText,
      (text) => lengthOf(text) <= most,
      fault('MAX_LENGTH', `must NOT have more than ${most} characters`),
    ),
  minLength: (least: number) =>
    rule(
      isText,
      (text) => lengthOf(text) >= least,
      fault('MIN_LENGTH', least === 1 ? 'must not be empty' : `must NOT have fewer than ${least} characters`),
    ),
  pattern: (source: string, schema: Schema) => {
    const pattern = new RegExp(source, 'u');
    return (value: unknown) => {
      if (!isText(value) || pattern.test(value)) return NONE;
      return fault('PATTERN', patternWords(schema, value) ?? `must match pattern "${source}"`);
    };
  },
  format: (name: 'date' | 'date-time') =>
    rule(isText, name === 'date' ? isDay : isMoment, fault('FORMAT', `must match format "${name}"`)),
  const: (only: unknown) =>
    rule(isAnything, (value) => value === only, fault('CONST', `must be ${JSON.stringify(only)}`)),
  enum: (allowed: readonly unknown[]) =>
    rule(
      isAnything,
      (value) => allowed.includes(value),
      fault('ENUM', `must be equal to one of the allowed values: ${allowed.map(String).join(', ')}`),
    ),
  maxItems: (most: number) =>
    rule(isList, ({ length }) => length <= most, fault('MAX_ITEMS', `must NOT have more than ${most} items`)),
  minItems: (least: number) =>
    rule(
      isList,
      ({ length }) => length >= least,
      fault('MIN_ITEMS', `must NOT have fewer than ${least} items`),
    ),
  items: (schema: Schema | readonly Schema[]) => {
    const checks = [schema].flat().map(checkOf);
    const isTuple = Array.isArray(schema);
    return (value: unknown) => {
      if (!isList(value)) return NONE;
      let faults = NONE;
      for (const [index, item] of value.entries()) {
        faults = joined(faults, below(index, checks[isTuple ? index : 0]?.(item) ?? NONE));
      }
      return faults;
    };
  },
  maxProperties: (most: number) =>
    rule(
      isObject,
      (value) => Object.keys(value).length <= most,
      fault('MAX_PROPERTIES', `must NOT have more than ${most} properties`),
    ),
  minProperties: (least: number) =>
    rule(
      isObject,
      (value) => Object.keys(value).length >= least,
      fault('MIN_PROPERTIES', `must NOT have fewer than ${least} properties`),
    ),
  required: (names: readonly string[]) => (value: unknown) => {
    if (!isObject(value)) return NONE;
    const missing = names.filter((name) => value[name] === undefined);
    return missing.reduce(
      (faults, name) => joined(faults, below(name, fault('REQUIRED', 'is missing'))),
      NONE,
    );
  },
  additionalProperties: (schema: Schema | false, { properties = {} }: Schema) => {
    const known = new Set(Object.keys(properties as Fields));
    const check = schema === false ? () => fault('UNKNOWN_FIELD', 'is not a known field') : checkOf(schema);
    return (value: unknown) => {
      if (!isObject(value)) return NONE;
      let faults = NONE;
      for (const name of Object.keys(value)) {
        if (known.has(name)) continue;
        const found = check(value[name]);
        if (found !== NONE) faults = joined(faults, below(name, found));
      }
      return faults;
    };
  },
  properties: (schemas: Readonly<Record<string, Schema>>) => {
    const checks = Object.entries(schemas).map(([name, schema]) => ({ name, check: checkOf(schema) }));
    return (value: unknown) => {
      if (!isObject(value)) return NONE;
      let faults = NONE;
      for (const { name, check } of checks) {
        const field = value[name];
        if (field !== undefined) faults = joined(faults, below(name, check(field)));
      }
      return faults;
    };
  },
  discriminator: ({ propertyName: tag }: { readonly propertyName: string }, { oneOf }: Schema) => {
    const variants = new Map<unknown, Check>();
    for (const schema of oneOf as readonly Schema[]) {
      const check = checkOf(schema);
      for (const name of namesOf((schema['properties'] as Readonly<Record<string, Schema>>)[tag])) {
        variants.set(name, check);
      }
    }
    const unknown = below(tag, fault('UNKNOWN_VARIANT', 'is missing or not one of the known variants'));
    return (value: unknown) => (isObject(value) ? (variants.get(value[tag])?.(value) ?? unknown) : NONE);
  },
};

/** Read together with the keyword beside them, before all, or for its words. */
const OPERANDS = new Set(['type', 'oneOf', 'examples']);

/** @throws Error for a keyword that is not among `KEYWORDS`: what it asks for would go unchecked */
function checkOf(schema: Schema): Check {
  const unknown = Object.keys(schema).find((name) => !Object.hasOwn(KEYWORDS, name) && !OPERANDS.has(name));
  if (unknown !== undefined) throw new Error(`schemas of calculation files have no keyword ${unknown}`);
  const checks = Object.entries(KEYWORDS).flatMap(([name, make]) => {
    const operand = schema[name];
    return operand === undefined ? [] : [make(operand as never, schema)];
  });
  const isOfType = typeCheckOf(schema['type']);
  const otherType = fault('TYPE', `must be ${String(schema['type'])}`);
  if (checks.length === 0) return (value) => (isOfType(value) ? NONE : otherType);
  return (value) => {
    if (!isOfType(value)) return otherType;
    let faults = NONE;
    for (const check of checks) faults = joined(faults, check(value));
    return faults;
  };
}

/** Of one type, of several, or of any where none is named. */
function typeCheckOf(type: unknown): (value: unknown) => boolean {
  if (type === undefined) return isAnything;
  const [first = isAnything, ...others] = [type].flat().map((name) => TYPES[name as keyof typeof TYPES]);
  return others.length === 0 ? first : (value) => first(value) || others.some((isOf) => isOf(value));
}

/** The values of a tag that lead to a variant. */
function namesOf(tag: Schema | undefined): readonly unknown[] {
  return (tag?.['enum'] as readonly unknown[] | undefined) ?? [tag?.['const']];
}

function rule<Value>(
  isOf: (value: unknown) => value is Value,
  holds: (value: Value) => boolean,
  otherwise: Faults,
): Check {
  return (value) => (!isOf(value) || holds(value) ? NONE : otherwise);
}

const fault = (code: string, detail: string): Faults => [{ pointer: '', code, detail }];

function joined(some: Faults, more: Faults): Faults {
  if (more === NONE) return some;
  return some === NONE ? more : [...some, ...more];
}

/** Faults of a field or item as faults of what holds it. */
function below(step: string | number, faults: Faults): Faults {
  if (faults === NONE) return NONE;
  const escaped = String(step).replaceAll('~', '~0').replaceAll('/', '~1');
  return faults.map((error) => ({ ...error, pointer: `/${escaped}${error.pointer}` }));
}

const isAnything = (_value: unknown): _value is unknown => true;
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isText = (value: unknown): value is string => typeof value === 'string';
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TYPES = {
  null: (value: unknown) => value === null,
  boolean: (value: unknown) => typeof value === 'boolean',
  integer: Number.isInteger,
  string: isText,
  array: isList,
  object: isObject,
};

/** In code points: what takes two units of UTF-16 is one character. */
const lengthOf = (text: string): number => Array.from(text).length;
