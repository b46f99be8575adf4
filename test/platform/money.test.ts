import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { test } from 'tap';
import { DomainError } from '../../src/platform/errors.ts';
import {
  alignDecimals,
  apportion,
  apportionUnits,
  compareIds,
  divideHalfUp,
  formatCents,
  formatDecimal,
  formatFraction,
  formatShares,
  fractionsOver,
  fromBigCents,
  parseDecimal,
  readUnits,
  roundToTotal,
  solveExactly,
  sumCents,
  toBigCents,
  type Weighted,
} from '../../src/platform/money/index.ts';

const runs = { numRuns: 1000 };

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return undefined;
}

const weights = fc
  .uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 4 }),
      weight: fc.oneof(fc.bigInt(0n, 9n), fc.bigInt(0n, 10n ** 7n), fc.bigInt(0n, 10n ** 30n)),
    }),
    {
      selector: (share) => share.id,
      minLength: 1,
      maxLength: 12,
    },
  )
  .filter((shares) => shares.some((share) => share.weight > 0n));
/** Decimals that are never all zero: of everyday size, of many places, and beyond what numbers hold. */
const unitTexts = fc
  .array(
    fc.oneof(
      fc.nat(50_000).map(String),
      fc.tuple(fc.nat(999_999), fc.integer({ min: 0, max: 999 })).map(([whole, part]) => `${whole}.${part}`),
      fc.constantFrom(
        '0',
        '0.0',
        '9007199254740',
        '99999999999999',
        '900719925474.5',
        '0.000000000001',
        '123456789012345678.5',
      ),
    ),
    { minLength: 1, maxLength: 9 },
  )
  .filter((texts) => texts.some((text) => /[1-9]/.test(text)));
const totals = fc.oneof(fc.bigInt(-3n, 3n), fc.bigInt(-(10n ** 15n), 10n ** 15n));

test('apportion', async (t) => {
  t.test('the portions add up to the total', async () => {
    fc.assert(
      fc.property(totals, weights, (total, shares) => {
        return apportion(total, shares).reduce((sum, portion) => sum + portion.amount, 0n) === total;
      }),
      runs,
    );
  });

  t.test('the order of the input does not show', async () => {
    fc.assert(
      fc.property(totals, weights, (total, shares) => {
        return isDeepStrictEqual(apportion(total, shares), apportion(total, shares.toReversed()));
      }),
      runs,
    );
  });

  t.test('a portion is its exact share cut off, plus its rounding cent', async () => {
    fc.assert(
      fc.property(totals, weights, (total, shares) => {
        const sum = shares.reduce((all, share) => all + share.weight, 0n);
        const weightOf = new Map(shares.map((share) => [share.id, share.weight]));
        return apportion(total, shares).every(({ id, amount, rounding }) => {
          const exact = total * (weightOf.get(id) as bigint);
          const off = amount * sum - exact;
          return amount === exact / sum + BigInt(rounding) && off < sum && off > -sum;
        });
      }),
      runs,
    );
  });

  t.test('a negative total is the mirror image', async () => {
    fc.assert(
      fc.property(totals, weights, (total, shares) => {
        const [plus, minus] = [apportion(total, shares), apportion(-total, shares)];
        return plus.every((portion, index) => {
          const other = minus[index];
          return (
            other !== undefined && portion.amount === -other.amount && portion.rounding === 0 - other.rounding
          );
        });
      }),
      runs,
    );
  });

  t.test('cents left over go to the largest fractional parts, ties to the smaller id', async () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 9n), weights, (total, shares) => {
        const sum = shares.reduce((all, share) => all + share.weight, 0n);
        const rest = new Map(shares.map((share) => [share.id, (total * share.weight) % sum]));
        const portions = apportion(total, shares);
        const lifted = portions.filter((portion) => portion.rounding === 1);
        const others = portions.filter((portion) => portion.rounding === 0);
        return lifted.every((up) =>
          others.every((down) => {
            const [a, b] = [rest.get(up.id) as bigint, rest.get(down.id) as bigint];
            return a > b || (a === b && compareIds(up.id, down.id) < 0);
          }),
        );
      }),
      runs,
    );
  });

  t.test('a larger weight never gets less, a weight of zero gets nothing', async () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 15n), weights, (total, shares) => {
        const weightOf = new Map(shares.map((share) => [share.id, share.weight]));
        const sorted = apportion(total, shares)
          .map((portion) => ({ amount: portion.amount, weight: weightOf.get(portion.id) as bigint }))
          .sort((a, b) =>
            a.weight === b.weight ? Number(a.amount - b.amount) : a.weight < b.weight ? -1 : 1,
          );
        return sorted.every(
          ({ amount, weight }, index) =>
            (weight > 0n || amount === 0n) && (index === 0 || amount >= (sorted[index - 1]?.amount ?? 0n)),
        );
      }),
      runs,
    );
  });

  t.test('ids are ordered by code units, not by a collation', async (t) => {
    const shares: Weighted[] = ['a', 'B', 'ä', '10', '9'].map((id) => ({ id, weight: 1n }));
    t.strictSame(
      apportion(2n, shares).map(({ id, amount }) => `${id}:${amount}`),
      ['10:1', '9:1', 'B:0', 'a:0', 'ä:0'],
    );
  });

  t.test(
    '422: empty keys and negative weights are refused; repeated ids are a mistake of the caller',
    async (t) => {
      t.equal(
        codeOf(() => apportion(1n, [])),
        'ALLOCATION_KEY_EMPTY',
      );
      t.equal(
        codeOf(() => apportion(0n, [{ id: 'a', weight: 0n }])),
        'ALLOCATION_KEY_EMPTY',
      );
      const negative = [
        { id: 'a', weight: -1n },
        { id: 'b', weight: 2n },
      ];
      t.equal(
        codeOf(() => apportion(1n, negative)),
        'NEGATIVE_WEIGHT',
      );
      const twice = [
        { id: 'a', weight: 1n },
        { id: 'a', weight: 1n },
      ];
      t.throws(() => apportion(1n, twice), RangeError);
    },
  );
});

