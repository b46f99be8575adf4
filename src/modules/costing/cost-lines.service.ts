import { plusDays } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { DomainError } from '../../platform/errors.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { newId } from '../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { audit } from '../audit/index.ts';
import { holdPeriodsWithin } from './billing-periods.repo.ts';
import { importCostLines, previewImport } from './cost-line-imports.service.ts';
import * as repo from './cost-lines.repo.ts';
import type {
  CostLineQuery,
  CostLineView,
  CreateCostLine,
  ImportListQuery,
  ImportPreview,
  ImportView,
} from './cost-lines.schemas.ts';
import { PERIOD_FROZEN } from './costing.errors.ts';

export type CostLinesService = ReturnType<typeof createCostLinesService>;

/** What services cost: typed line by line, or imported from the ledger. */
export function createCostLinesService(db: Database) {
  return {
    async create(ctx: HatContext, { centreId: given, ...input }: CreateCostLine): Promise<CostLineView> {
      const centreId = ownCentre(ctx, given);
      return withHatTxOnce(db, ctx, async (tx) => {
        const { bookedOn } = input;
        const [period] = await holdPeriodsWithin(tx, centreId, bookedOn, plusDays(bookedOn, 1));
        if (period !== undefined && period.frozenAt !== null) {
          throw new DomainError(PERIOD_FROZEN, `The period ${period.code} is ${period.state}.`, {
            pointer: '/bookedOn',
          });
        }
        const line = { ...input, id: newId(), voucherNumber: input.voucherNumber ?? null };
        await repo.insertCostLines(tx, ctx, [line], null);
        await audit(tx, ctx, {
          action: 'costing.cost-line-recorded',
          entityType: 'cost_line',
          entityId: line.id,
          details: { serviceId: line.serviceId, bookedOn, amountCents: line.amountCents },
        });
        const view = await repo.findCostLine(tx, line.id);
        if (view === undefined) throw new DomainError(NOT_FOUND, 'There is no such cost line.');
        return view;
      });
    },

    async list(ctx: HatContext, query: CostLineQuery): Promise<Page<CostLineView>> {
      const { limit, cursor, ...filter } = query;
      const after =
        cursor === undefined ? undefined : decodeCursor('cost-lines', cursor, ['string', 'string'] as const);
      const rows = await withHatTx(db, ctx, (tx) =>
        repo.listCostLines(tx, ctx.hat.id, filter, after, limit + 1),
      );
      return toPage(
        rows,
        limit,
        'cost-lines',
        (row) => [row.bookedOn, row.id],
        (row) => row,
      );
    },

    /** Says what an import of the file would do; writes nothing. */
    previewImport(ctx: HatContext, file: Uint8Array): Promise<ImportPreview> {
      ownCentre(ctx);
      return withHatTx(db, ctx, (tx) => previewImport(tx, ctx, file));
    },

    /** Imports all rows of the file, or none. */
    importFile(ctx: HatContext, file: Uint8Array, repeat: boolean): Promise<ImportView> {
      ownCentre(ctx);
      return withHatTxOnce(db, ctx, (tx) => importCostLines(tx, ctx, file, repeat));
    },

    async listImports(ctx: HatContext, { limit, cursor }: ImportListQuery): Promise<Page<ImportView>> {
      const [before] =
        cursor === undefined ? [] : decodeCursor('cost-line-imports', cursor, ['string'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listImports(tx, ctx.hat.id, before, limit + 1));
      return toPage(
        rows,
        limit,
        'cost-line-imports',
        (row) => [row.id],
        (row) => row,
      );
    },
  };
}
