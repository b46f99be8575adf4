import tap from 'tap';
import type { FormSchema } from '../../../src/modules/catalogue/catalogue.types.ts';
import { checkContent } from '../../../src/modules/catalogue/content.service.ts';
import { closeFormSchema, findField } from '../../../src/modules/catalogue/form-schema.rules.ts';
import { checkFormSchema, validateFormData } from '../../../src/modules/catalogue/form-validators.ts';
import { judgePattern } from '../../../src/modules/catalogue/pattern-cost.rules.ts';

// oxlint-disable-next-line unicorn/no-thenable -- `then` is a keyword of JSON Schema
const andThen = (schema: object) => ({ then: schema });
const text = { type: 'string', title: 'Feld' };
const form = (properties: object, rest: object = {}): FormSchema => ({ type: 'object', properties, ...rest });
const faults = (schema: FormSchema) =>
  checkFormSchema(schema).map(({ pointer, code }) => `${pointer} ${code}`);

let ids = 0;
const fill = (schema: FormSchema, data: unknown) => {
  ids += 1;
  const found = validateFormData({ id: `version-${ids}`, formSchema: closeFormSchema(schema) }, data);
  return found.map(({ pointer, code }) => `${pointer} ${code}`);
};

const marriage = form(
  {
    weddingOn: { type: 'string', title: 'Tag der Eheschließung', format: 'date' },
    copies: { type: 'integer', title: 'Anzahl', minimum: 1, maximum: 20 },
    contact: {
      type: 'object',
      title: 'Rückfragen an',
      required: ['email'],
      properties: { email: { type: 'string', title: 'E-Mail', format: 'email' } },
    },
    persons: {
      type: 'array',
      title: 'Personen',
      maxItems: 2,
      items: { $ref: '#/$defs/person' },
    },
  },
  {
    required: ['weddingOn', 'copies'],
    $defs: {
      person: { type: 'object', title: 'Person', properties: { name: { type: 'string', title: 'Name' } } },
    },
  },
);

tap.test('forms that are taken (catalogue 5)', async (t) => {
  t.same(faults(marriage), []);
  t.same(
    faults(
      form(
        { kind: { ...text, enum: ['a', 'b'] } },
        {
          allOf: [
            {
              if: { properties: { kind: { const: 'b' } }, required: ['kind'] },
              ...andThen({ properties: { reason: text }, required: ['reason'] }),
            },
          ],
        },
      ),
    ),
    [],
    'conditions need no titles',
  );
});

