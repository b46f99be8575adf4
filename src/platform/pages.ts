import { DomainError, defineProblem } from './errors.ts';
import { isUuid } from './ids.ts';

/** One page of a list. `nextCursor` is null on the last page. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface PageQuery {
  limit: number;
  cursor?: string;
}

export const INVALID_CURSOR = defineProblem({
  code: 'INVALID_CURSOR',
  status: 400,
  title: 'The cursor is not one of ours',
  help: 'Send `nextCursor` of the page before, unchanged and with the same filters and sort, or leave `cursor` out to start again.',
});

/**
 * Cursors are the sort key of the last row, bound to the list they came from: a cursor of another list or another sort is
 * refused rather than answered with a wrong page.
 */
export function encodeCursor(list: string, key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([list, ...key])).toString('base64url');
}

/** The sort key in a cursor, with as many parts as `shape` has. Throws `INVALID_CURSOR`. */
export function decodeCursor<const S extends readonly ('string' | 'number' | 'uuid')[]>(
  list: string,
  cursor: string,
  shape: S,
): { [K in keyof S]: S[K] extends 'number' ? number : string } {
  const parts = parse(cursor);
  const [from, ...key] = parts ?? [];
  const fits =
    from === list && key.length === shape.length && key.every((part, i) => isOfShape(part, shape[i]));
  if (!fits) {
    throw new DomainError(
      INVALID_CURSOR,
      'The cursor does not belong to this list with these filters and this sort.',
      {
        errors: [
          { pointer: '/query/cursor', code: INVALID_CURSOR.code, detail: 'not a cursor of this list' },
        ],
      },
    );
  }
  return key as never;
}

function isOfShape(part: unknown, shape: 'string' | 'number' | 'uuid' | undefined): boolean {
  return shape === 'uuid' ? typeof part === 'string' && isUuid(part) : typeof part === shape;
}

function parse(cursor: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Makes a page from up to `limit + 1` rows: the extra row only tells that there is a next page. */
export function toPage<R, V>(
  rows: readonly R[],
  limit: number,
  list: string,
  keyOf: (row: R) => readonly (string | number)[],
  view: (row: R) => V,
): Page<V> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(list, keyOf(last)) : null;
  return { items: shown.map(view), nextCursor };
}
