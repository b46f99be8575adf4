import { DomainError } from './errors.ts';
import { JSON_INVALID } from './json.errors.ts';

/**
 * Reads JSON for calculations. Stricter than `JSON.parse`, which lets the last of two equal keys win: in a list of
 * weights that would silently drop a value.
 * @param input text or UTF-8 bytes, a byte order mark is allowed
 * @throws DomainError JSON_INVALID with line and column (from 1, in UTF-16 units)
 */
export function parseJsonStrict(input: string | Uint8Array): unknown {
  const text = typeof input === 'string' ? input.replace(/^\uFEFF/, '') : decodeUtf8(input);
  const value = parsed(text);
  if (value !== undefined && keysIn(value) === keysOf(text)) return value;
  const found = findFault(text);
  if (found !== undefined) throw invalid(text, found);
  return JSON.parse(text);
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Keys of all objects within a value; of equal ones in a text only one is left. */
function keysIn(value: unknown): number {
  let keys = 0;
  const open = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    // Looking each field up is faster by far than asking a large object for its values.
    const names = Array.isArray(next) ? undefined : Object.keys(next);
    const fields = names?.map((name) => (next as Record<string, unknown>)[name]) ?? (next as unknown[]);
    keys += names?.length ?? 0;
    for (const field of fields) if (typeof field === 'object') open.push(field);
  }
  return keys;
}

const [QUOTE, COLON, BACKSLASH] = [0x22, 0x3a, 0x5c];

/** Keys written in a text that is JSON: there is a colon after each, and no other one outside of strings. */
function keysOf(text: string): number {
  let keys = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COLON) keys += 1;
    else if (code === QUOTE) at = endOfString(text, at);
  }
  return keys;
}

function endOfString(text: string, opening: number): number {
  let at = opening + 1;
  for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(at)) {
    at += code === BACKSLASH ? 2 : 1;
  }
  return at;
}

interface Fault {
  readonly offset: number;
  readonly reason: string;
}

interface Level {
  readonly close: '}' | ']';
  readonly keys: Set<string> | undefined;
}

const SPACE = /[ \t\n\r]*/y;
/** In a string stands what is neither control character nor quote nor backslash. */
const SCALAR =
  /"[ !#-[\]-\uFFFF]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uFFFF]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DomainError(JSON_INVALID, 'The text is not encoded in UTF-8', { cause });
  }
}

function invalid(text: string, { offset, reason }: Fault): DomainError {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  return new DomainError(JSON_INVALID, `${reason} at line ${line}, column ${column}`);
}

/**
 * What is wrong with a text, and where. Walks over it without building values; a stack of its own, so that depth cannot
 * exhaust the call stack.
 */
function findFault(text: string): Fault | undefined {
  const levels: Level[] = [];
  let offset = skip(SPACE, text, 0);
  for (;;) {
    const start = readValueStart(text, offset, levels);
    if (typeof start !== 'number') return start;
    const next = closeLevels(text, start, levels);
    if (typeof next !== 'number') return next;
    if (levels.length === 0)
      return next === text.length ? undefined : fault(text, next, 'the end of the text');
    offset = next;
  }
}

/** Reads a scalar, or opens objects and arrays down to their first scalar or to an empty one. */
function readValueStart(text: string, from: number, levels: Level[]): number | Fault {
  let offset = from;
  for (;;) {
    const opening = text[offset];
    if (opening !== '{' && opening !== '[') {
      const end = skip(SCALAR, text, offset);
      return end === offset ? fault(text, offset, 'a value') : skip(SPACE, text, end);
    }
    const level: Level = opening === '{' ? { close: '}', keys: new Set() } : { close: ']', keys: undefined };
    levels.push(level);
    offset = skip(SPACE, text, offset + 1);
    if (text[offset] === level.close) return offset;
    const value = readKey(text, offset, level);
    if (typeof value !== 'number') return value;
    offset = value;
  }
}

/** After a value: closes what ends here and steps over a comma (and the next key). Returns where to go on. */
function closeLevels(text: string, from: number, levels: Level[]): number | Fault {
  let offset = from;
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    if (text[offset] === ',') return readKey(text, skip(SPACE, text, offset + 1), level);
    if (text[offset] !== level.close) return fault(text, offset, `"," or "${level.close}"`);
    levels.pop();
    offset = skip(SPACE, text, offset + 1);
  }
  return offset;
}

/** In an object: reads `"key":`, once per key. In an array: nothing. */
function readKey(text: string, offset: number, level: Level): number | Fault {
  if (level.keys === undefined) return offset;
  const end = text[offset] === '"' ? skip(SCALAR, text, offset) : offset;
  if (end === offset) return fault(text, offset, 'a key in double quotes');
  const spelled = text.slice(offset + 1, end - 1);
  const key = spelled.includes('\\') ? (JSON.parse(`"${spelled}"`) as string) : spelled;
  if (level.keys.has(key)) return { offset, reason: `Key ${text.slice(offset, end)} occurs twice` };
  level.keys.add(key);
  const colon = skip(SPACE, text, end);
  if (text[colon] !== ':') return fault(text, colon, '":"');
  return skip(SPACE, text, colon + 1);
}

function skip(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}

function fault(text: string, offset: number, expected: string): Fault {
  const found = text[offset];
  return {
    offset,
    reason: `Expected ${expected} but found ${found === undefined ? 'the end' : JSON.stringify(found)}`,
  };
}
