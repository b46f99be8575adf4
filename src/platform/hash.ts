import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * SHA-256 (lower-case hex) over the canonical JSON of a value (RFC 8785): independent of the order of keys, so that
 * anybody with the value can re-compute it.
 * @throws TypeError when the value is no JSON value
 */
export function hashOf(value: unknown): string {
  const hash = createHash('sha256');
  if (!isPlainObject(value)) return hash.update(canonicalText(value), 'utf8').digest('hex');
  let pending = '';
  feedObject(value, (text) => {
    pending += text;
    if (pending.length < PIECE) return;
    hash.update(pending, 'utf8');
    pending = '';
  });
  return hash.update(pending, 'utf8').digest('hex');
}

/** Characters that are hashed at once: most values fit in, and each call has its price. */
const PIECE = 65_536;

/**
 * The same text in pieces: the lists of an object item by item. A run has a million lines, whose text in one piece
 * would be longer than a string can be.
 */
function feedObject(value: Readonly<Record<string, unknown>>, feed: (text: string) => unknown): void {
  let separator = '{';
  for (const key of Object.keys(value).sort()) {
    const field = value[key];
    const text = Array.isArray(field) ? '' : canonicalize(field);
    if (text === undefined) continue;
    feed(`${separator}${canonicalText(key)}:${text}`);
    if (Array.isArray(field)) feedList(field, feed);
    separator = ',';
  }
  feed(separator === '{' ? '{}' : '}');
}

function feedList(items: readonly unknown[], feed: (text: string) => unknown): void {
  feed('[');
  for (const [index, item] of items.entries()) {
    feed(`${index === 0 ? '' : ','}${canonicalize(item) ?? 'null'}`);
  }
  feed(']');
}

function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('Only JSON values have a hash');
  return text;
}

/** Objects that say themselves how they are written (`toJSON`) are left to the library. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null) &&
    !('toJSON' in value)
  );
}
