import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { createEligibleCostService } from './eligible-cost.service.ts';
import { actOnGrant, type GrantCommand } from './grant-actions.service.ts';
import { createGrantClawbacksService } from './grant-clawbacks.service.ts';
import { changeGrant, createGrant } from './grant-creation.service.ts';
import { createGrantDeadlinesService } from './grant-deadlines.service.ts';
import { createGrantDrawdownsService } from './grant-drawdowns.service.ts';
import { createGrantProgrammesService } from './grant-programmes.service.ts';
import { getGrantRow, getGrantView } from './grants.reading.service.ts';
import { listGrants } from './grants.repo.ts';
import type { ChangeGrant, CreateGrant, GrantQuery, GrantView } from './grants.schemas.ts';
import { toGrantView } from './grants.views.ts';
import { createProofOfUseService } from './proof-of-use.service.ts';

const LIST = 'grants';

export type GrantsService = ReturnType<typeof createGrantsService>;

/** Programmes and their rules, grants, the cost they pay for, and the money that comes and goes. */
export function createGrantsService(db: Database) {
  return {
    programmes: createGrantProgrammesService(db),
    grants: createGrantFilesService(db),
    cost: createEligibleCostService(db),
    drawdowns: createGrantDrawdownsService(db),
    clawbacks: createGrantClawbacksService(db),
    proofs: createProofOfUseService(db),
    deadlines: createGrantDeadlinesService(db),
  };
}

export type GrantFilesService = ReturnType<typeof createGrantFilesService>;

/** From what is applied for to what is closed. */
function createGrantFilesService(db: Database) {
  return {
    async create(ctx: HatContext, { centreId: given, ...input }: CreateGrant): Promise<GrantView> {
      const centreId = ownCentre(ctx, given);
      return withHatTxOnce(db, ctx, async (tx) =>
        getGrantView(tx, ctx, await createGrant(tx, ctx, centreId, input)),
      );
    },

    get: (ctx: HatContext, id: string): Promise<GrantView> =>
      withHatTx(db, ctx, (tx) => getGrantView(tx, ctx, id)),

    async list(ctx: HatContext, { limit, cursor, ...filter }: GrantQuery): Promise<Page<GrantView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => listGrants(tx, ctx, filter, before, limit + 1));
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.id],
        (row) => toGrantView(ctx, row),
      );
    },

    change: (ctx: HatContext, id: string, version: number, change: ChangeGrant): Promise<GrantView> =>
      withHatTx(db, ctx, async (tx) => {
        await getGrantRow(tx, id);
        ownCentre(ctx);
        await changeGrant(tx, ctx, id, version, change);
        return getGrantView(tx, ctx, id);
      }),

    act: (ctx: HatContext, id: string, version: number, command: GrantCommand): Promise<GrantView> =>
      withHatTx(db, ctx, async (tx) => {
        await getGrantRow(tx, id);
        ownCentre(ctx);
        await actOnGrant(tx, ctx, id, version, command);
        return getGrantView(tx, ctx, id);
      }),
  };
}
