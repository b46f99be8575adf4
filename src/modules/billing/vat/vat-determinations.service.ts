import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import {
  actOnDetermination,
  getDeterminationRow,
  type VatCommand,
} from './vat-determination-actions.service.ts';
import { createDetermination } from './vat-determination-creation.service.ts';
import * as repo from './vat-determinations.repo.ts';
import type {
  CreateVatDetermination,
  VatDeterminationQuery,
  VatDeterminationView,
} from './vat-determinations.schemas.ts';
import { toVatDeterminationView } from './vat-determinations.views.ts';

const LIST = 'vat-determinations';

export type VatDeterminationsService = ReturnType<typeof createVatDeterminationsService>;

/** What is determined about VAT: computed once from asserted facts, signed by a second person, in force for good. */
export function createVatDeterminationsService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreateVatDetermination): Promise<VatDeterminationView> {
      const centreId = ownCentre(ctx, input.centreId);
      return withHatTxOnce(db, ctx, async (tx) =>
        getDetermination(tx, ctx, await createDetermination(tx, ctx, centreId, input)),
      );
    },

    get: (ctx: HatContext, id: string): Promise<VatDeterminationView> =>
      withHatTx(db, ctx, (tx) => getDetermination(tx, ctx, id)),

    async list(
      ctx: HatContext,
      { limit, cursor, ...filter }: VatDeterminationQuery,
    ): Promise<Page<VatDeterminationView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) =>
        repo.listDeterminations(tx, ctx, filter, before, limit + 1),
      );
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.id],
        (row) => toVatDeterminationView(ctx, row),
      );
    },

    act: (ctx: HatContext, id: string, version: number, command: VatCommand): Promise<VatDeterminationView> =>
      withHatTx(db, ctx, async (tx) => {
        await getDeterminationRow(tx, id);
        ownCentre(ctx);
        await actOnDetermination(tx, ctx, id, version, command);
        return getDetermination(tx, ctx, id);
      }),
  };
}

async function getDetermination(tx: HatTx, ctx: HatContext, id: string): Promise<VatDeterminationView> {
  return toVatDeterminationView(ctx, await getDeterminationRow(tx, id));
}
