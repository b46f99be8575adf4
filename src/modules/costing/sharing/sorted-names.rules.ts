import { compareIds } from '../../../platform/money/index.ts';

/** Names ascending, so that the same facts give the same bytes. */
export function sortedByName<T>(
  values: Readonly<Record<string, T>>,
  inner: (value: T) => T = (value) => value,
): Record<string, T> {
  const sorted = Object.entries(values).sort(([a], [b]) => compareIds(a, b));
  return Object.fromEntries(sorted.map(([name, value]) => [name, inner(value)]));
}
