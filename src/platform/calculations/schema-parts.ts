/**
 * Parts of the schemas of calculation files: plain JSON Schema, without the schema library. `verbund compute` is
 * started anew for each file, and loading the library takes longer than most calculations (decision 0012).
 */
export type Schema = Readonly<Record<string, unknown>>;

/** Objects of calculation files are closed: a misspelt field must not be overlooked. */
export function closed(
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(required),
    properties: { ...required, ...optional },
  };
}

/** One of several closed shapes, told apart by a field: a wrong field is reported for the shape that was meant. */
export function variants(tag: string, shapes: readonly Schema[]): Schema {
  return { type: 'object', discriminator: { propertyName: tag }, required: [tag], oneOf: shapes };
}

export const list = (items: Schema): Schema => ({ type: 'array', items });
/** Any names. */
export const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
export const only = (value: string): Schema => ({ const: value });

export const Id: Schema = { type: 'string', minLength: 1, maxLength: 100 };
export const Text: Schema = { type: 'string', maxLength: 1000 };
export const Flag: Schema = { type: 'boolean' };
/** Whether the number is held exactly is for `toBigCents` to say: its refusal names the range. */
export const Cents: Schema = { type: 'integer' };
/** Cents of something that cannot be less than nothing. */
export const NonNegativeCents: Schema = { type: 'integer', minimum: 0 };
/** Whether it is a decimal is for `parseDecimal` to say: its refusal shows text and grammar. */
export const DecimalText: Schema = { type: 'string' };
export const Day: Schema = { type: 'string', format: 'date' };
/** RFC 3339, of any offset. */
export const Moment: Schema = { type: 'string', format: 'date-time' };