test('fractions', async (t) => {
  t.test('all ways of writing a fraction agree', async () => {
    const positive = fc.oneof(fc.bigInt(1n, 1000n), fc.bigInt(1n, 10n ** 40n));
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 20n), 10n ** 20n),
        fc.array(positive, { minLength: 1, maxLength: 20 }),
        positive,
        (top, factors, weight) => {
          const whole = factors.reduce((product, factor) => product * factor, 1n);
          return fractionsOver(factors)(top * weight) === formatFraction(top * weight, whole);
        },
      ),
      runs,
    );
  });

  t.test('fractions are in lowest terms with the sign in front', async (t) => {
    t.equal(formatFraction(-10n, 4n), '-5/2');
    t.equal(formatFraction(0n, 7n), '0/1');
    t.equal(fractionsOver([7n])(0n), '0/1');
    t.equal(formatFraction(10n, 5n), '2/1');
  });

  t.test('the fractions of a list of weights are those of each of them, in numbers and beyond', async () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 20n), 10n ** 20n),
        fc.bigInt(1n, 10n ** 9n),
        unitTexts,
        (top, bottom, texts) => {
          const units = readUnits(texts, String);
          const sum = BigInt(units.total);
          const plain = Array.from<number | bigint, string>(units.values, (unit) =>
            formatFraction(top * BigInt(unit), bottom * sum),
          );
          return isDeepStrictEqual(formatShares(top, bottom, units), plain);
        },
      ),
      runs,
    );
  });
});

