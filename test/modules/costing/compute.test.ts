import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test } from 'tap';
import { calculations } from '../../../src/commands/compute.ts';
import type { AllocationRunInput, RunPool } from '../../../src/modules/costing/calculation.types.ts';
import { computeRun, toRunFile } from '../../../src/modules/costing/runs/allocation-run.rules.ts';
import { verifyRun } from '../../../src/modules/costing/runs/verify-run.rules.ts';
import { jsonText } from '../../../src/platform/calculations/json-text.ts';
import { type ComputeIo, runCompute } from '../../../src/platform/calculations/run-compute.ts';
import { hashOf } from '../../../src/platform/hash.ts';
import { parseJsonStrict } from '../../../src/platform/json.ts';
import { sumCents } from '../../../src/platform/money/index.ts';
import { OLD_RUN } from '../../support/old-run.ts';
import { repository } from '../../support/repository.ts';

const pool: RunPool = {
  id: 'p2',
  service: { id: 's1', code: 'MAR', title: 'Marriage registration' },
  agreementVersionId: 'av1',
  amountCents: 18765432,
  netting: {
    costCents: 20000000,
    deductions: [
      { id: 'g2', type: 'other_income', label: 'Fees', amountCents: 234568 },
      { id: 'g1', type: 'grant', label: 'State grant', amountCents: 1000000 },
    ],
  },
  costLineIds: ['c2', 'c1'],
  mode: 'cascade',
  members: ['05974016', '05974004', '05974008'],
  tranches: [
    {
      id: '2',
      label: 'Cases',
      percent: '70',
      key: {
        type: 'cases',
        asOf: '2026-06-30',
        source: 'register',
        values: { '05974004': '188', '05974008': '305', '05974016': '412' },
      },
    },
    { id: '1', label: 'Standby', percent: '30', key: { type: 'equal' } },
  ],
};

const snapshot: AllocationRunInput = {
  kind: 'allocation-run',
  algorithm: 'allocation/1',
  centre: { id: 'c', name: 'Standesamtverbund', code: 'SVH' },
  period: { code: '2026', startsOn: '2026-01-01', endsOn: '2027-01-01' },
  runNumber: 'SVH-2026-1',
  pools: [pool, { ...pool, id: 'p1', mode: 'composite' }],
};

interface Outcome {
  exit: number;
  out: unknown;
  text: string;
  problem: { code?: string; detail?: string };
}

async function run(args: string[], input?: unknown): Promise<Outcome> {
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  const written = { out: '', err: '' };
  const bytes = Buffer.from(text ?? '');
  const io: ComputeIo = {
    // Byte by byte: chunks may end inside a character.
    stdin: (async function* () {
      for (const byte of bytes) yield Uint8Array.of(byte);
    })(),
    stdout: { write: (chunk) => (written.out += chunk) },
    stderr: { write: (chunk) => (written.err += chunk) },
    readFile: async (path) => {
      if (path !== 'file.json') throw Object.assign(new Error('no'), { code: 'ENOENT' });
      return text ?? '';
    },
  };
  const exit = await runCompute(args, io, calculations);
  return {
    exit,
    out: written.out.startsWith('{') && (JSON.parse(written.out) as unknown),
    text: written.out,
    problem: written.err ? (JSON.parse(written.err) as Outcome['problem']) : {},
  };
}

