import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'tap';
import {
  type Allocation,
  type AllocationInput,
  allocate,
} from '../../../src/modules/costing/allocation.rules.ts';
import type { TrancheInput } from '../../../src/modules/costing/allocation-keys.rules.ts';
import { readAllocationFile } from '../../../src/modules/costing/calculation.schemas.ts';
import { DomainError } from '../../../src/platform/errors.ts';
import { compareIds, sumCents } from '../../../src/platform/money/index.ts';

const runs = { numRuns: 1000 };
const examples = new URL('../../../../examples/', import.meta.url);

function problemOf(input: AllocationInput): { code?: string; pointer?: string | undefined; detail?: string } {
  try {
    allocate(input);
  } catch (error) {
    if (error instanceof DomainError) {
      return { code: error.code, pointer: error.errors[0]?.pointer, detail: error.message };
    }
    throw error;
  }
  return {};
}

const weight = fc.oneof(
  fc.constant('0'),
  fc.nat(50_000).map(String),
  fc
    .tuple(fc.nat(999_999), fc.integer({ min: 1, max: 999 }))
    .map(([whole, part]) => `${whole}.${String(part).padStart(3, '0')}`),
);
const amounts = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.maxSafeInteger());

function keyFor(members: readonly string[]): fc.Arbitrary<TrancheInput['key']> {
  const values = fc
    .array(weight, { minLength: members.length, maxLength: members.length })
    .filter((list) => list.some((entry) => Number(entry) > 0))
    .map((list) => ({
      type: 'values' as const,
      values: Object.fromEntries(members.map((member, index) => [member, list[index] as string])),
    }));
  return fc.oneof(fc.constant({ type: 'equal' as const }), values);
}

const inputs: fc.Arbitrary<AllocationInput> = fc
  .uniqueArray(fc.stringMatching(/^[0-9a-zA-Zä]{1,3}$/), { minLength: 1, maxLength: 8 })
  .chain((members) =>
    fc.uniqueArray(fc.stringMatching(/^[0-9a-zA-Z_]{1,3}$/), { minLength: 1, maxLength: 4 }).chain((ids) =>
      fc.record({
        amountCents: amounts,
        mode: fc.constantFrom('cascade' as const, 'composite' as const),
        members: fc.constant(members),
        tranches: fc
          .tuple(
            fc.array(fc.nat(3333), { minLength: 4, maxLength: 4 }),
            fc.array(keyFor(members), { minLength: 4, maxLength: 4 }),
          )
          .map(([shares, keys]) => tranchesOf(ids, shares, keys)),
      }),
    ),
  );

/** Percentages with two decimals that add up to 100; the last tranche takes the rest. */
function tranchesOf(
  ids: readonly string[],
  shares: readonly number[],
  keys: readonly TrancheInput['key'][],
): TrancheInput[] {
  let left = 10_000;
  return ids.map((id, index) => {
    const units = index === ids.length - 1 ? left : Math.min(left, shares[index] ?? 0);
    left -= units;
    const percent = `${Math.floor(units / 100)}.${String(units % 100).padStart(2, '0')}`;
    return { id, percent, key: keys[index] ?? { type: 'equal' } };
  });
}

function shuffled(input: AllocationInput): AllocationInput {
  const tranches = input.tranches.toReversed().map((tranche) => ({
    ...tranche,
    key:
      tranche.key.type === 'equal'
        ? tranche.key
        : {
            type: 'values' as const,
            values: Object.fromEntries(Object.entries(tranche.key.values).toReversed()),
          },
  }));
  return { ...input, members: input.members.toReversed(), tranches };
}

function memberSum(result: Allocation): number {
  return sumCents(result.members.map((member) => member.amountCents));
}

/** Exact comparison: amount = exact cut off towards zero + rounding, and closer than one cent. */
function isDerived(line: { amountCents: number; exactCents: string; roundingCents: number }): boolean {
  const [top, bottom] = line.exactCents.split('/').map(BigInt) as [bigint, bigint];
  const off = BigInt(line.amountCents) * bottom - top;
  return line.amountCents === Number(top / bottom) + line.roundingCents && off < bottom && -off < bottom;
}

test('worked examples', async (t) => {
  const files = readdirSync(examples).filter((name) => name.startsWith('allocation-'));
  t.ok(files.length >= 5);
  for (const name of files) {
    const { input, expected } = JSON.parse(readFileSync(new URL(name, examples), 'utf8'));
    t.match(allocate(readAllocationFile(input)), expected, name);
  }
});

