/** Characters that are handed on at once. */
const PIECE = 65_536;

/**
 * The text of `JSON.stringify(value, null, 2)` in pieces: the lists of an object item by item. A large run
 * would be longer than a string can be, and is held once and not twice. A field may also be an iterable, whose items
 * are then made as they are written. `value` holds data, no functions.
 */
export function* jsonText(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield JSON.stringify(value, null, 2) ?? 'null';
    return;
  }
  let separator = '{';
  for (const [key, field] of Object.entries(value as Record<string, unknown>)) {
    if (field === undefined) continue;
    yield `${separator}\n  ${JSON.stringify(key)}: `;
    if (isIterable(field)) yield* listText(field);
    else yield fieldText(field);
    separator = ',';
  }
  yield separator === '{' ? '{}' : '\n}';
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

function* listText(items: Iterable<unknown>): Generator<string> {
  let pending = '[';
  let separator = '\n';
  for (const item of items) {
    pending += `${separator}    ${itemText(item)}`;
    separator = ',\n';
    if (pending.length < PIECE) continue;
    yield pending;
    pending = '';
  }
  yield separator === '\n' ? '[]' : `${pending}\n  ]`;
}

// The built-in function indents by depth; what is wrapped in lists comes out indented as it has to be.
const fieldText = (field: unknown): string =>
  JSON.stringify([field], null, 2).slice('[\n  '.length, -'\n]'.length);
const itemText = (item: unknown): string =>
  JSON.stringify([[item]], null, 2).slice('[\n  [\n    '.length, -'\n  ]\n]'.length);
