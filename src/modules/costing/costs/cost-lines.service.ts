import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError } from '../../../platform/errors.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import type { TableFile } from '../../../platform/table-files.ts';
import { importCostLines, previewImport } from './cost-line-imports.service.ts';
import { recordCostLine } from './cost-line-recording.service.ts';
import * as repo from './cost-lines.repo.ts';
import type {
  CostLineQuery,
  CostLineView,
  CreateCostLine,
  ImportListQuery,
  ImportPreview,
  ImportQuery,
  ImportView,
} from './cost-lines.schemas.ts';

export type CostLinesService = ReturnType<typeof createCostLinesService>;

/** What services and cost centres cost, and income set off against it: typed line by line, or imported from the ledger. */
export function createCostLinesService(db: Database) {
  return {
    async create(ctx: HatContext, { centreId: given, ...input }: CreateCostLine): Promise<CostLineView> {
      const centreId = ownCentre(ctx, given);
      return withHatTxOnce(db, ctx, async (tx) => {
        const id = await recordCostLine(tx, ctx, centreId, input);
        const view = await repo.findCostLine(tx, id);
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
    previewImport(ctx: HatContext, file: TableFile, query: ImportQuery): Promise<ImportPreview> {
      ownCentre(ctx);
      return withHatTx(db, ctx, (tx) => previewImport(tx, ctx, file, query));
    },

    /** Imports all rows of the file, or none. */
    importFile(ctx: HatContext, file: TableFile, query: ImportQuery): Promise<ImportView> {
      ownCentre(ctx);
      return withHatTxOnce(db, ctx, (tx) => importCostLines(tx, ctx, file, query));
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
