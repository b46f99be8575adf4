import t from 'tap';
import ts from 'typescript';
import { listFiles, readText } from '../support/repository.ts';

interface SourceRule {
  readonly name: string;
  readonly folders: readonly string[];
  readonly pattern: RegExp;
  /** File, or folder with `/` at its end -> why it may. An entry for a file that no longer needs it fails. */
  readonly exceptions: Readonly<Record<string, string>>;
  /** Lines that the pattern must find, and lines it must leave alone. */
  readonly finds: readonly string[];
  readonly leaves: readonly string[];
}

const codeEndings = ['.ts', '.tsx', '.mts', '.mjs', '.cjs'];
/** Holds the forbidden words as samples. */
const thisFile = 'test/architecture/source-rules.test.ts';

const rules: readonly SourceRule[] = [
  {
    name: 'process.env is read in src/config.ts only',
    folders: ['src', 'workers', 'test'],
    pattern: /\bprocess\s*(\.|\?\.|\[\s*['"])env\b|from 'node:process'/,
    exceptions: {
      'src/config.ts': 'turns the environment into the typed configuration',
      'test/support/': 'takes the servers the test run was started with, and starts programs',
    },
    finds: ['const url = process.env.DATABASE_URL;', "import { env } from 'node:process';", "process['env']"],
    leaves: ['const environment = config.DATABASE_URL;'],
  },
  {
    name: 'the time comes from the clock',
    folders: ['src', 'workers', 'test'],
    pattern: /\bnew Date\(|\bDate\.now\(|\bTemporal\.Now\b/,
    exceptions: {
      'src/platform/clock.ts': 'is the clock',
      'src/platform/embedded/': 'compares the ages of lock files, which the file system dates',
    },
    finds: ['const now = new Date();', 'Date.now()', 'Temporal.Now.instant()'],
    leaves: ['clock.now()', 'performance.now()', 'Date.parse(moment)'],
  },
  {
    name: 'no behaviour hangs on NODE_ENV',
    folders: ['src', 'workers', 'test', 'bench', 'scripts'],
    pattern: /\bNODE_ENV\b/,
    exceptions: {},
    finds: ["if (env.NODE_ENV === 'test')"],
    leaves: ['const nodeEnvironment = 1;'],
  },
  {
    name: 'no SQL text from variables',
    folders: ['src', 'workers', 'test'],
    pattern: /\bsql\.raw\(|\.unsafe\(/,
    exceptions: {
      'src/platform/db/migrate.ts':
        'creates roles, whose names are constants of that file and cannot be parameters',
      'test/support/': 'creates and drops databases; a name cannot be a parameter there',
    },
    finds: ['sql.raw(`order by ${column}`)', 'await client.unsafe(text)'],
    leaves: ['sql`order by ${column}`'],
  },
  {
    name: 'no test is left out',
    folders: ['test'],
    pattern: /\.(only|skip|todo)\(|\b(only|skip|todo): *(true|['"`])/,
    exceptions: {},
    finds: ["t.skip('later')", 't.only(async () => {})', "t.test('x', { skip: true }, f)", "{ todo: 'x' }"],
    leaves: ["t.test('skips what was done', async (t) => {})", 'sql`for update skip locked`'],
  },
];

const comment = /^\s*(\/\/|\/?\*)/;

/** `file:line: text` of each line of code that the rule forbids; comments may speak about it. */
function breaches(rule: SourceRule, file: string): string[] {
  return readText(file)
    .split('\n')
    .flatMap((line, at) =>
      rule.pattern.test(line) && !comment.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [],
    );
}

function exceptionFor(rule: SourceRule, file: string): string | undefined {
  return Object.keys(rule.exceptions).find((entry) =>
    entry.endsWith('/') ? file.startsWith(entry) : file === entry,
  );
}

for (const rule of rules) {
  t.test(`source rule: ${rule.name}`, async (t) => {
    const files = listFiles(rule.folders, codeEndings).filter((file) => file !== thisFile);
    const found = files
      .filter((file) => exceptionFor(rule, file) === undefined)
      .flatMap((file) => breaches(rule, file));
    t.same(found, []);

    for (const file of Object.keys(rule.exceptions).filter((entry) => !entry.endsWith('/'))) {
      t.ok(
        files.includes(file) && breaches(rule, file).length > 0,
        `the exception for ${file} is still needed`,
      );
    }
    for (const line of rule.finds) t.match(line, rule.pattern, `finds: ${line}`);
    for (const line of rule.leaves) t.notMatch(line, rule.pattern, `leaves: ${line}`);
  });
}

/** Marker of a suppression -> what has to follow it on the same line. */
const suppressions: readonly (readonly [marker: RegExp, withReason: RegExp])[] = [
  [/\b(oxlint|eslint)-disable/, /\b(oxlint|eslint)-disable\S*\s.* -- \S.{9,}/],
  [/\bbiome-ignore/, /\bbiome-ignore(-\w+)? [\w/]+: \S.{9,}/],
  [/@ts-expect-error/, /@ts-expect-error[: ]+\S.{9,}/],
  [/@ts-ignore|@ts-nocheck/, /(?!)/],
  [/\b(c8|v8|istanbul) ignore/, /\b(c8|v8|istanbul) ignore .* -- \S.{9,}/],
];

function isUnexplained(line: string): boolean {
  return suppressions.some(([marker, withReason]) => marker.test(line) && !withReason.test(line));
}

t.test('source rule: a suppression carries its reason on the same line', async (t) => {
  const files = listFiles(['src', 'workers', 'test', 'bench', 'scripts'], codeEndings).filter(
    (file) => file !== thisFile,
  );
  const found = files.flatMap((file) =>
    readText(file)
      .split('\n')
      .flatMap((line, at) => (isUnexplained(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
  );
  t.same(found, []);
  t.ok(isUnexplained('// oxlint-disable-next-line eslint/no-shadow'));
  t.ok(isUnexplained('// @ts-ignore: because of an old type'));
  t.ok(isUnexplained('// @ts-expect-error'));
  t.notOk(
    isUnexplained('// oxlint-disable-next-line eslint/no-shadow -- the callback is given by the library'),
  );
  t.notOk(isUnexplained('// @ts-expect-error: the library types this as string'));
});

t.test('source rule: no file is longer than 300 lines', async (t) => {
  const files = listFiles(['src', 'workers'], codeEndings);
  const long = files
    .map((file) => ({ file, lines: readText(file).trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > 300);
  t.ok(files.length > 0, 'files were looked at');
  t.same(long, []);
});

/** Functions with more than `limit` lines of their own: lines of functions they enclose count for those. */
function longFunctions(file: string, text: string, limit: number): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const found: string[] = [];
  const measure = (node: ts.Node): number => {
    const enclosed = measureChildren(node);
    if (!ts.isFunctionLike(node)) return enclosed;
    const lines = lineOf(node.end) - lineOf(node.getStart(source)) + 1;
    if (lines - enclosed > limit)
      found.push(`${file}:${lineOf(node.getStart(source)) + 1}: ${lines - enclosed} lines`);
    return lines;
  };
  const measureChildren = (node: ts.Node): number => {
    let lines = 0;
    ts.forEachChild(node, (child) => {
      lines += measure(child);
    });
    return lines;
  };
  measureChildren(source);
  return found;
}

t.test('source rule: no function of a service has more than 50 lines of its own', async (t) => {
  const files = listFiles(['src'], ['.service.ts']);
  t.ok(files.length > 0, 'files were looked at');
  t.same(
    files.flatMap((file) => longFunctions(file, readText(file), 50)),
    [],
  );
  const steps = (count: number) => 'step();\n'.repeat(count);
  const factory = `function create() {\nreturn {\na: () => {\n${steps(40)}},\nb() {\n${steps(40)}},\n};\n}\n`;
  t.same(longFunctions('x.ts', factory, 50), [], 'a factory is not the sum of what it encloses');
  t.same(longFunctions('x.ts', factory, 41).length, 2, 'each enclosed function counts');
  t.same(longFunctions('x.ts', `function f() {\n${steps(50)}}\n`, 50).length, 1);
});

/**
 * Lines where a test goes on to other asynchronous work although a subtest that it did not wait for may still run: both then act on the
 * same world at the same time, and which one is first depends on the machine.
 */
function overtakenSubtests(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const found = new Set<string>();
  const note = (node: ts.Node) =>
    found.add(`${file}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`);
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node) || ts.isSourceFile(node)) {
      const started = node.statements.findIndex((statement) => leavesSubtestRunning(statement));
      const behind = started === -1 ? [] : node.statements.slice(started + 1);
      for (const statement of behind.filter((one) => awaitsOtherWork(one))) note(statement);
    }
    if (ts.isIterationStatement(node, false) && leavesSubtestRunning(node) && awaitsOtherWork(node))
      note(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found];
}

function isSubtest(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const { expression, name } = node.expression;
  return name.text === 'test' && ts.isIdentifier(expression) && ['t', 'tap'].includes(expression.text);
}

function leavesSubtestRunning(node: ts.Node): boolean {
  return holds(node, (inner) => ts.isExpressionStatement(inner) && isSubtest(inner.expression));
}

/** Subtests queue up behind each other, so that waiting for the next one is no other work. */
function awaitsOtherWork(node: ts.Node): boolean {
  return holds(
    node,
    (inner) =>
      (ts.isAwaitExpression(inner) && !isSubtest(inner.expression)) ||
      (ts.isForOfStatement(inner) && inner.awaitModifier !== undefined),
  );
}

/** Whether something is found in a node, without the functions that it encloses. */
function holds(node: ts.Node, isMeant: (inner: ts.Node) => boolean): boolean {
  if (ts.isFunctionLike(node)) return false;
  return isMeant(node) || ts.forEachChild(node, (child) => holds(child, isMeant)) === true;
}

t.test('source rule: a test waits for its subtests before it goes on to other work', async (t) => {
  const files = listFiles(['test'], ['.test.ts']);
  t.ok(files.length > 0, 'files were looked at');
  t.same(
    files.flatMap((file) => overtakenSubtests(file, readText(file))),
    [],
  );
  const overtaken = (text: string) => overtakenSubtests('x', text).length;
  t.equal(overtaken("t.test('a', async (t) => {});\nawait post();\nconst b = await post();"), 2);
  t.equal(
    overtaken("tap.test('a', async (t) => {\nt.test('b', async () => {});\nt.ok(await post());\n});"),
    1,
  );
  t.equal(overtaken("for (const x of y) {\nawait post();\nt.test('a', async () => {});\n}"), 1);
  t.equal(overtaken("await post();\nt.test('a', async () => {\nawait post();\n});\nlet b = '';"), 0);
  t.equal(overtaken("t.test('a', async () => {});\nasync function b() {\nawait post();\n}"), 0);
  t.equal(overtaken("t.test('a', async () => {});\nawait t.test('b', async () => {});\nt.ok(true);"), 0);
});
