import { type Static, type TObject, type TProperties, type TSchema, type TUnsafe, Type } from 'typebox';
import { MOST_ENTERED_CENTS } from '../money/index.ts';
import { TYPED_TEXT } from '../patterns.ts';

/** An object that refuses fields it does not know. */
export function closed<P extends TProperties>(
  properties: P,
  options: Record<string, unknown> = {},
): TObject<P> {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** As `closed`, and the API document holds it once, under this name. */
export const named = <P extends TProperties>(
  title: string,
  properties: P,
  options: Record<string, unknown> = {},
): TObject<P> => closed(properties, { title, ...options });

/**
 * A value or null. As a list of types where the schema names one: a choice of schemas (`anyOf`) would be tried in full for every
 * value of every answer, and a refusal would name both.
 */
export function nullable<S extends TSchema>(schema: S): TUnsafe<Static<S> | null> {
  const { type, enum: choices } = schema as { type?: unknown; enum?: unknown[] };
  const isPlain = typeof type === 'string' || choices !== undefined;
  if (!isPlain) return Type.Unsafe({ anyOf: [schema, { type: 'null' }] });
  return Type.Unsafe({
    ...schema,
    ...(type !== undefined && { type: [type, 'null'] }),
    ...(choices !== undefined && { enum: [...choices, null] }),
  });
}

export const Uuid = Type.String({
  format: 'uuid',
  description: 'UUID',
  examples: ['01930e2c-6a70-7d4e-9b1a-3f8f2f1c7a10'],
});
export const Moment = Type.String({ format: 'date-time', description: 'RFC 3339, UTC' });
export const Day = Type.String({ format: 'date', description: 'Day, YYYY-MM-DD' });
export const Cents = Type.Integer({
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Amount in euro cents',
});
/** What a person enters: more than a hundred billion euro is a slip. */
export const EnteredCents = Type.Integer({
  minimum: -MOST_ENTERED_CENTS,
  maximum: MOST_ENTERED_CENTS,
  description: 'Amount in euro cents',
});
/** Of a booking: other years are a slip. */
export const EnteredDay = Type.String({
  format: 'date',
  pattern: '^(19|20|21)',
  description: 'Day of the years 1900 to 2199',
  examples: ['2026-01-31'],
});
/** Exact decimal as text: up to 18 digits before and 6 behind the point. */
export const Decimal = Type.String({
  pattern: '^-?\\d{1,18}(\\.\\d{1,6})?$',
  description: 'Exact decimal',
  examples: ['12.5'],
});

/** Text a person typed: not blank, no control characters but tab and line breaks. */
export const text = (maxLength: number, options: Record<string, unknown> = {}) =>
  Type.String({ minLength: 1, maxLength, pattern: TYPED_TEXT, ...options });

export const PageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Rows per page' }),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 500, description: '`nextCursor` of the page before' }),
  ),
};

/** A page of items that have a name, from which it takes its own. */
export const pageOf = <S extends TObject>(item: S) =>
  named(`${(item as { title?: string }).title}Page`, {
    items: Type.Array(item),
    nextCursor: nullable(Type.String({ description: 'Null on the last page' })),
  });

export const IdParams = closed({ id: Uuid });

/** `If-Match` of a change. Its absence is answered with 428, so the schema leaves it open. */
export const IfMatchHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'ETag of the state the change is meant for', examples: ['"3"'] }),
  ),
});

export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: '^[\\x21-\\x7e]+$',
      description: 'Same key, same body: the first answer again',
    }),
  ),
});

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'Reference to the description of the problem' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String({ description: 'Stable name to match on' }),
    instance: Type.String({ description: 'Request id; name it when you ask for help' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.String({
            description: 'JSON pointer into the body, or /query/…, /path/…, /headers/…',
          }),
          code: Type.String(),
          detail: Type.String(),
        }),
      ),
    ),
  },
  { title: 'Problem', description: 'Problem details, RFC 9457' },
);
