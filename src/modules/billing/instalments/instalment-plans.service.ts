import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { spreadByGroup } from './instalment-documents.ts';
import { actOnPlan, askForDue, getPlanRow, type PlanCommand } from './instalment-plan-actions.service.ts';
import { createPlan } from './instalment-plan-creation.service.ts';
import * as repo from './instalment-plans.repo.ts';
import type {
  CreatePlan,
  InstalmentQuery,
  InstalmentView,
  PlanQuery,
  PlanShareQuery,
  PlanShareView,
  PlanView,
} from './instalment-plans.schemas.ts';
import { statusesFor, toInstalmentView, toPlanView, toShareView } from './instalment-plans.views.ts';

const LIST = 'instalment-plans';
const NOTHING = { count: 0, issued: 0, blocked: 0, pending: 0, amountCents: 0, issuedCents: 0 };

export type InstalmentPlansService = ReturnType<typeof createInstalmentPlansService>;

/** Plans by which members pay in advance: made from the budget or by hand, signed by a second person, immutable from then on. */
export function createInstalmentPlansService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreatePlan): Promise<PlanView> {
      const centreId = ownCentre(ctx, input.centreId);
      return withHatTxOnce(db, ctx, async (tx) =>
        getPlan(tx, ctx, await createPlan(tx, ctx, centreId, input)),
      );
    },

    get: (ctx: HatContext, id: string): Promise<PlanView> => withHatTx(db, ctx, (tx) => getPlan(tx, ctx, id)),

    async list(ctx: HatContext, { limit, cursor, ...filter }: PlanQuery): Promise<Page<PlanView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      return withHatTx(db, ctx, async (tx) => {
        const rows = await repo.listPlans(tx, ctx, filter, before, limit + 1);
        const progress = await repo.progressOf(
          tx,
          rows.map(({ id }) => id),
        );
        return toPage(
          rows,
          limit,
          LIST,
          (row) => [row.id],
          (row) => toPlanView(ctx, row, progress.get(row.id) ?? NOTHING),
        );
      });
    },

    act: (ctx: HatContext, id: string, version: number, command: PlanCommand): Promise<PlanView> =>
      withHatTx(db, ctx, async (tx) => {
        await getPlanRow(tx, id);
        ownCentre(ctx);
        await actOnPlan(tx, ctx, id, version, command);
        return getPlan(tx, ctx, id);
      }),

    issueDue: (ctx: HatContext, id: string): Promise<PlanView> =>
      withHatTx(db, ctx, async (tx) => {
        await getPlanRow(tx, id);
        ownCentre(ctx);
        await askForDue(tx, ctx, id);
        return getPlan(tx, ctx, id);
      }),

    /** What each member pays in all, and when. */
    async listShares(
      ctx: HatContext,
      id: string,
      { limit, cursor, organisationId }: PlanShareQuery,
    ): Promise<Page<PlanShareView>> {
      const [after] =
        cursor === undefined ? [-1] : decodeCursor('instalment-shares', cursor, ['number'] as const);
      return withHatTx(db, ctx, async (tx) => {
        const { dueOn } = await getPlanRow(tx, id);
        const filter = organisationId === undefined ? {} : { organisationIds: [organisationId] };
        const rows = await repo.listShares(tx, id, filter, after, limit + 1);
        // A page may begin within a group: days follow from all lines of the group.
        const organisationIds = [...new Set(rows.map((row) => row.organisationId))];
        const spread = spreadByGroup(await repo.listShares(tx, id, { organisationIds }), dueOn.length);
        return toPage(
          rows,
          limit,
          'instalment-shares',
          (row) => [row.position],
          (row) => toShareView(row, spread.get(row.position) ?? []),
        );
      });
    },

    async listInstalments(
      ctx: HatContext,
      id: string,
      { limit, cursor, status, organisationId }: InstalmentQuery,
    ): Promise<Page<InstalmentView>> {
      const after =
        cursor === undefined ? undefined : decodeCursor('instalments', cursor, ['string', 'uuid'] as const);
      const rows = await withHatTx(db, ctx, async (tx) => {
        await getPlanRow(tx, id);
        const filter = {
          ...(organisationId !== undefined && { organisationId }),
          ...(status !== undefined && { statuses: statusesFor(ctx, status) }),
        };
        return repo.listInstalments(tx, id, filter, after, limit + 1);
      });
      return toPage(
        rows,
        limit,
        'instalments',
        (row) => [row.dueOn, row.id],
        (row) => toInstalmentView(ctx, row),
      );
    },
  };
}

async function getPlan(tx: HatTx, ctx: HatContext, id: string): Promise<PlanView> {
  const row = await getPlanRow(tx, id);
  return toPlanView(ctx, row, (await repo.progressOf(tx, [id])).get(id) ?? NOTHING);
}