test('runs', async (t) => {
  const result = computeRun(snapshot);

  t.test('every line bears cents and the lines of each pool add up to it', async (t) => {
    for (const id of ['p1', 'p2']) {
      t.equal(
        sumCents(result.lines.filter((line) => line.pool === id).map((line) => line.amountCents)),
        18765432,
      );
    }
    t.equal(result.totals.amountCents, 2 * 18765432);
    t.equal(sumCents(result.totals.members.map((member) => member.amountCents)), 2 * 18765432);
    t.strictSame(result.lines[0]?.tranche, null, 'a composite pool has one line per member');
    t.match(result.lines[3], {
      pool: 'p2',
      tranche: '1',
      member: '05974004',
      weightTotal: '3',
      trancheCents: 5629630,
    });
  });

  t.test('the order of the snapshot does not change a byte of result and hashes', async (t) => {
    const turned = {
      ...snapshot,
      pools: snapshot.pools.toReversed().map((each) => ({
        ...each,
        members: each.members.toReversed(),
        tranches: each.tranches.toReversed(),
        costLineIds: each.costLineIds?.toReversed() ?? [],
      })),
    };
    t.equal(JSON.stringify(toRunFile(turned)), JSON.stringify(toRunFile(snapshot)));
  });

  t.test('the input hash covers everything of the snapshot', async (t) => {
    const hashes = [
      result,
      computeRun({ ...snapshot, runNumber: 'other' }),
      computeRun({ ...snapshot, corrects: { runNumber: 'x', resultHash: result.resultHash } }),
      computeRun({ ...snapshot, pools: [{ ...pool, costLineIds: ['c1'] }] }),
      computeRun({ ...snapshot, members: [{ member: '05974004', organisationId: 'o', name: 'Anröchte' }] }),
    ].map((each) => each.inputHash);
    t.equal(new Set(hashes).size, hashes.length);
    t.equal(hashOf({ b: 1, a: 'ä' }), hashOf({ a: 'ä', b: 1 }));
    t.equal(hashOf({}), '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a', 'SHA-256 of {}');
  });

  t.test('422: contradictions in a snapshot', async (t) => {
    const pools = (changes: Partial<RunPool>) => ({ ...snapshot, pools: [{ ...pool, ...changes }] });
    const key = (type: string, values?: Record<string, string>) =>
      pools({ tranches: [{ id: 't', label: '', percent: '100', key: { type, ...(values && { values }) } }] });
    t.throws(() => computeRun({ ...snapshot, pools: [pool, pool] }), { code: 'POOL_DUPLICATE' });
    t.throws(() => computeRun(pools({ amountCents: 1 })), { code: 'POOL_NETTING_SUM' });
    t.throws(() => computeRun(key('cases')), { code: 'KEY_VALUES_REQUIRED' });
    const { netting: _none, ...plain } = pool;
    const most = { ...plain, amountCents: 10 ** 14 - 1 };
    t.throws(() => computeRun({ ...snapshot, pools: [most, { ...plain, id: 'p3', amountCents: 1 }] }), {
      code: 'AMOUNT_OUT_OF_RANGE',
      message: /^The total of all pools comes to 100000000000000 cents/,
    });
    const deductions = [{ id: 'g', type: 'grant' as const, label: '', amountCents: 1 }];
    t.throws(() => computeRun(pools({ netting: { costCents: 10 ** 14, deductions } })), {
      code: 'AMOUNT_OUT_OF_RANGE',
      errors: [{ pointer: '/pools/0/netting/costCents' }],
    });
    t.throws(() => computeRun(key('equal', {})), { code: 'KEY_VALUES_NOT_ALLOWED' });
    t.throws(() => computeRun(key('cases', { '05974004': '1' })), {
      code: 'KEY_VALUE_MISSING',
      errors: [{ pointer: '/pools/0/tranches/0/key/values/05974008' }],
    });
  });

  t.test('an exported run verifies; whatever was changed afterwards is named', async (t) => {
    const file = toRunFile(snapshot);
    const changed = (changes: object) =>
      verifyRun({ ...file, ...changes } as never).differences.map(
        ({ code, pointer }) => `${code} ${pointer}`,
      );
    t.strictSame(verifyRun(file as never), { matches: true, differences: [] });
    const lines = [...file.lines];
    t.strictSame(changed({ lines: lines.with(4, { ...lines[4], amountCents: 1, note: 'x' } as never) }), [
      'DIFFERENT /lines/4/amountCents',
      'UNEXPECTED /lines/4/note',
    ]);
    t.strictSame(changed({ lines: lines.slice(1) }), ['MISSING /lines']);
    t.strictSame(changed({ lines: [...lines, lines[0]] }), [`UNEXPECTED /lines/${lines.length}`]);
    t.strictSame(changed({ lines: [...lines, 7, {}] }), [
      `UNEXPECTED /lines/${lines.length}`,
      `UNEXPECTED /lines/${lines.length + 1}`,
    ]);
    t.strictSame(changed({ lines: lines.toReversed() }), ['ORDER /lines']);
    t.strictSame(changed({ totals: { ...file.totals, amountCents: 0 } }), ['DIFFERENT /totals/amountCents']);
    t.strictSame(changed({ runNumber: 'other' }), ['DIFFERENT /inputHash', 'DIFFERENT /resultHash']);
    t.strictSame(changed({ inputHash: 'x' }), ['DIFFERENT /inputHash']);
    t.throws(() => verifyRun(snapshot), { code: 'RUN_RESULT_MISSING' });
  });
});

