import { dayOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { approveVersion, changeDraft, createCard, draftVersion } from './rate-card-actions.service.ts';
import { cardNotFound, toVersionView } from './rate-card-versions.views.ts';
import * as repo from './rate-cards.repo.ts';
import type {
  ApproveRateCard,
  CreateRateCard,
  CreateRateCardVersion,
  RateCardQuery,
  RateCardVersionQuery,
  RateCardVersionView,
  RateCardView,
} from './rate-cards.schemas.ts';
import type { PreviewRates } from './rate-preview.schemas.ts';
import { previewRates } from './rate-preview.service.ts';

export type RateCardsService = ReturnType<typeof createRateCardsService>;

/** Prices that agreements name, in versions; each comes into force by a second person. */
export function createRateCardsService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreateRateCard): Promise<RateCardView> {
      ownCentre(ctx, input.centreId);
      return withHatTxOnce(db, ctx, async (tx) => getCard(tx, ctx, await createCard(tx, ctx, input)));
    },

    async createVersion(
      ctx: HatContext,
      id: string,
      input: CreateRateCardVersion,
    ): Promise<RateCardVersionView> {
      return withHatTxOnce(db, ctx, async (tx) =>
        getVersion(tx, ctx, id, await draftVersion(tx, ctx, id, input)),
      );
    },

    get: (ctx: HatContext, id: string): Promise<RateCardView> =>
      withHatTx(db, ctx, (tx) => getCard(tx, ctx, id)),

    getVersion: (ctx: HatContext, id: string, number: number): Promise<RateCardVersionView> =>
      withHatTx(db, ctx, (tx) => getVersion(tx, ctx, id, number)),

    async changeDraft(
      ctx: HatContext,
      target: { id: string; number: number; version: number },
      input: CreateRateCardVersion,
    ): Promise<RateCardView> {
      return withHatTx(db, ctx, async (tx) => {
        await changeDraft(tx, ctx, target, input);
        return getCard(tx, ctx, target.id);
      });
    },

    async approve(
      ctx: HatContext,
      id: string,
      version: number,
      input: ApproveRateCard,
    ): Promise<RateCardView> {
      return withHatTx(db, ctx, async (tx) => {
        await approveVersion(tx, ctx, { id, version }, input);
        return getCard(tx, ctx, id);
      });
    },

    async list(ctx: HatContext, { limit, cursor, name }: RateCardQuery): Promise<Page<RateCardView>> {
      const [after] = cursor === undefined ? [] : decodeCursor('rate-cards', cursor, ['string'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listCards(tx, ctx, name, after, limit + 1));
      return toPage(
        rows,
        limit,
        'rate-cards',
        (row) => [row.name],
        (row) => row,
      );
    },

    async listVersions(
      ctx: HatContext,
      id: string,
      { limit, cursor }: RateCardVersionQuery,
    ): Promise<Page<RateCardVersionView>> {
      const [below] =
        cursor === undefined ? [] : decodeCursor('rate-card-versions', cursor, ['number'] as const);
      const rows = await withHatTx(db, ctx, async (tx) => {
        await getCard(tx, ctx, id);
        return repo.listVersions(tx, id, below, limit + 1);
      });
      return toPage(
        rows,
        limit,
        'rate-card-versions',
        (row) => [row.number],
        (row) => toVersionView(ctx, row),
      );
    },

    preview: (ctx: HatContext, input: PreviewRates) => previewRates(db, ctx, input),
  };
}

async function getCard(tx: HatTx, ctx: HatContext, id: string): Promise<RateCardView> {
  const row = await repo.findCard(tx, id, dayOf(ctx.now));
  if (row === undefined) throw cardNotFound();
  return row;
}

async function getVersion(
  tx: HatTx,
  ctx: HatContext,
  id: string,
  number: number,
): Promise<RateCardVersionView> {
  const row = await repo.findVersion(tx, id, number);
  if (row === undefined) throw cardNotFound();
  return toVersionView(ctx, row);
}
