import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { DomainError, type FieldError } from '../../platform/errors.ts';
import { VALIDATION_FAILED } from '../../platform/json.errors.ts';
import { toFieldErrors } from '../../platform/validation.ts';
import { BATCH_LIMIT, UsageEventInput } from './usage.schemas.ts';
import type { Refusal } from './usage.types.ts';

const SHOWN_ERRORS = 50;
const withFormats = addFormats as unknown as (ajv: Ajv2020) => Ajv2020;
const ajv = withFormats(new Ajv2020({ allErrors: true, strict: false, meta: false, validateSchema: false }));
const validate: ValidateFunction<UsageEventInput> = ajv.compile(UsageEventInput);

/** A regular expression tells nobody what to do. */
const WORDS: Readonly<Record<string, string>> = {
  quantity:
    'must be a decimal of zero or more as text, up to 18 digits before and 6 behind the point, like "12.5"',
  source: 'must start with a letter or digit and have up to 60 letters, digits, spaces or ._:/-',
  meter: 'must start with a letter or digit and have up to 60 letters, digits, spaces or ._:/-',
  unit: 'must be one line of text and not blank',
  idempotencyKey: 'must be one line of text and not blank',
  reference:
    'must be the number of a request or file, or a keyed hash: letters, digits and ._:/#- without blanks. Leave out names and dates of birth',
};

/** What is wrong with the form of one event; pointers are relative to it. */
export function findFormErrors(event: unknown): FieldError[] {
  if (validate(event)) return hasMoment(event) ? [] : [notAMoment];
  return toFieldErrors((validate.errors ?? []).slice(0, SHOWN_ERRORS).map(withWords));
}

/** The body of a POST: one event or a batch. Throws `VALIDATION_FAILED` with pointers like `/3/quantity`. */
export function checkedBody(body: unknown): UsageEventInput | UsageEventInput[] {
  if (!Array.isArray(body)) return checked(body, findFormErrors(body)) as UsageEventInput;
  if (body.length < 1 || body.length > BATCH_LIMIT) {
    const detail = `must have 1 to ${BATCH_LIMIT} events`;
    throw invalid([{ pointer: '', code: body.length < 1 ? 'MIN_ITEMS' : 'MAX_ITEMS', detail }]);
  }
  const errors = body.flatMap((event, index) => prefixed(index, findFormErrors(event)));
  return checked(body, errors) as UsageEventInput[];
}

/** Throws `VALIDATION_FAILED` for an event of the wrong form. */
export function assertForm(event: UsageEventInput): void {
  checked(event, findFormErrors(event));
}

export function formRefusal(errors: readonly FieldError[]): Refusal {
  return { problem: VALIDATION_FAILED, detail: describe(errors), errors };
}

export function prefixed(index: number, errors: readonly FieldError[]): FieldError[] {
  return errors.map((error) => ({ ...error, pointer: `/${index}${error.pointer}` }));
}

function checked<T>(body: T, errors: readonly FieldError[]): T {
  if (errors.length > 0) throw invalid(errors);
  return body;
}

function invalid(errors: readonly FieldError[]): DomainError {
  return new DomainError(VALIDATION_FAILED, describe(errors), { errors: errors.slice(0, SHOWN_ERRORS) });
}

function describe(errors: readonly FieldError[]): string {
  const [first] = errors;
  return first ? `${first.pointer || 'The body'} ${first.detail}.` : 'The event is not valid.';
}

function withWords(fault: ErrorObject): ErrorObject {
  const words = fault.keyword === 'pattern' ? WORDS[fault.instancePath.slice(1)] : undefined;
  return words === undefined ? fault : { ...fault, message: words };
}

const notAMoment: FieldError = { pointer: '/occurredAt', code: 'FORMAT', detail: 'is no moment that exists' };

/** RFC 3339 as it is written; the format also takes a space, and an offset without colon. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const FIRST_MOMENT = Date.parse('0001-01-02T00:00:00Z');

/** The format admits leap seconds, which no clock here knows, and a year 0, which PostgreSQL does not. */
function hasMoment({ occurredAt }: UsageEventInput): boolean {
  return MOMENT.test(occurredAt) && Date.parse(occurredAt) >= FIRST_MOMENT;
}