tap.test('forms that are refused, each with the place (catalogue 5)', async (t) => {
  const refused: [string, FormSchema, string][] = [
    ['a list at the top', { type: 'array', items: text }, '/formSchema/type NOT_AN_OBJECT'],
    ['a field without title', form({ a: { type: 'string' } }), '/formSchema/properties/a/title REQUIRED'],
    ['a blank title', form({ a: { type: 'string', title: ' ' } }), '/formSchema/properties/a/title REQUIRED'],
    ['a field without type', form({ a: { title: 'A' } }), '/formSchema/properties/a/type REQUIRED'],
    [
      'a nested field without title',
      form({ a: { ...text, type: 'object', properties: { b: { type: 'string' } } } }),
      '/formSchema/properties/a/properties/b/title REQUIRED',
    ],
    [
      'a field declared in a branch without title',
      form({ a: text }, { ...andThen({ properties: { b: { type: 'string' } } }), if: {} }),
      '/formSchema/then/properties/b/title REQUIRED',
    ],
    [
      'what the meta-schema refuses',
      form({ a: { ...text, minLength: 'x' } }),
      '/formSchema/properties/a/minLength TYPE',
    ],
    [
      'another dialect',
      form({}, { $schema: 'http://json-schema.org/draft-07/schema#' }),
      '/formSchema/$schema DIALECT',
    ],
    [
      'an unknown keyword',
      form({ a: { ...text, widget: 'x' } }),
      '/formSchema/properties/a/widget UNKNOWN_KEYWORD',
    ],
    ['an id', form({ a: { ...text, $id: 'http://x/' } }), '/formSchema/properties/a/$id UNKNOWN_KEYWORD'],
    [
      'a reference to outside',
      form({ a: { title: 'A', $ref: 'https://example.org/a.json' } }),
      '/formSchema/properties/a/$ref REF_UNKNOWN',
    ],
    [
      'a reference to a file',
      form({ a: { title: 'A', $ref: 'a.json#/x' } }),
      '/formSchema/properties/a/$ref REF_UNKNOWN',
    ],
    [
      'a reference to itself',
      form({ a: { title: 'A', $ref: '#' } }),
      '/formSchema/properties/a/$ref REF_UNKNOWN',
    ],
    [
      'definitions in a circle',
      form({ a: { title: 'A', $ref: '#/$defs/x' } }, { $defs: { x: { allOf: [{ $ref: '#/$defs/x' }] } } }),
      '/formSchema/$defs TOO_LARGE',
    ],
    [
      'a broken pattern',
      form({ a: { ...text, pattern: '(' } }),
      '/formSchema/properties/a/pattern PATTERN_DOES_NOT_COMPILE',
    ],
    [
      'a dangerous pattern',
      form({ a: { ...text, pattern: '^(a+)+$' } }),
      '/formSchema/properties/a/pattern PATTERN_TOO_COSTLY',
    ],
    [
      'a long pattern',
      form({ a: { ...text, pattern: 'a'.repeat(301) } }),
      '/formSchema/properties/a/pattern PATTERN_TOO_LONG',
    ],
    [
      'an unknown format',
      form({ a: { ...text, format: 'regex' } }),
      '/formSchema/properties/a/format FORMAT_UNKNOWN',
    ],
    ['open objects', form({}, { additionalProperties: true }), '/formSchema/additionalProperties NOT_CLOSED'],
    [
      'a list of anything',
      form({ a: { ...text, type: 'array' } }),
      '/formSchema/properties/a/items REQUIRED',
    ],
    ['a property that objects have anyway', form({ toString: text }), '/formSchema/properties/toString NAME'],
    ['HTML as a property name', form({ '<b>': text }), '/formSchema/properties/<b> NAME'],
  ];
  for (const [name, schema, expected] of refused)
    t.ok(faults(schema).includes(expected), `${name}: ${faults(schema).join(', ')}`);
});

tap.test('forms that are too much (catalogue 5)', async (t) => {
  let deep: FormSchema = text;
  for (let i = 0; i < 20; i += 1) deep = { ...text, type: 'object', properties: { a: deep } };
  t.same(faults(form({ a: deep })), ['/formSchema TOO_DEEP']);
  t.same(faults(form({ a: { ...text, description: 'x'.repeat(70_000) } })), ['/formSchema TOO_LARGE']);
  const $defs = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [
      `d${i}`,
      {
        type: 'object',
        title: 'D',
        properties: {},
        allOf: i === 29 ? [] : Array(2).fill({ $ref: `#/$defs/d${i + 1}` }),
      },
    ]),
  );
  delete ($defs.d29 as { allOf?: unknown }).allOf;
  t.same(faults(form({ a: { title: 'A', $ref: '#/$defs/d0' } }, { $defs })), ['/formSchema/$defs TOO_LARGE']);
});

