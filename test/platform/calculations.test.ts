import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { test } from 'tap';
import { jsonText } from '../../src/platform/calculations/json-text.ts';
import { isDay, isMoment } from '../../src/platform/calendar.ts';
import { hashOf } from '../../src/platform/hash.ts';

const runs = { numRuns: 1000 };
const jsonValue = fc.jsonValue({ noUnicodeString: false });
const withLists = fc.dictionary(fc.string(), fc.oneof(jsonValue, fc.array(jsonValue)));

test('text in pieces', async (t) => {
  t.test('is the text of JSON.stringify, whatever the value', async () => {
    fc.assert(
      fc.property(
        fc.oneof(jsonValue, withLists),
        (value) => [...jsonText(value)].join('') === JSON.stringify(value, null, 2),
      ),
      runs,
    );
  });

  t.test('also of lists that take several pieces', async (t) => {
    const lines = Array.from({ length: 2001 }, (_, index) => ({ index, text: 'a\nb', parts: [{}, []] }));
    const value = {
      lines: [...lines, undefined],
      none: undefined,
      totals: { of: lines.slice(0, 2) },
      empty: [],
    };
    const pieces = [...jsonText(value)];
    const text = JSON.stringify(value, null, 2);
    t.equal(pieces.join(''), text);
    t.ok(Math.max(...pieces.map((piece) => piece.length)) < text.length / 1.9, 'no piece holds them all');
  });
});

test('text of items that are made as they are written', async (t) => {
  const items = function* (count: number) {
    for (let index = 0; index < count; index += 1) yield { index, parts: [[]] };
  };
  const text = (count: number) => [...jsonText({ before: 1, items: items(count), after: [] })].join('');
  for (const count of [0, 1, 3000]) {
    t.equal(text(count), JSON.stringify({ before: 1, items: [...items(count)], after: [] }, null, 2));
  }
});

test('hash in pieces', async (t) => {
  t.test('is the hash of the canonical text, whatever the value', async () => {
    fc.assert(
      fc.property(fc.oneof(jsonValue, withLists), (value) => {
        const text = canonicalize(value) ?? '';
        return hashOf(value) === createHash('sha256').update(text, 'utf8').digest('hex');
      }),
      runs,
    );
  });

  t.test(
    'of objects with fields that are no JSON, and of values that say themselves what they are',
    async (t) => {
      t.equal(hashOf({ a: undefined, b: [undefined] }), hashOf({ b: [null] }));
      const long = { b: 1, a: Array.from({ length: 20_000 }, (_, index) => ({ index, text: 'ä' })), c: null };
      t.equal(
        hashOf(long),
        createHash('sha256')
          .update(canonicalize(long) ?? '', 'utf8')
          .digest('hex'),
      );
      t.equal(hashOf({ toJSON: () => 'x' }), hashOf('x'));
      t.throws(() => hashOf(undefined), TypeError);
      t.throws(() => hashOf({ a: Number.NaN }));
    },
  );
});

test('days and moments', async (t) => {
  for (const day of ['2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31']) t.ok(isDay(day), day);
  for (const day of [
    '2023-02-29',
    '1900-02-29',
    '0000-01-01',
    '2026-04-31',
    '2026-13-01',
    '2026-1-1',
    '2026-01-01Z',
  ])
    t.notOk(isDay(day), day);
  for (const moment of ['2026-06-03T14:30:00Z', '2026-06-03T00:00:00.123+02:00'])
    t.ok(isMoment(moment), moment);
  for (const moment of [
    '2026-06-03',
    '2026-06-31T14:30:00Z',
    '2026-06-03T24:00:00Z',
    '2026-06-03T14:30:60Z',
    '2026-06-03T14:30:00',
    '2026-06-03 14:30:00Z',
    '2026-06-03T14:30:00.1234Z',
  ])
    t.notOk(isMoment(moment), moment);
});
