/**
 * Ascending by UTF-16 code units: the one order for ids wherever cents depend on it. A collation would give
 * different cents on different machines.
 */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
