import { test } from 'tap';
import { readAllocationFile } from '../../../src/modules/costing/calculation.schemas.ts';
import { type AllocationInput, allocate } from '../../../src/modules/costing/sharing/allocation.rules.ts';
import { DomainError } from '../../../src/platform/errors.ts';

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
        'TYPE',
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