tap.test('patterns are judged by what they can cost', async (t) => {
  const judgements: [string, string][] = [
    ['^[A-Z]{1,3}-[A-Z]{1,2} ?[0-9]{1,4}[EH]?$', 'ok'],
    ['^\\d{5}(-\\d{4})?$', 'ok'],
    ['^[^@]+@[^@]+\\.[a-z]{2,}$', 'ok'],
    ['^(?<land>[A-Z]{2})\\p{L}[\\]x(]{2}$', 'ok'],
    ['^(\\d{2}-)+$', 'ok'],
    ['^(a|b)*$', 'too_costly'],
    ['^(a*)*$', 'too_costly'],
    ['^(a?){30}$', 'too_costly'],
    ['^a*b*c*d*$', 'too_costly'],
    ['a*b*c*', 'too_costly'],
    ['^(?:x{0,99}){9}$', 'too_costly'],
    ['^(?=a)b$', 'not_supported'],
    ['^(?<!a)b$', 'not_supported'],
    ['^(a)\\1$', 'not_supported'],
    ['^[$', 'does_not_compile'],
  ];
  for (const [pattern, verdict] of judgements) t.equal(judgePattern(pattern), verdict, pattern);
});

tap.test('the dearest pattern that is taken ends soon on the dearest text', async (t) => {
  const schema = form({ a: { ...text, pattern: '^a*a*a*$' } });
  t.same(faults(schema), []);
  const started = process.hrtime.bigint();
  t.same(fill(schema, { a: `${'a'.repeat(199)}!` }), ['/formData/a PATTERN']);
  t.same(
    fill(schema, { a: 'a'.repeat(100_000) }),
    ['/formData/a PATTERN'],
    'long texts are not tried at all',
  );
  t.ok(Number(process.hrtime.bigint() - started) < 2e9);
});

tap.test('filled forms: pointers below /formData (catalogue 6)', async (t) => {
  const good = { weddingOn: '2027-05-07', copies: 2 };
  t.same(fill(marriage, good), []);
  t.same(fill(marriage, { ...good, persons: [{ name: 'A' }, { name: 'B' }] }), []);
  t.same(fill(marriage, {}).sort(), ['/formData/copies REQUIRED', '/formData/weddingOn REQUIRED']);
  t.same(fill(marriage, { ...good, copies: '2' }), ['/formData/copies TYPE'], 'text is no number');
  t.same(
    fill(marriage, { ...good, weddingOn: '2027-02-30' }),
    ['/formData/weddingOn FORMAT'],
    'a day that does not exist',
  );
  t.same(fill(marriage, { ...good, contact: { email: 'nobody' } }), ['/formData/contact/email FORMAT']);
  t.same(fill(marriage, { ...good, isAdmin: true }), ['/formData/isAdmin UNKNOWN_FIELD']);
  t.same(
    fill(marriage, { ...good, contact: { email: 'a@example.org', x: 1 } }),
    ['/formData/contact/x UNKNOWN_FIELD'],
    'unknown fields further inside',
  );
  t.same(
    fill(marriage, { ...good, persons: [{ name: 'A', role: 'x' }] }),
    ['/formData/persons/0/role UNKNOWN_FIELD'],
    'unknown fields behind a reference',
  );
  t.same(fill(marriage, [good]), ['/formData TYPE']);
  t.same(fill(marriage, null), ['/formData TYPE']);
  t.same(fill(marriage, { ...good, persons: Array(2_001).fill({}) }), ['/formData TOO_LARGE']);
});

tap.test('filled forms: conditions see what they depend on', async (t) => {
  const schema = form(
    { kind: { ...text, enum: ['a', 'b'] } },
    {
      if: { properties: { kind: { const: 'b' } }, required: ['kind'] },
      ...andThen({ properties: { reason: text }, required: ['reason'] }),
    },
  );
  t.same(faults(schema), []);
  t.same(fill(schema, { kind: 'a' }), []);
  t.same(fill(schema, { kind: 'b' }), ['/formData/reason REQUIRED']);
  t.same(fill(schema, { kind: 'b', reason: 'x' }), []);
  t.same(fill(schema, { kind: 'a', reason: 'x' }), ['/formData/reason UNKNOWN_FIELD']);
});

tap.test('closing changes nothing that is closed, and nothing when done twice', async (t) => {
  const once = closeFormSchema(marriage);
  t.same(closeFormSchema(once), once);
  t.equal(once.unevaluatedProperties, false);
  t.notOk('unevaluatedProperties' in marriage, 'the schema given is left alone');
  t.same(
    closeFormSchema(form({}, { additionalProperties: false })),
    form({}, { additionalProperties: false }),
  );
});

