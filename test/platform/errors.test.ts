import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'tap';
import { DomainError, defineProblem, listProblems } from '../../src/platform/errors.ts';
import { Decimal, nullable } from '../../src/platform/http/schemas.ts';
import { toFieldErrors } from '../../src/platform/validation.ts';
import '../../src/platform/money/index.ts';

test('a pattern is told in the words of its schema', async (t) => {
  const faults = (schema: object, value: unknown) => {
    const validate = new Ajv2020({ allErrors: true, verbose: true, strict: false }).compile(schema);
    validate(value);
    return toFieldErrors(validate.errors ?? []);
  };
  const pattern = (detail: string, pointer = '') => [{ pointer, code: 'PATTERN', detail }];
  t.strictSame(faults(Decimal, '1,5'), pattern('must look like "12.5" (Exact decimal)'));
  t.strictSame(faults(Decimal, ''), pattern('must not be blank'));
  t.strictSame(faults(nullable(Decimal), '1,5'), pattern('must look like "12.5" (Exact decimal)'));
  t.strictSame(
    faults({ type: 'string', pattern: '^a$', description: 'The letter a' }, 'b'),
    pattern('does not have the expected form (The letter a)'),
  );
  t.strictSame(
    faults({ type: 'string', pattern: '^a$' }, 'b'),
    pattern('must match pattern "^a$"'),
    'what says nothing of itself',
  );
  const both = { type: 'string', minLength: 1, pattern: '^[a-z]+$', examples: ['abc'] };
  t.strictSame(faults(both, ''), [{ pointer: '', code: 'MIN_LENGTH', detail: 'must not be empty' }]);
  t.strictSame(
    faults({ type: 'array', items: both }, ['', 'A']).toSorted((a, b) => (a.pointer < b.pointer ? -1 : 1)),
    [
      { pointer: '/0', code: 'MIN_LENGTH', detail: 'must not be empty' },
      ...pattern('must look like "abc"', '/1'),
    ],
  );
  const codes = (value: string) => faults({ ...both, minLength: 3 }, value).map(({ code }) => code);
  t.strictSame(codes(''), ['MIN_LENGTH']);
  t.strictSame(codes('A').toSorted(), ['MIN_LENGTH', 'PATTERN'], 'too short, and of another form');
});

test('problems', async (t) => {
  t.test('a code is defined once, well-formed, with an HTTP error status', async (t) => {
    t.throws(
      () => defineProblem({ code: 'DECIMAL_INVALID', status: 422, title: 'again', help: 'Nothing.' }),
      /defined twice/,
    );
    t.throws(
      () => defineProblem({ code: 'lower', status: 422, title: 'x', help: 'Nothing.' }),
      /UPPER_SNAKE_CASE/,
    );
    t.throws(
      () => defineProblem({ code: 'STATUS_WRONG', status: 200, title: 'x', help: 'Nothing.' }),
      /status/,
    );
    const codes = listProblems().map((problem) => problem.code);
    t.strictSame(codes, codes.toSorted());
    t.ok(codes.includes('DECIMAL_INVALID'));
  });

  t.test('the document shows the public part only', async (t) => {
    const [problem] = listProblems();
    if (problem === undefined) throw new Error('no problem is defined');
    const error = new DomainError(problem, 'public', {
      internal: 'secret',
      pointer: '/a',
      cause: new Error('deep'),
    });
    t.strictSame(error.toProblemDetails('req-1'), {
      type: `/problems/${problem.code}`,
      title: problem.title,
      status: problem.status,
      detail: 'public',
      code: problem.code,
      instance: 'req-1',
      errors: [{ pointer: '/a', code: problem.code, detail: 'public' }],
    });
    t.equal(error.internal, 'secret');
  });
});
