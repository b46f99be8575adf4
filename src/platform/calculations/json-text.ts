/** Characters that are handed on at once. */
const PIECE = 65_536;
/** What stands in JSON as it is: no quotes, backslashes, control characters or lone halves of a pair. */
const PLAIN = /^[ !#-[\]-\uD7FF\uE000-\uFFFF]*$/;

/**
 * The text of `JSON.stringify(value, null, 2)` in pieces: the lists of an object item by item. A large run
 * would be longer than a string can be, and is held once and not twice.
 */
export function* jsonText(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield textOf(value, '\n') ?? 'null';
    return;
  }
  let separator = '{';
  for (const [key, field] of Object.entries(value as Record<string, unknown>)) {
    const isList = Array.isArray(field) && field.length > 0;
    const text = isList ? '' : textOf(field, '\n  ');
    if (text === undefined) continue;
    yield `${separator}\n  ${quoted(key)}: ${text}`;
    if (isList) yield* listText(field);
    separator = ',';
  }
  yield separator === '{' ? '{}' : '\n}';
}

function* listText(items: readonly unknown[]): Generator<string> {
  let pending = '';
  for (const [index, item] of items.entries()) {
    pending += `${index === 0 ? '[' : ','}\n    ${textOf(item, '\n    ') ?? 'null'}`;
    if (pending.length < PIECE) continue;
    yield pending;
    pending = '';
  }
  yield `${pending}\n  ]`;
}

/**
 * As the built-in function writes it, which takes twice the time once it has to indent. `line` is a line break and the indent of
 * the value. Undefined for what has no text.
 */
function textOf(value: unknown, line: string): string | undefined {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return JSON.stringify(value);
  const inner = `${line}  `;
  if (Array.isArray(value)) {
    let text = '';
    for (const item of value as unknown[]) {
      text += `${text === '' ? '[' : ','}${inner}${textOf(item, inner) ?? 'null'}`;
    }
    return text === '' ? '[]' : `${text}${line}]`;
  }
  let text = '';
  for (const key of Object.keys(value)) {
    const field = textOf((value as Record<string, unknown>)[key], inner);
    if (field !== undefined) text += `${text === '' ? '{' : ','}${inner}${quoted(key)}: ${field}`;
  }
  return text === '' ? '{}' : `${text}${line}}`;
}

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
