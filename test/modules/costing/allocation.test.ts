import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'tap';
import { readAllocationFile } from '../../../src/modules/costing/calculation.schemas.ts';
import {
  type Allocation,
  type AllocationInput,
  allocate,
} from '../../../src/modules/costing/sharing/allocation.rules.ts';
import type { TrancheInput } from '../../../src/modules/costing/sharing/allocation-keys.rules.ts';
import { compareIds, sumCents } from '../../../src/platform/money/index.ts';

const runs = { numRuns: 1000 };
const examples = new URL('../../../../examples/', import.meta.url);

const weight = fc.oneof(
  fc.constant('0'),
  fc.nat(50_000).map(String),
  fc
    .tuple(fc.nat(999_999), fc.integer({ min: 1, max: 999 }))
    .map(([whole, part]) => `${whole}.${String(part).padStart(3, '0')}`),
);
const amounts = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: 1 - 10 ** 14, max: 10 ** 14 - 1 }),
);

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
    const { input, expected } = JSON.parse(readFileSync(new URL(name, examples), 'utf8')) as {
      input: unknown;
      expected: object;
    };
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