test('compute', async (t) => {
  const allocation = {
    kind: 'allocation',
    amountCents: 1,
    members: ['ä', 'a'],
    tranches: [{ id: 't', percent: '100', key: { type: 'equal' } }],
  };

  t.test('0: the result is written, from a file or standard input', async (t) => {
    for (const path of ['-', 'file.json']) {
      const { exit, out, problem } = await run([path], allocation);
      t.equal(exit, 0);
      t.match(out, {
        members: [
          { member: 'a', amountCents: 1 },
          { member: 'ä', amountCents: 0 },
        ],
      });
      t.strictSame(problem, {});
    }
  });

  t.test('a run gives the lines of its file, byte for byte', async (t) => {
    const file = toRunFile(snapshot);
    const { text } = await run(['-'], file);
    const { lines, totals, inputHash, resultHash } = file;
    t.equal(text, `${JSON.stringify({ lines, totals, inputHash, resultHash }, null, 2)}\n`);
  });

  t.test('--verify: 0 when it matches, 1 with the differences when not', async (t) => {
    const file = toRunFile(snapshot);
    t.match(await run(['--verify', '-'], file), { exit: 0, out: { matches: true } });
    t.match(await run(['-', '--verify'], { ...file, resultHash: 'x' }), {
      exit: 1,
      out: { matches: false, differences: [{ pointer: '/resultHash' }] },
    });
  });

  t.test('--verify: files of runs from before keys had an origin keep their hashes', async (t) => {
    const file = toRunFile(OLD_RUN);
    t.match(file, { inputHash: /^1d1e8b2f053eca1d/, resultHash: /^2a3f7dcf02cf9951/ });
    t.match(await run(['--verify', '-'], file), { exit: 0, out: { matches: true } });
  });

  t.test('--verify: the origin of a key is under the hash, and is one of those known', async (t) => {
    const [tranche, ...others] = OLD_RUN.pools[0]?.tranches ?? [];
    const withOrigin = (origin: unknown) => {
      const key = { ...tranche?.key, origin };
      return {
        ...OLD_RUN,
        pools: [{ ...OLD_RUN.pools[0], tranches: [{ ...tranche, key }, ...others] }],
      } as never;
    };
    const usage = { kind: 'usage_events', eventCount: 17, startsOn: '2026-07-01', endsOn: '2026-10-01' };
    const file: object = toRunFile(withOrigin(usage));
    t.match(await run(['--verify', '-'], file), { exit: 0, out: { matches: true } });
    const changed = { ...file, pools: toRunFile(withOrigin({ ...usage, eventCount: 18 })).pools };
    t.match(await run(['--verify', '-'], changed), { exit: 1 });
    for (const origin of [
      { kind: 'hearsay' },
      { ...usage, eventCount: -1 },
      { kind: 'cost_clause', more: 1 },
    ])
      t.match(await run(['-'], withOrigin(origin)), { exit: 2, problem: { code: 'VALIDATION_FAILED' } });
  });

  t.test('0: says what it understands', async (t) => {
    for (const words of [['--help'], ['-h'], ['--verify', 'missing.json', '--help']])
      t.match(await run(words), { exit: 0, text: /^verbund compute \[--verify\] FILE\n/, problem: {} });
  });

  t.test('2: an amount is shown as it is written, not as a number holds it', async (t) => {
    const text = (amount: string) =>
      JSON.stringify({ ...allocation, members: ['a"/9'] }).replace(':1,', `:${amount},`);
    for (const amount of ['9007199254740993', '-90071992547409930000', '1e300'])
      for (const words of [['-'], ['file.json']])
        t.match(await run(words, text(amount)), {
          exit: 2,
          problem: {
            detail: `${amount} is not a whole number of cents below 10^14`,
            errors: [{ pointer: '/amountCents' }],
          },
        });
  });

  t.test('2: what has one value only is told it', async (t) => {
    const { problem } = await run(['-'], { ...snapshot, algorithm: 'allocation/2' });
    t.equal(problem.detail, '/algorithm: must be "allocation/1"');
  });

  t.test('2: every refusal is a problem with a code, and nothing on stdout', async (t) => {
    const cases: [string[], unknown, string][] = [
      [[], allocation, 'COMPUTE_USAGE'],
      [['a', 'b'], allocation, 'COMPUTE_USAGE'],
      [['-', '--fast'], allocation, 'COMPUTE_USAGE'],
      [['missing.json'], allocation, 'FILE_UNREADABLE'],
      [['-'], '{"kind":', 'JSON_INVALID'],
      [['-'], 'null', 'CALCULATION_KIND_UNKNOWN'],
      [['-'], { kind: 'toString' }, 'CALCULATION_KIND_UNKNOWN'],
      [['-', '--verify'], allocation, 'CALCULATION_NOT_VERIFIABLE'],
      [['-', '--verify'], snapshot, 'RUN_RESULT_MISSING'],
      [['-'], { ...allocation, amountCents: 1e300 }, 'AMOUNT_OUT_OF_RANGE'],
      [['-'], { ...allocation, surprise: true }, 'VALIDATION_FAILED'],
      [['-'], { input: allocation, expected: {} }, 'CALCULATION_KIND_UNKNOWN'],
    ];
    for (const [args, input, code] of cases)
      t.match(await run(args, input), { exit: 2, text: '', problem: { code } }, code);
    t.match(
      (await run(['-'], { kind: 'x' })).problem.detail,
      /supported: allocation, allocation-run, deadline, /,
    );
  });
});

