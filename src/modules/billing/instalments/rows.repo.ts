import type postgres from 'postgres';

/** Rows go in by portions, so that no parameter grows without bound. */
const PORTION = 2000;

/** Inserts rows as JSON text, some thousand at a time. */
export async function insertRows<Row extends object>(
  rows: readonly Row[],
  insert: (json: string) => postgres.PendingQuery<postgres.Row[]>,
): Promise<void> {
  for (let start = 0; start < rows.length; start += PORTION) {
    await insert(JSON.stringify(rows.slice(start, start + PORTION)));
  }
}
