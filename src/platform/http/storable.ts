import { DomainError, type FieldError } from '../errors.ts';
import { VALIDATION_FAILED } from '../json.errors.ts';
import { TEXT_NOT_STORABLE } from './problems.ts';

/** Deeper than any form. Ajv, hashing and PostgreSQL recurse: far deeper data would end as an error of ours. */
const LEVELS_MAX = 64;
/** With the u flag a pair counts as one character, so that only unpaired halves match. */
const HALF_CHARACTER = /\p{Surrogate}/u;

interface Place {
  readonly value: unknown;
  readonly level: number;
  readonly key: string;
  readonly parent: Place | undefined;
}

/**
 * Refuses JSON that PostgreSQL would refuse or silently change: NUL characters, halves of characters (lone surrogates), and
 * values nested too deep. Walks without recursion. Throws `TEXT_NOT_STORABLE`, `VALIDATION_FAILED`.
 */
export function assertStorable(body: unknown): void {
  const open: Place[] = [{ value: body, level: 0, key: '', parent: undefined }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value, level } = place;
    if (typeof value === 'string') assertText(value, place);
    if (typeof value !== 'object' || value === null) continue;
    if (level >= LEVELS_MAX) throw refusal(place, 'TOO_DEEP', `is nested deeper than ${LEVELS_MAX} levels`);
    for (const [key, inner] of Object.entries(value)) {
      if (!Array.isArray(value)) assertText(key, place);
      open.push({ value: inner, level: level + 1, key, parent: place });
    }
  }
}

function assertText(text: string, place: Place): void {
  if (text.includes('\u0000')) throw refusal(place, TEXT_NOT_STORABLE.code, 'contains a NUL character');
  if (HALF_CHARACTER.test(text)) throw refusal(place, TEXT_NOT_STORABLE.code, 'contains half a character');
}

function refusal(place: Place, code: string, detail: string): DomainError {
  const errors: FieldError[] = [{ pointer: pointerOf(place), code, detail }];
  const problem = code === TEXT_NOT_STORABLE.code ? TEXT_NOT_STORABLE : VALIDATION_FAILED;
  return new DomainError(problem, `${errors[0]?.pointer || 'The body'} ${detail}.`, { errors });
}

function pointerOf(place: Place): string {
  const steps: string[] = [];
  for (let at: Place = place; at.parent !== undefined; at = at.parent)
    steps.unshift(at.key.replaceAll('~', '~0').replaceAll('/', '~1'));
  return steps.map((step) => `/${step}`).join('');
}
