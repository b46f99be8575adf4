import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { DomainError, type FieldError } from '../../platform/errors.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { newId } from '../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { audit } from '../audit/index.ts';
import * as repo from './allocation-lists.repo.ts';
import type {
  AllocationKeyQuery,
  AllocationKeyView,
  CreateAllocationKey,
} from './allocation-lists.schemas.ts';
import { KEY_MEMBER_UNKNOWN } from './costing.errors.ts';

export type AllocationListsService = ReturnType<typeof createAllocationListsService>;

/** Value lists that cost clauses name, in versions. */
export function createAllocationListsService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreateAllocationKey): Promise<AllocationKeyView> {
      const centreId = ownCentre(ctx, input.centreId);
      return withHatTxOnce(db, ctx, async (tx) => {
        const members = await repo.listMemberNames(tx, centreId);
        const errors = checkNames(Object.keys(input.values), members);
        if (errors.length > 0) {
          throw new DomainError(KEY_MEMBER_UNKNOWN, `The list: ${errors[0]?.detail}.`, { errors });
        }
        const id = newId();
        await repo.insertList(tx, ctx, id, input);
        const view = await getList(tx, id);
        await audit(tx, ctx, {
          action: 'costing.allocation-key-recorded',
          entityType: 'allocation_key',
          entityId: id,
          details: { name: view.name, number: view.number, asOf: view.asOf },
        });
        return view;
      });
    },

    get: (ctx: HatContext, id: string): Promise<AllocationKeyView> =>
      withHatTx(db, ctx, (tx) => getList(tx, id)),

    async list(
      ctx: HatContext,
      { limit, cursor, name }: AllocationKeyQuery,
    ): Promise<Page<AllocationKeyView>> {
      const [before] =
        cursor === undefined ? [] : decodeCursor('allocation-keys', cursor, ['string'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listLists(tx, ctx.hat.id, name, before, limit + 1));
      return toPage(
        rows,
        limit,
        'allocation-keys',
        (row) => [row.id],
        (row) => row,
      );
    },
  };
}

function checkNames(
  names: readonly string[],
  members: readonly { id: string; ags: string | null }[],
): FieldError[] {
  const idByName = new Map(
    members.flatMap(
      ({ id, ags }) =>
        (ags === null
          ? [[id, id]]
          : [
              [id, id],
              [ags, id],
            ]) as [string, string][],
    ),
  );
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const name of names) {
    const id = idByName.get(name);
    const pointer = `/values/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (id === undefined)
      errors.push({ pointer, code: 'unknown', detail: `${name} is no member of the centre` });
    else if (seen.has(id)) errors.push({ pointer, code: 'repeated', detail: `${name} is named twice` });
    else seen.add(id);
  }
  return errors;
}

async function getList(tx: HatTx, id: string): Promise<AllocationKeyView> {
  const row = await repo.findList(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such allocation key.');
  return row;
}
