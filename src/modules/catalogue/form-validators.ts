import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { BoundedCache } from '../../platform/bounded-cache.ts';
import type { FieldError } from '../../platform/errors.ts';
import { toFieldErrors, withoutRepeats } from '../../platform/validation.ts';
import type { FormSchema } from './catalogue.types.ts';
import {
  checkStructure,
  closeFormSchema,
  formFault,
  refuseSize,
  STANDARD_FORMATS,
} from './form-schema.rules.ts';
import { PATTERN_TEXT_MAX } from './pattern-cost.rules.ts';

/** `ajv-formats` is CommonJS; its default export is the function itself under either interop. */
const withFormats = addFormats as unknown as (ajv: Ajv2020, formats: string[]) => Ajv2020;

/** An exact quantity as text, not negative. */
const DECIMAL = /^\d{1,18}(\.\d{1,6})?$/;

const VALIDATORS_MAX = 500;
/** Fields, list entries and objects of one filled form; what is quadratic in lists stays small below it. */
const VALUES_MAX = 2_000;
const ERRORS_MAX = 50;

const matchBounded = Object.assign(
  (pattern: string, flags: string) => {
    const regex = new RegExp(pattern, flags);
    return { test: (text: string) => text.length <= PATTERN_TEXT_MAX && regex.test(text) };
  },
  { code: 'matchBounded' },
);

const meta = new Ajv2020({ allErrors: true, strict: false, logger: false });

/** Everything that keeps a schema from being the form of a service, with pointers below `/formSchema`. */
export function checkFormSchema(schema: FormSchema): FieldError[] {
  const refusal = refuseSize(schema);
  if (refusal !== undefined) return [refusal];
  const { $schema: _, ...body } = schema;
  const errors = meta.validateSchema(body) === true ? checkStructure(schema) : metaFaults();
  return (errors.length === 0 ? checkCompiles(schema) : errors).slice(0, ERRORS_MAX);
}

function metaFaults(): FieldError[] {
  return toFieldErrors(meta.errors ?? []).map(({ pointer, code, detail }) =>
    formFault(pointer, code, detail),
  );
}

function checkCompiles(schema: FormSchema): FieldError[] {
  try {
    compileForm(closeFormSchema(schema));
    return [];
  } catch (error) {
    return [formFault('', 'DOES_NOT_COMPILE', `does not compile: ${(error as Error).message}`)];
  }
}

/**
 * Compiles a form schema. Throws when it cannot be compiled. Each validator has a compiler of its own: a shared one would keep
 * every schema it ever saw.
 */
function compileForm(schema: FormSchema): ValidateFunction {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    strictTuples: false,
    allowUnionTypes: true,
    meta: false,
    validateSchema: false,
    logger: false,
    code: { regExp: matchBounded },
  });
  withFormats(ajv, [...STANDARD_FORMATS]).addFormat('decimal', DECIMAL);
  return ajv.compile(schema);
}

/** By id of the service version. Only what is published is kept, for that never changes. */
const validators = new BoundedCache<ValidateFunction>(VALIDATORS_MAX);

/** A published or retired service version. */
export interface FormVersion {
  readonly id: string;
  readonly formSchema: FormSchema;
}

/** What is wrong with a filled form, with pointers below `/formData`; empty when it fits. `version` must not be a draft. */
export function validateFormData(version: FormVersion, data: unknown): FieldError[] {
  if (countValues(data) > VALUES_MAX) {
    return [{ pointer: '/formData', code: 'TOO_LARGE', detail: `has more than ${VALUES_MAX} values` }];
  }
  const validate = validators.getOr(version.id, () => compileForm(version.formSchema));
  if (validate(data)) return [];
  return withoutRepeats(validate.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .slice(0, ERRORS_MAX)
    .map(formError);
}

function formError(error: ErrorObject): FieldError {
  const [fault] = toFieldErrors([error]);
  const field = {
    code: error.keyword,
    detail: 'is not valid',
    ...fault,
    pointer: `/formData${fault?.pointer ?? ''}`,
  };
  if (error.keyword !== 'pattern') return field;
  return { ...field, detail: `does not have the expected form of at most ${PATTERN_TEXT_MAX} characters` };
}

/** Counts without recursion, for the data may be nested as deep as a body can. */
function countValues(data: unknown): number {
  const open: unknown[] = [data];
  let count = 0;
  while (open.length > 0 && count <= VALUES_MAX) {
    const value = open.pop();
    count += 1;
    if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value)) open.push(inner);
  }
  return count;
}