test('units', async (t) => {
  t.test('stand in the proportion of the decimals, and are numbers where those hold them', async () => {
    fc.assert(
      fc.property(unitTexts, (texts) => {
        const { units: exact, scale } = alignDecimals(texts.map((text) => parseDecimal(text)));
        const units = readUnits(texts, String);
        const size = exact.reduce((sum, unit) => sum + unit, 0n);
        const short = texts.every((text) => text.length < 15);
        return (
          units.scale === scale &&
          BigInt(units.total) === size &&
          isDeepStrictEqual(Array.from<number | bigint, bigint>(units.values, BigInt), exact) &&
          (units.kind === 'number') === (short && size <= BigInt(Number.MAX_SAFE_INTEGER))
        );
      }),
      runs,
    );
  });

  t.test('are shared out as `apportion` does, to the cent', async () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), unitTexts, (total, texts) => {
        const units = readUnits(texts, String);
        const { amounts, roundings } = apportionUnits(total, units);
        const ids = texts.map((_text, index) => String(index).padStart(3, '0'));
        const weighted = ids.map((id, index) => ({
          id,
          weight: BigInt(units.values[index] as number | bigint),
        }));
        const portions = apportion(BigInt(total), weighted);
        return portions.every(
          ({ amount, rounding }, index) =>
            Object.is(amounts[index], Number(amount)) && roundings[index] === rounding,
        );
      }),
      runs,
    );
  });

  t.test('are cut in numbers as in BigInt, also where products pass what a number holds', async () => {
    const huge = fc.oneof(fc.nat(2 ** 31 - 1), fc.nat(9), fc.constantFrom(0, 2 ** 49, 2 ** 50 - 1));
    const lists = fc
      .array(huge, { minLength: 1, maxLength: 7 })
      .filter((list) => list.some((unit) => unit > 0));
    fc.assert(
      fc.property(fc.maxSafeInteger(), lists, (total, list) => {
        const sum = list.reduce((all, unit) => all + unit, 0);
        const values = list.map(BigInt);
        const numbers = { kind: 'number', values: Float64Array.from(list), total: sum, scale: 0 } as const;
        const exact = { kind: 'bigint', values, total: BigInt(sum), scale: 0 } as const;
        return isDeepStrictEqual(apportionUnits(total, numbers), apportionUnits(total, exact));
      }),
      { numRuns: 5000 },
    );
  });

  t.test('422: what is no decimal is refused with its place', async (t) => {
    for (const text of ['', '1.', '.5', '01', '00', '1.2.3', '1e3', ' 1', '+1', `1.${'1'.repeat(13)}`, '१']) {
      t.throws(
        () => readUnits(['1', text], (index) => `/${index}`),
        { code: 'DECIMAL_INVALID', errors: [{ pointer: '/1' }] },
        text,
      );
    }
  });
});

test('decimals', async (t) => {
  t.test('what was read is written back to the same number', async () => {
    const decimals = fc.record({
      units: fc.bigInt(-(10n ** 17n), 10n ** 17n),
      scale: fc.integer({ min: 0, max: 12 }),
    });
    fc.assert(
      fc.property(decimals, (decimal) => {
        const { units, scale } = parseDecimal(formatDecimal(decimal));
        return units * 10n ** BigInt(decimal.scale) === decimal.units * 10n ** BigInt(scale);
      }),
      runs,
    );
  });

  t.test('422: everything but plain decimals is refused', async (t) => {
    for (const text of [
      '',
      ' 1',
      '1 ',
      '1\n',
      '+1',
      '1e3',
      '1,5',
      '1.',
      '.5',
      '01',
      '--1',
      'NaN',
      '0x1',
      '١',
      '1_000',
    ]) {
      t.equal(
        codeOf(() => parseDecimal(text)),
        'DECIMAL_INVALID',
        JSON.stringify(text),
      );
    }
    t.equal(
      codeOf(() => parseDecimal('1'.repeat(19))),
      'DECIMAL_INVALID',
    );
    t.equal(
      codeOf(() => parseDecimal(`0.${'1'.repeat(13)}`)),
      'DECIMAL_INVALID',
    );
    t.equal(
      codeOf(() => parseDecimal(5 as unknown as string)),
      'DECIMAL_INVALID',
    );
    t.strictSame(parseDecimal('-12.340'), { units: -12340n, scale: 3 });
  });
});

test('cents', async (t) => {
  t.test('422: fractions and numbers beyond the exact range are refused', async (t) => {
    for (const amount of [
      0.5,
      Number.NaN,
      Infinity,
      Number.MAX_SAFE_INTEGER + 1,
      -Number.MAX_SAFE_INTEGER - 1,
    ]) {
      t.equal(
        codeOf(() => toBigCents(amount)),
        'AMOUNT_OUT_OF_RANGE',
        String(amount),
      );
    }
    t.equal(
      codeOf(() => fromBigCents(2n ** 53n)),
      'AMOUNT_OUT_OF_RANGE',
    );
    t.equal(
      codeOf(() => sumCents([Number.MAX_SAFE_INTEGER, 1])),
      'AMOUNT_OUT_OF_RANGE',
    );
    t.equal(
      sumCents([Number.MAX_SAFE_INTEGER, 1, -1]),
      Number.MAX_SAFE_INTEGER,
      'a sum is judged at its end',
    );
  });

  t.test('amounts are written for German and English readers', async (t) => {
    t.equal(formatCents(123456789, 'de'), '1.234.567,89');
    t.equal(formatCents(123456789, 'en'), '1,234,567.89');
    t.equal(formatCents(-5, 'de'), '-0,05');
    t.equal(formatCents(-100000, 'de', { grouping: false }), '-1000,00');
    t.equal(formatCents(-0, 'de'), '0,00');
    t.equal(formatCents(Number.MAX_SAFE_INTEGER, 'de'), '90.071.992.547.409,91');
  });
});

