/** Items of a list that are written at once. */
const BATCH = 1000;

/**
 * The text of `JSON.stringify(value, null, 2)` in pieces: the lists of an object in batches of items. A large run
 * would be longer than a string can be, and is held once and not twice.
 */
export function* jsonText(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield JSON.stringify(value, null, 2);
    return;
  }
  let separator = '{';
  for (const [key, field] of Object.entries(value as Record<string, unknown>)) {
    if (field === undefined) continue;
    yield `${separator}\n  ${JSON.stringify(key)}: `;
    if (Array.isArray(field) && field.length > BATCH) yield* listText(field);
    else yield indented(field, '  ');
    separator = ',';
  }
  yield separator === '{' ? '{}' : '\n}';
}

function* listText(items: readonly unknown[]): Generator<string> {
  for (let from = 0; from < items.length; from += BATCH) {
    const batch = items.slice(from, from + BATCH).map((item) => `\n    ${indented(item ?? null, '    ')}`);
    yield `${from === 0 ? '[' : ','}${batch.join(',')}`;
  }
  yield '\n  ]';
}

/** Line breaks stand between values only: in strings they are escaped. */
function indented(value: unknown, indent: string): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);
}