test('a run of 80,000 lines is verified by a program that may hold 100 MB', async (t) => {
  const members = Array.from({ length: 400 }, (_, n) => String(5_000_000 + n).padStart(8, '0'));
  const tranches = Array.from({ length: 200 }, (_, n) => ({
    id: `t${n}`,
    label: `Tranche ${n}`,
    percent: '0.5',
    key: {
      type: 'cases',
      asOf: '2026-06-30',
      values: Object.fromEntries(members.map((id, place) => [id, `${1 + ((place * 7919 + n) % 9973)}.25`])),
    },
  }));
  const { netting: _none, ...plain } = pool;
  const file = toRunFile({ ...snapshot, pools: [{ ...plain, members, tranches }] });
  t.equal(file.lines.length, 80_000);
  const folder = t.testdir({ 'run.json': [...jsonText(file)].join('') });
  const words = ['--max-old-space-size=100', `${repository}build/src/cli.js`, 'compute', '--verify'];
  const { stdout } = await promisify(execFile)(process.execPath, [...words, `${folder}/run.json`]);
  t.match(JSON.parse(stdout), { matches: true, differences: [] });
});

test('strict JSON', async (t) => {
  t.test('accepts what JSON.parse accepts, but for repeated keys', async (t) => {
    for (const text of [
      '{}',
      '[]',
      '{"a:b" : "c\\":d\\\\", "__proto__":{"x":[{}]}}',
      ' [1, {"a": []}, -0.5e+3, "\\u00e4\\n", null] ',
      '"x"',
      '\uFEFFtrue',
    ]) {
      t.strictSame(parseJsonStrict(text), JSON.parse(text.replace('\uFEFF', '')));
    }
    t.equal(
      parseJsonStrict(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) instanceof Array,
      true,
      'depth is no danger',
    );
  });

  t.test('400: faults have a line and a column', async (t) => {
    const cases: [string, RegExp][] = [
      ['', /found the end at line 1, column 1/],
      ['{"a": 1,\n "a": 2}', /Key "a" occurs twice at line 2, column 2/],
      ['{"a": 1, "\\u0061": 2}', /occurs twice/],
      ['{"a":1,"a"\t:2}', /Key "a" occurs twice at line 1, column 8/],
      ['[{"b":{"__proto__":1,"__proto__":2}}]', /occurs twice/],
      ['[1,]', /line 1, column 4/],
      ['{"a":1,}', /key in double quotes.*column 8/],
      ['{\n"a":\nx}', /line 3, column 1/],
      ['[1}', /"," or "]"/],
      ['01', /column 2/],
      ['1 2', /end of the text/],
      [`"${'a'.repeat(100_000)}`, /a value/],
    ];
    for (const [text, message] of cases)
      t.throws(() => parseJsonStrict(text), { code: 'JSON_INVALID', message }, text.slice(0, 20));
    t.throws(() => parseJsonStrict(Uint8Array.of(0x22, 0xff, 0x22)), { code: 'JSON_INVALID' });
  });
});
