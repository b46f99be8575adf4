import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isDay, isMoment } from './calendar.ts';
import { DomainError, type FieldError } from './errors.ts';
import { VALIDATION_FAILED } from './json.errors.ts';

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

/** Translates errors of Ajv (also Fastify's `error.validation`); missing and unknown fields point at the field. */
export function toFieldErrors(
  errors: readonly Pick<ErrorObject, 'instancePath' | 'keyword' | 'params' | 'message'>[],
): FieldError[] {
  return errors.map(({ instancePath, keyword, params, message }) => {
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
    const allowed = keyword === 'enum' ? `: ${(fact['allowedValues'] as unknown[]).join(', ')}` : '';
    return { pointer: instancePath, code: codeOf(keyword), detail: `${message ?? 'is invalid'}${allowed}` };
  });
}

function at(path: string, field: unknown, code: string, detail: string): FieldError {
  const step = String(field).replaceAll('~', '~0').replaceAll('/', '~1');
  return { pointer: `${path}/${step}`, code, detail };
}

/** `minLength` → `MIN_LENGTH`. */
function codeOf(keyword: string): string {
  return keyword.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
