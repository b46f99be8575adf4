import type { LedgerEncoding } from './ledger.types.ts';

/** Bytes 0x80 to 0x9F of Windows-1252; five of them stand for nothing. Source: WHATWG Encoding, index windows-1252. */
const HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const UNASSIGNED = '\u0081\u008d\u008f\u0090\u009d';

const BYTES: ReadonlyMap<string, number> = new Map([
  ...range(0x00, 0x7f),
  ...Array.from(HIGH).flatMap((char, at): [string, number][] =>
    UNASSIGNED.includes(char) ? [] : [[char, 0x80 + at]],
  ),
  ...range(0xa0, 0xff),
]);

function range(from: number, to: number): [string, number][] {
  return Array.from({ length: to - from + 1 }, (_, at) => [String.fromCodePoint(from + at), from + at]);
}

/** Characters of a text that an encoding cannot write, each once. */
export function unwritable(text: string, encoding: LedgerEncoding): string[] {
  if (encoding !== 'windows-1252') return [];
  return [...new Set(text)].filter((char) => !BYTES.has(char));
}

/** @throws RangeError for a character that the encoding does not know; `unwritable` is asked before */
export function encode(text: string, encoding: LedgerEncoding): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  if (encoding === 'utf-8-bom') return Buffer.from(`\uFEFF${text}`, 'utf8');
  const chars = Array.from(text);
  const bytes = Buffer.alloc(chars.length);
  for (const [at, char] of chars.entries()) {
    const byte = BYTES.get(char);
    if (byte === undefined) throw new RangeError(`${nameOf(char)} is not in ${encoding}`);
    bytes[at] = byte;
  }
  return bytes;
}

/** `"Ł" (U+0141)` */
export function nameOf(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `"${char}" (U+${code})`;
}

export function mediaTypeOf(encoding: LedgerEncoding): string {
  return `text/csv; charset=${encoding === 'windows-1252' ? 'windows-1252' : 'utf-8'}`;
}
