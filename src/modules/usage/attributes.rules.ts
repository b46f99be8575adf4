import type { FieldError, Problem } from '../../platform/errors.ts';
import { isPersonalDataKey, looksLikeEmail } from './personal-data.rules.ts';
import { USAGE_ATTRIBUTES_TOO_LARGE, USAGE_PERSONAL_DATA } from './usage.errors.ts';

export const ATTRIBUTE_LIMITS = {
  keys: 20,
  keyCharacters: 60,
  levels: 4,
  characters: 64,
  bytes: 4096,
} as const;
const LIMITS = ATTRIBUTE_LIMITS;

/** A number, a file reference or a hash: what people write about people has blanks. */
export const CODE_PATTERN = '^[\\p{L}\\p{N}._:/#-]+$';
const CODE = new RegExp(CODE_PATTERN, 'u');

export interface AttributeFault {
  readonly problem: Problem;
  readonly error: FieldError;
}

/** What jsonb cannot store, or canonical JSON cannot spell: NUL and halves of surrogate pairs. */
const LONE_SURROGATE = /\p{Cs}/u;

function isStorable(text: string): boolean {
  return !text.includes('\0') && !LONE_SURROGATE.test(text);
}

/** The first thing wrong with the attributes of an event, or undefined. Looks no deeper than the limits allow. */
export function findAttributeFault(
  attributes: Readonly<Record<string, unknown>>,
): AttributeFault | undefined {
  const fault = faultIn(attributes, '/attributes', 1);
  if (fault !== undefined) return fault;
  const bytes = Buffer.byteLength(JSON.stringify(attributes));
  return bytes > LIMITS.bytes
    ? tooLarge('/attributes', `takes ${bytes} of ${LIMITS.bytes} bytes`)
    : undefined;
}

function faultIn(value: unknown, pointer: string, level: number): AttributeFault | undefined {
  if (typeof value === 'string') return faultInText(value, pointer);
  if (typeof value === 'number' && !Number.isFinite(value)) return tooLarge(pointer, 'is no finite number');
  if (typeof value !== 'object' || value === null) return undefined;
  if (level > LIMITS.levels) return tooLarge(pointer, `is nested deeper than ${LIMITS.levels} levels`);
  const entries = Object.entries(value);
  if (entries.length > LIMITS.keys) return tooLarge(pointer, `has more than ${LIMITS.keys} entries`);
  for (const [key, inner] of entries) {
    const at = `${pointer}/${key.slice(0, LIMITS.keyCharacters).replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const fault = (Array.isArray(value) ? undefined : faultInKey(key, at)) ?? faultIn(inner, at, level + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultInKey(key: string, pointer: string): AttributeFault | undefined {
  if (key.length > LIMITS.keyCharacters)
    return tooLarge(pointer, `is longer than ${LIMITS.keyCharacters} characters`);
  if (!isStorable(key)) return tooLarge(pointer, 'holds characters that cannot be stored');
  return isPersonalDataKey(key) ? personal(pointer, 'names personal data') : undefined;
}

function faultInText(text: string, pointer: string): AttributeFault | undefined {
  if (text.length > LIMITS.characters)
    return tooLarge(pointer, `is longer than ${LIMITS.characters} characters: give a short code, no text`);
  if (!isStorable(text)) return tooLarge(pointer, 'holds characters that cannot be stored');
  if (looksLikeEmail(text)) return personal(pointer, 'looks like an e-mail address');
  if (text === '' || CODE.test(text)) return undefined;
  return personal(pointer, 'must be a short code of letters, digits and ._:/#- without blanks, no text');
}

function tooLarge(pointer: string, detail: string): AttributeFault {
  return { problem: USAGE_ATTRIBUTES_TOO_LARGE, error: { pointer, code: 'NOT_STORABLE', detail } };
}

function personal(pointer: string, detail: string): AttributeFault {
  return { problem: USAGE_PERSONAL_DATA, error: { pointer, code: 'PERSONAL_DATA', detail } };
}
