import { plusDays } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { DomainError } from '../../platform/errors.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { newId } from '../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import type { TableFile } from '../../platform/table-files.ts';
import { audit } from '../audit/index.ts';
import { holdPeriodsWithin } from './billing-periods.repo.ts';
import { COST_CENTRE_UNKNOWN } from './calculations.errors.ts';
import { COST_CENTRE_RETIRED, COST_PLACE_UNCLEAR } from './cost-centres.errors.ts';
import { holdCostCentre } from './cost-centres.repo.ts';
import { importCostLines, previewImport } from './cost-line-imports.service.ts';
import type { NewCostLine } from './cost-lines.repo.ts';
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
import { PERIOD_FROZEN } from './costing.errors.ts';

export type CostLinesService = ReturnType<typeof createCostLinesService>;

/** What services and cost centres cost, and income set off against it: typed line by line, or imported from the ledger. */
export function createCostLinesService(db: Database) {
  return {
    async create(ctx: HatContext, { centreId: given, ...input }: CreateCostLine): Promise<CostLineView> {
      const centreId = ownCentre(ctx, given);
      return withHatTxOnce(db, ctx, async (tx) => {
        const { bookedOn, serviceId = null, costCentreId = null } = input;
        await assertPlace(tx, { serviceId, costCentreId, bookedOn });
        const [period] = await holdPeriodsWithin(tx, centreId, bookedOn, plusDays(bookedOn, 1));
        if (period !== undefined && period.frozenAt !== null) {
          throw new DomainError(PERIOD_FROZEN, `The period ${period.code} is ${period.state}.`, {
            pointer: '/bookedOn',
          });
        }
        const line = {
          ...input,
          id: newId(),
          serviceId,
          costCentreId,
          kind: input.kind ?? 'actual',
          category: input.category ?? 'cost',
          voucherNumber: input.voucherNumber ?? null,
          grantTags: input.grantTags ?? [],
        };
        await repo.insertCostLines(tx, ctx, [line], null);
        await audit(tx, ctx, {
          action: 'costing.cost-line-recorded',
          entityType: 'cost_line',
          entityId: line.id,
          details: { serviceId, costCentreId, bookedOn, amountCents: line.amountCents },
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

/** Cost has one place: a service, or a cost centre that takes cost on the day. */
async function assertPlace(
  tx: HatTx,
  { serviceId, costCentreId, bookedOn }: Pick<NewCostLine, 'serviceId' | 'costCentreId' | 'bookedOn'>,
): Promise<void> {
  if ((serviceId === null) === (costCentreId === null)) {
    throw new DomainError(COST_PLACE_UNCLEAR, 'Exactly one of service and cost centre is needed.', {
      pointer: '/costCentreId',
    });
  }
  if (costCentreId === null) return;
  const costCentre = await holdCostCentre(tx, costCentreId);
  if (costCentre === undefined) {
    throw new DomainError(COST_CENTRE_UNKNOWN, 'The centre has no such cost centre.', {
      pointer: '/costCentreId',
    });
  }
  const { code, retiredOn } = costCentre;
  if (retiredOn === null || bookedOn < retiredOn) return;
  throw new DomainError(COST_CENTRE_RETIRED, `The cost centre ${code} takes no cost from ${retiredOn} on.`, {
    pointer: '/bookedOn',
  });
}
