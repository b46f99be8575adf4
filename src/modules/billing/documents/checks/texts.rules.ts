import { firstUnprintable, isPrintable } from '../../../../platform/printable.ts';
import { type Finding, findings } from './findings.rules.ts';

/** Every text of a document or of a part of it, wherever it stands. */
export function checkTexts(part: object, pointer = ''): Finding[] {
  return unprintable(part, pointer);
}

function unprintable(value: unknown, pointer: string): Finding[] {
  if (typeof value === 'string') {
    return findings([
      isPrintable(value),
      pointer,
      'TEXT_UNPRINTABLE',
      `has a character that no font of the document shows: ${firstUnprintable(value)}`,
    ]);
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => unprintable(inner, `${pointer}/${key}`));
}

/** At least one character that is not white space. */
export function isFilled(text: string): boolean {
  return /\S/.test(text);
}
