import type { HatTx } from '../../../platform/db/hat.ts';

/** Services of the centre among the ids. */
export async function servicesAmong(
  { sql }: HatTx,
  centreId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { readonly code: string; readonly title: string }>> {
  const rows = await sql<{ id: string; code: string; title: string }[]>`
    select id, code, title from services where centre_id = ${centreId} and id = any(${ids as string[]}::uuid[])`;
  return new Map(rows.map(({ id, ...service }) => [id, service]));
}
