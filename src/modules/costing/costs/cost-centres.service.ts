import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { newId } from '../../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import { COST_CENTRE_SERVICE } from './cost-centres.errors.ts';
import * as repo from './cost-centres.repo.ts';
import type {
  ChangeCostCentre,
  CostCentreQuery,
  CostCentreView,
  CreateCostCentre,
} from './cost-centres.schemas.ts';

export type CostCentresService = ReturnType<typeof createCostCentresService>;

/** Where cost arises, as the ledger of the centre names it. */
export function createCostCentresService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreateCostCentre): Promise<CostCentreView> {
      const centreId = ownCentre(ctx, input.centreId);
      const { code, type, serviceId } = input;
      if ((type === 'final') !== (serviceId !== undefined)) {
        const detail = type === 'final' ? 'is missing' : 'does not belong to a support cost centre';
        throw new DomainError(COST_CENTRE_SERVICE, `The service ${detail}.`, { pointer: '/serviceId' });
      }
      return withHatTxOnce(db, ctx, async (tx) => {
        const id = newId();
        await repo.insertCostCentre(tx, centreId, id, input);
        await audit(tx, ctx, {
          action: 'costing.cost-centre-created',
          entityType: 'cost_centre',
          entityId: id,
          details: { code, type, serviceId: serviceId ?? null },
        });
        return getCostCentre(tx, id);
      });
    },

    get: (ctx: HatContext, id: string): Promise<CostCentreView> =>
      withHatTx(db, ctx, (tx) => getCostCentre(tx, id)),

    async list(
      ctx: HatContext,
      { limit, cursor, ...filter }: CostCentreQuery,
    ): Promise<Page<CostCentreView>> {
      const [after] = cursor === undefined ? [] : decodeCursor('cost-centres', cursor, ['string'] as const);
      const rows = await withHatTx(db, ctx, (tx) =>
        repo.listCostCentres(tx, ctx.hat.id, filter, after, limit + 1),
      );
      return toPage(
        rows,
        limit,
        'cost-centres',
        (row) => [row.code],
        (row) => row,
      );
    },

    async change(
      ctx: HatContext,
      id: string,
      version: number,
      change: ChangeCostCentre,
    ): Promise<CostCentreView> {
      ownCentre(ctx);
      return withHatTx(db, ctx, async (tx) => {
        await getCostCentre(tx, id);
        if (!(await repo.updateCostCentre(tx, id, version, change))) throw preconditionFailed();
        await audit(tx, ctx, {
          action: 'costing.cost-centre-changed',
          entityType: 'cost_centre',
          entityId: id,
          details: { ...change },
        });
        return getCostCentre(tx, id);
      });
    },
  };
}

async function getCostCentre(tx: HatTx, id: string): Promise<CostCentreView> {
  const row = await repo.findCostCentre(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such cost centre.');
  return row;
}
