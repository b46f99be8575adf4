import type { ErrorObject } from 'ajv';
import type { FieldError } from './errors.ts';
import { patternWords } from './patterns.ts';

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
  { limit, allowedValue }: Record<string, unknown>,
  schema: ErrorObject['parentSchema'],
  value: unknown,
): string | undefined {
  if (keyword === 'minLength' && limit === 1) return 'must not be empty';
  if (keyword === 'const') return `must be ${JSON.stringify(allowedValue)}`;
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
