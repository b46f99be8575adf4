import { test } from 'tap';
import { DomainError, defineProblem, listProblems } from '../../src/platform/errors.ts';
import '../../src/platform/money/index.ts';

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
