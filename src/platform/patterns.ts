/**
 * Text a person typed: not blank, no control characters but tab and line breaks. Written so that each character is looked at
 * once: a pattern is tried before the length counts, and a body can be long.
 */
export const TYPED_TEXT =
  '^(?:(?![\\u000b\\u000c])\\s)*[^\\s\\u0000-\\u001f][^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f]*$';

/** What patterns ask for that stand in schemas of many meanings: what such a schema says is about the content. */
const WORDS: ReadonlyMap<unknown, string> = new Map([
  [TYPED_TEXT, 'must not contain control characters other than tabs and line breaks'],
]);

interface Described {
  readonly pattern?: unknown;
  readonly description?: unknown;
  readonly examples?: unknown;
}

/** What to do about a value that does not match, for people; undefined where its schema says nothing that they could read. */
export function patternWords(
  { pattern, description, examples }: Described,
  value: unknown,
): string | undefined {
  if (typeof value === 'string' && value.trim() === '') return 'must not be blank';
  const words = WORDS.get(pattern);
  if (words !== undefined) return words;
  const about = typeof description === 'string' ? ` (${description})` : '';
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  if (typeof example === 'string') return `must look like "${example}"${about}`;
  return about === '' ? undefined : `does not have the expected form${about}`;
}
