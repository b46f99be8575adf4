import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import * as repo from './grants.repo.ts';
import type { GrantView } from './grants.schemas.ts';
import { toGrantView } from './grants.views.ts';

/** @throws DomainError NOT_FOUND, also for what the hat may not see */
export async function getGrantRow(tx: HatTx, id: string): Promise<repo.GrantRow> {
  const row = await repo.findGrant(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such grant.');
  return row;
}

/** As `getGrantRow`; until the end of the transaction nobody else moves the grant or its money. */
export async function holdGrantRow(tx: HatTx, id: string): Promise<repo.GrantRow> {
  await repo.lockGrant(tx, id);
  return getGrantRow(tx, id);
}

export async function getGrantView(tx: HatTx, ctx: HatContext, id: string): Promise<GrantView> {
  return toGrantView(ctx, await getGrantRow(tx, id));
}
