import { Ajv } from 'ajv';
import fc from 'fast-check';
import { test } from 'tap';
import { validatorOf } from '../../src/platform/calculations/file-checks.ts';
import {
  Cents,
  closed,
  Day,
  DecimalText,
  Flag,
  Id,
  list,
  Moment,
  mapOf,
  NonNegativeCents,
  only,
  variants,
} from '../../src/platform/calculations/schema-parts.ts';
import { isDay, isMoment } from '../../src/platform/calendar.ts';
import type { DomainError } from '../../src/platform/errors.ts';
import { toFieldErrors } from '../../src/platform/validation.ts';

/** Each keyword, alone and within others. */
const schema = closed(
  {
    kind: only('sample'),
    id: Id,
    cents: Cents,
    moment: Moment,
    key: variants('type', [
      closed({ type: { enum: ['equal', 'same'] } }),
      closed({ type: only('values'), values: mapOf(DecimalText) }),
    ]),
  },
  {
    days: { ...list(Day), minItems: 1, maxItems: 2 },
    flag: Flag,
    code: { type: ['string', 'null'], minLength: 1, maxLength: 3, pattern: '^[a-z/~]*$', examples: ['abc'] },
    count: { ...NonNegativeCents, maximum: 5 },
    pair: { type: 'array', items: [Cents, DecimalText], minItems: 2, maxItems: 2 },
    few: { type: 'object', additionalProperties: mapOf(Flag), minProperties: 1, maxProperties: 1 },
    one: { enum: ['a', 'b', 'none'] },
    anything: {},
  },
);

const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  discriminator: true,
  strictTypes: false,
  formats: { date: isDay, 'date-time': isMoment },
});
const reference = ajv.compile(schema);
const validate = validatorOf<object>(schema);

function faultsOf(value: unknown) {
  try {
    validate(value);
    return [];
  } catch (error) {
    return (error as DomainError).errors;
  }
}

const scalar = fc.constantFrom<unknown[]>(
  null,
  true,
  0,
  1,
  -1,
  6,
  1.5,
  '',
  'a',
  '/',
  '~~~~',
  '👍👍👍',
  '👍👍👍👍',
  'equal',
  'same',
  'values',
  'sample',
  'y'.repeat(101),
  '2026-02-28',
  '2026-02-30',
  '2026-02-28T10:00:00Z',
  '1.5',
  [],
  {},
);
const maybe = (fitting: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 24, arbitrary: fitting }, { weight: 1, arbitrary: scalar });
const named = (values: fc.Arbitrary<unknown>) =>
  fc.dictionary(fc.constantFrom('a', 'b/c', '~', 'type', 'kind', 'constructor'), values, { maxKeys: 3 });
/** Now and then with a field that nobody knows. */
const withMore = <Value extends object>(values: fc.Arbitrary<Value>) =>
  fc.oneof(
    { weight: 24, arbitrary: values },
    { weight: 1, arbitrary: values.map((value) => ({ ...value, 'a/b': 1 })) },
  );
const key = fc.oneof(
  fc.record({ type: maybe(fc.constantFrom('equal', 'same')) }),
  withMore(fc.record({ type: maybe(fc.constant('values')), values: maybe(named(maybe(fc.constant('1')))) })),
  fc.record({ values: scalar }),
);
const sample = withMore(
  fc.record(
    {
      kind: maybe(fc.constant('sample')),
      id: maybe(fc.constantFrom('x', 'y'.repeat(100))),
      cents: maybe(fc.integer()),
      moment: maybe(fc.constant('2026-02-28T10:00:00Z')),
      key: maybe(key),
      days: maybe(fc.array(maybe(fc.constant('2026-02-28')), { minLength: 1, maxLength: 2 })),
      flag: maybe(fc.boolean()),
      code: maybe(fc.constantFrom('abc', null)),
      count: maybe(fc.integer({ min: 0, max: 5 })),
      pair: maybe(fc.tuple(maybe(fc.integer()), maybe(fc.constant('1')))),
      few: maybe(maybe(named(maybe(fc.boolean()))).map((only) => ({ '~': only }))),
      one: maybe(fc.constantFrom('a', 'b')),
      anything: scalar,
    },
    { requiredKeys: ['kind', 'id', 'cents', 'moment', 'key'] },
  ),
);

test('checks of calculation files', async (t) => {
  t.test('find what the reference finds, in its words and order', async (t) => {
    let refused = 0;
    fc.assert(
      fc.property(maybe(sample), (value) => {
        reference(value);
        const expected = toFieldErrors(reference.errors ?? []).slice(0, 50);
        if (expected.length > 0) refused += 1;
        return JSON.stringify(faultsOf(value)) === JSON.stringify(expected);
      }),
      { numRuns: 3000 },
    );
    t.ok(refused > 500 && refused < 2500, `${refused} of 3,000 were refused`);
  });

  t.test('are not made of keywords that nobody would look at', async (t) => {
    t.throws(() => validatorOf(list({ type: 'string', uniqueItems: true }))([]), /no keyword uniqueItems/);
  });
});