test('equations', async (t) => {
  const square = fc.integer({ min: 1, max: 5 }).chain((size) =>
    fc.tuple(
      fc.array(fc.array(fc.bigInt(-5n, 5n), { minLength: size, maxLength: size }), {
        minLength: size,
        maxLength: size,
      }),
      fc.array(fc.bigInt(-(10n ** 15n), 10n ** 15n), { minLength: size, maxLength: size }),
    ),
  );

  t.test('the solution solves them exactly', async () => {
    fc.assert(
      fc.property(square, ([matrix, right]) => {
        const solution = solveExactly(matrix, right);
        fc.pre(solution !== undefined);
        const { numerators, denominator } = solution;
        return (
          denominator > 0n &&
          matrix.every((row, index) => {
            const left = row.reduce((sum, factor, column) => sum + factor * (numerators[column] ?? 0n), 0n);
            return left === (right[index] ?? 0n) * denominator;
          })
        );
      }),
      runs,
    );
  });

  t.test(
    'equations that say the same twice, or contradict each other, have no single solution',
    async (t) => {
      t.equal(
        solveExactly(
          [
            [1n, 2n],
            [2n, 4n],
          ],
          [1n, 2n],
        ),
        undefined,
      );
      t.equal(
        solveExactly(
          [
            [1n, 2n],
            [2n, 4n],
          ],
          [1n, 3n],
        ),
        undefined,
      );
      t.strictSame(
        solveExactly(
          [
            [0n, 2n],
            [3n, 0n],
          ],
          [1n, 1n],
        ),
        { numerators: [2n, 3n], denominator: 6n },
      );
      const diagonal = [
        [2n, 0n, 0n],
        [0n, 3n, 0n],
        [0n, 0n, 5n],
      ];
      t.equal(solveExactly(diagonal, [1n, 1n, 1n])?.denominator, 30n, 'no larger than the determinant');
      t.strictSame(solveExactly([], []), { numerators: [], denominator: 1n });
    },
  );
});

test('rounding to a total', async (t) => {
  const amounts = fc.array(fc.bigInt(-(10n ** 18n), 10n ** 18n), { minLength: 1, maxLength: 8 });

  t.test(
    'adds up, stays within a cent of each amount, and a negative total is the mirror image',
    async () => {
      fc.assert(
        fc.property(amounts, fc.bigInt(1n, 10n ** 6n), (numerators, denominator) => {
          const total = divideHalfUp(
            numerators.reduce((sum, numerator) => sum + numerator, 0n),
            denominator,
          );
          const rounded = roundToTotal(numerators, denominator, total);
          const negated = numerators.map((numerator) => -numerator);
          return (
            rounded.reduce((sum, amount) => sum + amount, 0n) === total &&
            rounded.every((amount, index) => {
              const off = amount * denominator - (numerators[index] ?? 0n);
              return off < denominator && -off < denominator;
            }) &&
            (total === 0n ||
              isDeepStrictEqual(
                roundToTotal(negated, denominator, -total),
                rounded.map((amount) => -amount),
              ))
          );
        }),
        runs,
      );
    },
  );

  t.test('does for weights what apportion does', async () => {
    fc.assert(
      fc.property(totals, weights, (total, shares) => {
        const portions = apportion(total, shares);
        const sum = shares.reduce((all, share) => all + share.weight, 0n);
        const weightOf = new Map(shares.map((share) => [share.id, share.weight]));
        const numerators = portions.map(({ id }) => total * (weightOf.get(id) ?? 0n));
        return isDeepStrictEqual(
          roundToTotal(numerators, sum, total),
          portions.map(({ amount }) => amount),
        );
      }),
      runs,
    );
  });

  t.test('a total of other amounts is refused, half cents go away from zero', async (t) => {
    t.throws(() => roundToTotal([1n, 1n], 2n, 3n), RangeError);
    t.throws(() => roundToTotal([4n], 2n, 1n), RangeError);
    t.strictSame(
      [5n, -5n, 4n, 6n, 0n].map((tenths) => divideHalfUp(tenths, 10n)),
      [1n, -1n, 0n, 1n, 0n],
    );
  });
});
