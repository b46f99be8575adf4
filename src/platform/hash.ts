import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * SHA-256 (lower-case hex) over the canonical JSON of a value (RFC 8785): independent of the order of keys, so that
 * anybody with the value can re-compute it.
 * @throws TypeError when the value is no JSON value
 */
export function hashOf(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('Only JSON values have a hash');
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