test('properties', async (t) => {
  t.test('the members add up to the pool, tranche by tranche and all in all', async () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const result = allocate(input);
        if (memberSum(result) !== input.amountCents) return false;
        if (input.mode === 'composite') return true;
        const { tranches, members } = allocate({ ...input, mode: 'cascade' });
        const lines = tranches.flatMap((tranche) => tranche.lines);
        return (
          sumCents(tranches.map((tranche) => tranche.amountCents)) === input.amountCents &&
          tranches.every(
            (tranche) => sumCents(tranche.lines.map((line) => line.amountCents)) === tranche.amountCents,
          ) &&
          members.every(
            ({ member, amountCents }) =>
              amountCents ===
              sumCents(lines.filter((line) => line.member === member).map((line) => line.amountCents)),
          )
        );
      }),
      runs,
    );
  });

  t.test('the order of members, tranches and values does not change a byte', async () => {
    fc.assert(
      fc.property(
        inputs,
        (input) => JSON.stringify(allocate(input)) === JSON.stringify(allocate(shuffled(input))),
      ),
      runs,
    );
  });

  t.test('every rounded figure is its exact share cut off plus its rounding cent', async () => {
    fc.assert(
      fc.property(inputs, (input) => {
        if (input.mode === 'composite')
          return allocate({ ...input, mode: 'composite' }).members.every(isDerived);
        return allocate({ ...input, mode: 'cascade' }).tranches.every((tranche) =>
          tranche.lines.every(isDerived),
        );
      }),
      runs,
    );
  });

  t.test('a negative pool is the mirror image', async () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const plus = allocate(input).members.map((member) => member.amountCents);
        const minus = allocate({ ...input, amountCents: -input.amountCents }).members;
        return minus.every((member, index) => member.amountCents + (plus[index] ?? Number.NaN) === 0);
      }),
      runs,
    );
  });

  t.test(
    'composite parts add up exactly to the share of the member, and stay within a cent of it',
    async () => {
      fc.assert(
        fc.property(inputs, (input) => {
          const { tranches, members } = allocate({ ...input, mode: 'composite' });
          return members.every(({ exactCents }, index) => {
            const parts = tranches.map((tranche) => tranche.lines[index]?.exactCents ?? '');
            const [top, bottom] = [...parts, exactCents].reduce(
              ([n, d], part, position) => {
                const [a, b] = part.split('/').map(BigInt) as [bigint, bigint];
                return position === parts.length ? [n * b - a * d, d * b] : [n * b + a * d, d * b];
              },
              [0n, 1n] as [bigint, bigint],
            );
            return top === 0n && bottom > 0n;
          });
        }),
        runs,
      );
    },
  );

  t.test('with one tranche both modes agree', async () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const single = {
          ...input,
          tranches: input.tranches.slice(0, 1).map((tranche) => ({ ...tranche, percent: '100' })),
        };
        const amountsOf = (mode: 'cascade' | 'composite') =>
          allocate({ ...single, mode }).members.map((m) => m.amountCents);
        return JSON.stringify(amountsOf('cascade')) === JSON.stringify(amountsOf('composite'));
      }),
      runs,
    );
  });

  t.test('members without weight in any tranche pay nothing', async () => {
    fc.assert(
      fc.property(inputs, amounts, (input, amountCents) => {
        const members = [...input.members, '~'];
        const tranches = input.tranches.map((tranche) => ({
          ...tranche,
          key: {
            type: 'values' as const,
            values: {
              ...Object.fromEntries(input.members.map((m) => [m, '1'])),
              '~': '0',
              ...(tranche.key.type === 'values' && tranche.key.values),
            },
          },
        }));
        const result = allocate({ ...input, amountCents, members, tranches }).members.find(
          (m) => m.member === '~',
        );
        return result?.amountCents === 0;
      }),
      runs,
    );
  });
});

