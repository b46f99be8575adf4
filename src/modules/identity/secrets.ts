import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A secret with 256 bits of chance, safe in headers and addresses. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Good for secrets that are random already; passwords take scrypt. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

export function isSecret(secret: string, hash: string): boolean {
  const given = Buffer.from(hashSecret(secret));
  const stored = Buffer.from(hash);
  return given.length === stored.length && timingSafeEqual(given, stored);
}

/** A name for an account or address that says nothing without the key. */
export function pseudonym(key: string, kind: string, value: string): string {
  return `${kind}:${createHmac('sha256', key).update(value).digest('base64url')}`;
}
