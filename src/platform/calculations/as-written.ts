import { DomainError } from '../errors.ts';
import { AMOUNT_OUT_OF_RANGE } from '../money/money.errors.ts';

/** Strings, as they are, and numbers. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * The refusal of an amount with the digits that stand in the file: read as a number, those beyond 2^53 are others already.
 * @param input JSON without faults
 */
export function asWritten(error: unknown, input: string | Uint8Array): unknown {
  if (!(error instanceof DomainError) || error.problem !== AMOUNT_OUT_OF_RANGE) return error;
  const [{ pointer } = { pointer: '' }] = error.errors;
  const written = numberAt(input, pointer);
  const read = String(Number(written));
  if (written === undefined || written === read || !error.message.startsWith(`${read} `)) return error;
  const detail = `${written}${error.message.slice(read.length)}`;
  return new DomainError(AMOUNT_OUT_OF_RANGE, detail, { pointer, cause: error });
}

/** The number that a pointer leads to, as it is spelled. */
function numberAt(input: string | Uint8Array, pointer: string): string | undefined {
  const text = new TextDecoder().decode(typeof input === 'string' ? Buffer.from(input) : input);
  let value: unknown = JSON.parse(
    text.replace(TOKENS, (token) => (token.startsWith('"') ? token : `"${token}"`)),
  );
  for (const step of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined;
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    value = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  }
  return typeof value === 'string' ? value : undefined;
}
