/**
 * Characters that every part of a document can show: those of DIN 91379 that have a glyph in the fonts of the PDF, and
 * the line feed. Anything else would be an empty box on paper, or no XML at all.
 */
const CHARACTERS = String.raw`\u0300-\u0338\n\u0020-\u007e\u00a0-\u024f\u0259\u0292\u02b9-\u02bf\u02c6-\u02dd\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f\u1e00-\u1eff\u2010-\u2027\u202f\u2030\u2032-\u2033\u2039-\u203a\u2044\u20ac\u2116\u2122\u2212`;
const PRINTABLE = new RegExp(`^[${CHARACTERS}]*$`, 'u');
const OTHERS = new RegExp(`[^${CHARACTERS}]`, 'gu');
const OTHER = new RegExp(`[^${CHARACTERS}]`, 'u');

export function isPrintable(text: string): boolean {
  return PRINTABLE.test(text);
}

/** The text with a question mark for each character that cannot be shown, a space for each tab. */
export function toPrintable(text: string): string {
  return text.replaceAll('\t', ' ').replace(OTHERS, '?');
}

/** The first character that cannot be shown, as `U+0001`. */
export function firstUnprintable(text: string): string {
  const [found = ''] = OTHER.exec(text) ?? [];
  return `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
