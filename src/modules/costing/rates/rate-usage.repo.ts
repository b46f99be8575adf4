import type { HatTx } from '../../../platform/db/hat.ts';

export interface ServiceName {
  readonly id: string;
  readonly code: string;
  readonly title: string;
}

export async function listServiceNames({ sql }: HatTx, ids: readonly string[]): Promise<ServiceName[]> {
  return sql<ServiceName[]>`select id, code, title from services where id = any(${ids as string[]}::uuid[])`;
}