tap.test('fields are found by pointer, through references', async (t) => {
  t.equal(findField(marriage, '/copies')?.isRequired, true);
  t.equal(findField(marriage, '/contact/email')?.isRequired, false, 'the object around it may be left out');
  t.equal(findField(marriage, '/nothing'), undefined);
  t.equal(findField(marriage, '/constructor'), undefined);
  const referring = form({ p: { title: 'P', $ref: '#/$defs/person' } }, { $defs: marriage.$defs as object });
  t.equal(findField(referring, '/p/name')?.schema.title, 'Name');
});

const TEAM = '01930e2c-6a70-7d4e-9b1a-3f8f2f1c7a10';
const content = (changes: object = {}) => ({
  title: 'Eheurkunde',
  description: 'Ausstellung',
  formSchema: marriage,
  usageRule: { meter: 'certificates', unit: 'Stück', quantity: { formField: '/copies' } },
  processingRule: { teamId: TEAM, autoAccept: true, objectionDays: 14, routes: [] },
  checklist: [],
  ...changes,
});
const contentFaults = (changes: object) =>
  checkContent(content(changes), new Set([TEAM])).map(({ pointer, code }) => `${pointer} ${code}`);
const quantity = (value: object) => ({ usageRule: { meter: 'm', unit: 'Stück', quantity: value } });

tap.test('usage rules count what the form is sure to say (catalogue 7)', async (t) => {
  const pointer = '/usageRule/quantity/formField';
  t.same(contentFaults({}), []);
  t.same(contentFaults(quantity({ fixed: '0.5' })), []);
  t.same(contentFaults(quantity({ fixed: '0.0' })), ['/usageRule/quantity/fixed NOT_POSITIVE']);
  t.same(contentFaults(quantity({ fixed: '-1' })), ['/usageRule/quantity/fixed NOT_POSITIVE']);
  t.same(contentFaults(quantity({ formField: '/none' })), [`${pointer} UNKNOWN`]);
  t.same(contentFaults(quantity({ formField: '/weddingOn' })), [`${pointer} NOT_NUMERIC`]);
  t.same(contentFaults(quantity({ formField: '/contact/email' })), [`${pointer} NOT_REQUIRED`]);
  const one = (field: object) => ({
    formSchema: form({ n: { title: 'N', ...field } }, { required: ['n'] }),
    ...quantity({ formField: '/n' }),
  });
  t.same(contentFaults(one({ type: 'number' })), [`${pointer} MAY_BE_NEGATIVE`]);
  t.same(contentFaults(one({ type: 'number', exclusiveMinimum: 0 })), []);
  t.same(contentFaults(one({ type: 'string', format: 'decimal' })), []);
  t.same(contentFaults(one({ type: ['integer', 'null'], minimum: 0 })), [`${pointer} NOT_NUMERIC`]);
});

tap.test('processing rules route by fields there are, to teams there are (catalogue 8)', async (t) => {
  const other = '01930e2c-6a70-7d4e-9b1a-3f8f2f1c7a11';
  const rule = (routes: object[]) => ({
    processingRule: { teamId: TEAM, autoAccept: true, objectionDays: 14, routes },
  });
  t.same(contentFaults(rule([{ when: { formField: '/copies', equals: 1 }, teamId: TEAM }])), []);
  t.same(contentFaults(rule([{ when: { formField: '/x', equals: 1 }, teamId: other }])), [
    '/processingRule/routes/0/when/formField UNKNOWN',
    '/processingRule/routes/0/teamId UNKNOWN',
  ]);
  t.same(
    contentFaults({
      checklist: [
        { id: 'a', label: 'A', isRequired: true },
        { id: 'a', label: 'B', isRequired: false },
      ],
    }),
    ['/checklist/1/id REPEATED'],
  );
});
