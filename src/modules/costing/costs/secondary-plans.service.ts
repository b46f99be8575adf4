import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError } from '../../../platform/errors.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { newId } from '../../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import { resolveUse } from './cost-centre-use.rules.ts';
import { listCostCentres } from './cost-centres.repo.ts';
import * as repo from './secondary-plans.repo.ts';
import type {
  CreateSecondaryPlan,
  SecondaryPlanQuery,
  SecondaryPlanView,
} from './secondary-plans.schemas.ts';

export type SecondaryPlansService = ReturnType<typeof createSecondaryPlansService>;

/** Who used the support cost centres, and how their cost is passed on, in versions. */
export function createSecondaryPlansService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreateSecondaryPlan): Promise<SecondaryPlanView> {
      const centreId = ownCentre(ctx, input.centreId);
      return withHatTxOnce(db, ctx, async (tx) => {
        await assertComputable(tx, centreId, input);
        const id = newId();
        await repo.insertPlan(tx, ctx, id, input);
        const view = await getPlan(tx, id);
        const { number, asOf, method } = view;
        await audit(tx, ctx, {
          action: 'costing.secondary-plan-recorded',
          entityType: 'secondary_plan',
          entityId: id,
          details: { number, asOf, method },
        });
        return view;
      });
    },

    get: (ctx: HatContext, id: string): Promise<SecondaryPlanView> =>
      withHatTx(db, ctx, (tx) => getPlan(tx, id)),

    async list(ctx: HatContext, { limit, cursor }: SecondaryPlanQuery): Promise<Page<SecondaryPlanView>> {
      const [before] =
        cursor === undefined ? [] : decodeCursor('secondary-plans', cursor, ['string'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listPlans(tx, ctx.hat.id, before, limit + 1));
      return toPage(
        rows,
        limit,
        'secondary-plans',
        (row) => [row.id],
        (row) => row,
      );
    },
  };
}

/** A plan that no run could use is refused when it is recorded, not at the end of the year. */
async function assertComputable(
  tx: HatTx,
  centreId: string,
  { method, order, use }: CreateSecondaryPlan,
): Promise<void> {
  const named = new Set([
    ...(order ?? []),
    ...Object.keys(use),
    ...Object.values(use).flatMap((row) => Object.keys(row)),
  ]);
  const known = await listCostCentres(tx, centreId, {}, undefined, null);
  const costCentres = known
    .filter(({ code }) => named.has(code))
    .map(({ code, type }) => ({ id: code, type, primaryCents: 0 }));
  resolveUse({ method, order, use, costCentres });
}

async function getPlan(tx: HatTx, id: string): Promise<SecondaryPlanView> {
  const row = await repo.findPlan(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such plan.');
  return row;
}
