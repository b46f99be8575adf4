import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isDay, isMoment } from './calendar.ts';
import { DomainError, type FieldError } from './errors.ts';
import { VALIDATION_FAILED } from './json.errors.ts';
import { patternWords } from './patterns.ts';

/** Above this many, further errors tell a reader nothing new. */
const SHOWN_ERRORS = 50;

/** Only what schemas here use; the package of formats would be loaded for nothing else. */
const formats = { date: isDay, 'date-time': isMoment };

/**
 * Schemas are ours: their keywords are checked when they are compiled. Holding them against the schema of schemas, and making their code
 * smaller, would take longer than most calculations.
 */
const options = {
  allErrors: true,
  allowUnionTypes: true,
  discriminator: true,
  formats,
  meta: false,
  validateSchema: false,
  code: { optimize: false },
};

let ajv: Ajv | undefined;

/**
 * Makes a validator that returns the value typed or refuses it with every wrong place. Nothing is coerced, removed
 * or filled in. The schema is compiled at first use.
 * @throws DomainError (from the validator) VALIDATION_FAILED with `errors: [{ pointer, code, detail }]`
 */
export function validatorOf<Value>(schema: object): (value: unknown) => Value {
  let validate: ValidateFunction | undefined;
  return (value) => {
    ajv ??= new Ajv(options);
    validate ??= ajv.compile(schema);
    if (validate(value)) return value as Value;
    throw validationFailed(toFieldErrors(validate.errors ?? []));
  };
}

function validationFailed(errors: readonly FieldError[]): DomainError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const detail = `${first?.pointer || 'The value'}: ${first?.detail ?? 'is invalid'}${more}`;
  return new DomainError(VALIDATION_FAILED, detail, { errors: errors.slice(0, SHOWN_ERRORS) });
}

type Fault = Pick<ErrorObject, 'instancePath' | 'keyword' | 'params' | 'message'> &
  Partial<Pick<ErrorObject, 'parentSchema' | 'data' | 'propertyName'>>;

/** Each fault once: that an empty text has no form either says nothing more. */
export function withoutRepeats<F extends Fault>(errors: readonly F[]): readonly F[] {
  const placeOf = ({ instancePath, propertyName = '' }: F) => `${instancePath}\n${propertyName}`;
  const isEmpty = ({ keyword, params, data }: F) =>
    keyword === 'minLength' && (data === '' || (params as { limit?: unknown }).limit === 1);
  const empty = new Set(errors.filter(isEmpty).map(placeOf));
  return empty.size === 0
    ? errors
    : errors.filter((error) => error.keyword !== 'pattern' || !empty.has(placeOf(error)));
}

/**
 * Translates errors of Ajv (also Fastify's `error.validation`), each fault once; missing and unknown fields point at the field. A
 * validator that is `verbose` has the words of the schema said instead of a regular expression.
 */
export function toFieldErrors(errors: readonly Fault[]): FieldError[] {
  return withoutRepeats(errors).map(({ instancePath, keyword, params, message, parentSchema, data }) => {
    const fact = params as Record<string, unknown>;
    if (keyword === 'required') return at(instancePath, fact['missingProperty'], 'REQUIRED', 'is missing');
    if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
      return at(
        instancePath,
        fact['additionalProperty'] ?? fact['unevaluatedProperty'],
        'UNKNOWN_FIELD',
        'is not a known field',
      );
    }
    if (keyword === 'discriminator') {
      return at(instancePath, fact['tag'], 'UNKNOWN_VARIANT', 'is missing or not one of the known variants');
    }
    const words = wordsOf(keyword, fact, parentSchema, data);
    if (words !== undefined) return { pointer: instancePath, code: codeOf(keyword), detail: words };
    const allowed = keyword === 'enum' ? `: ${(fact['allowedValues'] as unknown[]).join(', ')}` : '';
    return { pointer: instancePath, code: codeOf(keyword), detail: `${message ?? 'is invalid'}${allowed}` };
  });
}

function wordsOf(
  keyword: string,
  { limit }: Record<string, unknown>,
  schema: ErrorObject['parentSchema'],
  value: unknown,
): string | undefined {
  if (keyword === 'minLength' && limit === 1) return 'must not be empty';
  return keyword === 'pattern' && schema !== undefined
    ? patternWords(schema as Record<string, unknown>, value)
    : undefined;
}

function at(path: string, field: unknown, code: string, detail: string): FieldError {
  const step = String(field).replaceAll('~', '~0').replaceAll('/', '~1');
  return { pointer: `${path}/${step}`, code, detail };
}

/** `minLength` → `MIN_LENGTH`. */
function codeOf(keyword: string): string {
  return keyword.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
