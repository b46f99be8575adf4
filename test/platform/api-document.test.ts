import tap from 'tap';
import { type ApiDocument, completed } from '../../src/platform/http/api-document.ts';
import { NOT_FOUND } from '../../src/platform/http/problems.ts';
import { nullable } from '../../src/platform/http/schemas.ts';

const documentOf = (...schemas: object[]): ApiDocument => ({
  components: { securitySchemes: {} },
  paths: {
    '/things': {
      get: { operationId: 'listThings', responses: { 200: { content: { 'application/json': schemas } } } },
    },
  },
});

const thing = (more: object = {}) => ({ title: 'Thing', type: 'object', properties: { title: {} }, ...more });
const REF = { $ref: '#/components/schemas/Thing' };

const answersOf = ({ paths }: ApiDocument) => paths['/things']?.['get']?.responses;

tap.test('names: a schema with a title stands once, below its name, wherever it is used', async (t) => {
  const list = { type: 'array', items: thing() };
  const document = completed(documentOf(thing(), list), new Map());
  t.match(answersOf(document), {
    200: { content: { 'application/json': [REF, { type: 'array', items: REF }] } },
  });
  const { title: _title, ...schema } = thing();
  t.same((document.components['schemas'] as Record<string, unknown>)['Thing'], schema);
  t.ok(document.components['securitySchemes'], 'other components stay');
});

tap.test('names: a value or null refers to the value', async (t) => {
  const choice = { title: 'Choice', enum: ['a', 'b'] };
  const object = nullable(thing() as never);
  const document = completed(documentOf(thing(), object, choice, nullable(choice as never)), new Map());
  const orNull = ($ref: string) => ({ anyOf: [{ $ref }, { type: 'null' }] });
  t.match(answersOf(document), {
    200: {
      content: {
        'application/json': [
          REF,
          orNull(REF.$ref),
          { $ref: '#/components/schemas/Choice' },
          orNull('#/components/schemas/Choice'),
        ],
      },
    },
  });
});

tap.test('names: a title in an example is no name', async (t) => {
  const examples = [{ title: 'Thing' }];
  const document = completed(documentOf({ type: 'object', examples, default: examples[0] }), new Map());
  t.match(answersOf(document), {
    200: { content: { 'application/json': [{ examples, default: examples[0] }] } },
  });
});

tap.test('defaults: what has one may be left out of what is sent, and is there in an answer', async (t) => {
  const size = { type: 'integer', default: 3 };
  const object = { type: 'object', required: ['name', 'size'], properties: { name: {}, size } };
  const none = { ...object, required: ['size'] };
  const { required: _required, ...free } = none;
  const parameter = { name: 'size', in: 'query', required: true, schema: size };
  const answer = { type: 'object', required: ['parameters'], properties: { parameters: object } };
  const given = (schema: object) => ({ content: { 'application/json': { schema } } });
  const operation = {
    operationId: 'createThing',
    parameters: [parameter],
    requestBody: given({ type: 'array', items: { anyOf: [object, none] } }),
    responses: { 200: given(answer) },
  };
  const document = completed({ components: {}, paths: { '/things': { post: operation } } }, new Map());
  t.strictSame(document.paths['/things']?.['post'], {
    ...operation,
    parameters: [{ ...parameter, required: false }],
    requestBody: given({ type: 'array', items: { anyOf: [{ ...object, required: ['name'] }, free] } }),
  });
});

tap.test('names: two different schemas of one name are an error, not a choice', async (t) => {
  const twice = documentOf(thing(), thing({ description: 'another' }));
  t.throws(() => completed(twice, new Map()), /two different schemas are called Thing/);
});

tap.test('refusals: one answer by status, shared by all routes, whose codes each route lists', async (t) => {
  const document = completed(documentOf(), new Map([['listThings', [NOT_FOUND]]]));
  t.same(answersOf(document)?.['404'], {
    $ref: '#/components/responses/NotFound',
    description: '`NOT_FOUND`',
  });
  t.match(document.components['responses'], {
    NotFound: {
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  });
});

tap.test(
  'parameters: what many operations take stands once, of two of one name the more common one',
  async (t) => {
    const limit = (maximum: number) => ({
      name: 'page-limit',
      in: 'query',
      schema: { type: 'integer', maximum },
    });
    const operation = (at: number, maximum: number) => ({
      operationId: `list${at}`,
      parameters: [limit(maximum)],
      responses: {},
    });
    const get = (at: number, maximum: number) => [`/things${at}`, { get: operation(at, maximum) }] as const;
    const paths = Object.fromEntries([
      ...[1, 2, 3].map((at) => get(at, 10)),
      ...[4, 5, 6, 7].map((at) => get(at, 200)),
      get(8, 5),
    ]);
    const document = completed({ components: {}, paths }, new Map());
    t.same(document.components['parameters'], { PageLimit: limit(200) });
    const parametersOf = (at: number) => document.paths[`/things${at}`]?.['get']?.parameters;
    t.same(parametersOf(4), [{ $ref: '#/components/parameters/PageLimit' }]);
    t.same(parametersOf(1), [limit(10)], 'another of the same name stays in place');
    t.same(parametersOf(8), [limit(5)]);
  },
);