test('refusals', async (t) => {
  const one: AllocationInput = {
    amountCents: 100,
    members: ['b', 'a'],
    tranches: [{ id: 't', percent: '100', key: { type: 'values', values: { a: '1', b: '2' } } }],
  };
  const keyed = (values: Record<string, string>): AllocationInput => ({
    ...one,
    tranches: [{ id: 't', percent: '100', key: { type: 'values', values } }],
  });
  const percents = (...list: string[]): AllocationInput => ({
    ...one,
    tranches: list.map((percent, index) => ({ id: `t${index}`, percent, key: { type: 'equal' } })),
  });

  t.test('422: each mistake has its code and place', async (t) => {
    const cases: [AllocationInput, string, string][] = [
      [{ ...one, amountCents: 2 ** 53 }, 'AMOUNT_OUT_OF_RANGE', '/amountCents'],
      [{ ...one, amountCents: 0.5 }, 'AMOUNT_OUT_OF_RANGE', '/amountCents'],
      [{ ...one, members: ['a', 'b', 'a'] }, 'MEMBER_DUPLICATE', '/members/2'],
      [{ ...one, tranches: [...one.tranches, ...one.tranches] }, 'TRANCHE_DUPLICATE', '/tranches/1/id'],
      [percents('50', '49.999999999999'), 'TRANCHE_PERCENT_SUM', '/tranches'],
      [percents('50', '50.000000000001'), 'TRANCHE_PERCENT_SUM', '/tranches'],
      [percents(), 'TRANCHE_PERCENT_SUM', '/tranches'],
      [percents('150', '-50'), 'NEGATIVE_WEIGHT', '/tranches/1/percent'],
      [percents('1e2'), 'DECIMAL_INVALID', '/tranches/0/percent'],
      [keyed({ a: '1' }), 'KEY_VALUE_MISSING', '/tranches/0/key/values/b'],
      [keyed({ a: '1', b: '1', 'c/d': '0' }), 'KEY_VALUE_UNKNOWN_MEMBER', '/tranches/0/key/values/c~1d'],
      [keyed({ a: '3', b: '-1' }), 'NEGATIVE_WEIGHT', '/tranches/0/key/values/b'],
      [keyed({ a: '1', b: '1,5' }), 'DECIMAL_INVALID', '/tranches/0/key/values/b'],
      [keyed({ a: '0', b: '0.000' }), 'ALLOCATION_KEY_EMPTY', '/tranches/0/key'],
      [
        { ...one, members: [], tranches: [{ id: 't', percent: '100', key: { type: 'equal' } }] },
        'ALLOCATION_KEY_EMPTY',
        '/tranches/0/key',
      ],
    ];
    for (const [input, code, pointer] of cases) {
      for (const mode of ['cascade', 'composite'] as const)
        t.match(problemOf({ ...input, mode }), { code, pointer }, code);
    }
    t.match(problemOf(keyed({ a: '1' })).detail, /tranche t .*member b/i);
  });

  t.test('names inherited by every object are no key values', async (t) => {
    const members = ['constructor', 'toString'];
    t.match(problemOf({ ...keyed({ constructor: '1' }), members }), { code: 'KEY_VALUE_MISSING' });
  });

  t.test('percentages that need all their decimals add up', async (t) => {
    t.same(problemOf(percents('33.333333333333', '33.333333333333', '33.333333333334')), {});
  });

  t.test('400: unknown fields and wrong shapes are named by pointer', async (t) => {
    const file = { kind: 'allocation', ...one };
    const cases: [unknown, string, string][] = [
      [{ ...file, extra: 1 }, '/extra', 'UNKNOWN_FIELD'],
      [{ kind: 'allocation', members: [], tranches: [] }, '/amountCents', 'REQUIRED'],
      [{ ...file, amountCents: '100' }, '/amountCents', 'TYPE'],
      [{ ...file, mode: 'other' }, '/mode', 'ENUM'],
      [
        { ...file, tranches: [{ id: 't', percent: '100', key: { type: 'equal', values: {} } }] },
        '/tranches/0/key/values',
        'UNKNOWN_FIELD',
      ],
      [
        { ...file, tranches: [{ id: 't', percent: '100', key: { type: 'area' } }] },
        '/tranches/0/key/type',
        'UNKNOWN_VARIANT',
      ],
      [
        { ...file, tranches: [{ id: 't', percent: '100', key: { type: 'values', values: { 'a\nb': 1 } } }] },
        '/tranches/0/key/values/a\nb',
        'UNKNOWN_FIELD',
      ],
    ];
    for (const [value, pointer, code] of cases) {
      t.throws(
        () => readAllocationFile(value),
        { code: 'VALIDATION_FAILED', errors: [{ pointer, code }] },
        pointer,
      );
    }
  });
});

test('order of the output is ascending by code units', async (t) => {
  const members = ['b', 'B', 'ä', '10', '9'];
  const { members: shares } = allocate({
    amountCents: 1,
    members,
    tranches: [{ id: 't', percent: '100', key: { type: 'equal' } }],
  });
  t.strictSame(
    shares.map((share) => share.member),
    members.toSorted(compareIds),
  );
  t.strictSame(
    shares.map((share) => share.amountCents),
    [1, 0, 0, 0, 0],
  );
});
