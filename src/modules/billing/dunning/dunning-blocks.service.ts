import { dayOf } from '../../../platform/clock.ts';
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
import { openItemsBy } from '../payments/open-items.repo.ts';
import { assertMember } from '../payments/payment-matching.service.ts';
import { PAYMENT_STATEMENT_UNKNOWN } from '../payments/payments.errors.ts';
import { DUNNING_BLOCK_DAY_REFUSED, DUNNING_BLOCK_OVER, DUNNING_BLOCK_STANDING } from './dunning.errors.ts';
import * as repo from './dunning-blocks.repo.ts';
import type { BlockQuery, BlockView, CreateBlock } from './dunning-blocks.schemas.ts';
import { lockNotices } from './dunning-notices.repo.ts';

const LIST = 'dunning-blocks';

export type DunningBlocksService = ReturnType<typeof createDunningBlocksService>;

/** What members are not reminded of for a while. Once a block is set no letter asks for it: both take the same lock. */
export function createDunningBlocksService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreateBlock): Promise<BlockView> {
      const centreId = ownCentre(ctx, input.centreId);
      const { reason, untilOn } = input;
      return withHatTxOnce(db, ctx, async (tx) => {
        if (untilOn < dayOf(ctx.now)) throw refusedDay();
        await lockNotices(tx, centreId);
        const organisationId = await assertMember(tx, centreId, input.organisationId);
        const chainId = await chainOf(tx, centreId, organisationId, input.statementId);
        await assertNoneStands(tx, ctx, organisationId, chainId);
        const id = newId();
        await repo.insertBlock(tx, ctx, { id, centreId, organisationId, chainId, reason, untilOn });
        const block = await getBlock(tx, id);
        await auditStep(tx, ctx, 'billing.dunning-block-set', block);
        return block;
      });
    },

    get: (ctx: HatContext, id: string): Promise<BlockView> => withHatTx(db, ctx, (tx) => getBlock(tx, id)),

    async list(ctx: HatContext, { limit, cursor, ...filter }: BlockQuery): Promise<Page<BlockView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listBlocks(tx, ctx, filter, before, limit + 1));
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.id],
        (row) => row,
      );
    },

    lift: (ctx: HatContext, id: string, version: number): Promise<BlockView> =>
      withHatTx(db, ctx, async (tx) => {
        const block = await getBlock(tx, id);
        if (block.version !== version) throw preconditionFailed();
        if (block.lifted !== null || block.untilOn < dayOf(ctx.now))
          throw new DomainError(DUNNING_BLOCK_OVER, 'The block was lifted, or its last day is past.');
        if (!(await repo.liftBlock(tx, ctx, id, version))) throw preconditionFailed();
        await auditStep(tx, ctx, 'billing.dunning-block-lifted', block);
        return getBlock(tx, id);
      }),
  };
}

const refusedDay = () =>
  new DomainError(DUNNING_BLOCK_DAY_REFUSED, 'The last day of the block is past.', { pointer: '/untilOn' });

/** The chain of a document of the member; null where none is named. */
async function chainOf(
  tx: HatTx,
  centreId: string,
  organisationId: string,
  statementId: string | undefined,
): Promise<string | null> {
  if (statementId === undefined) return null;
  const id = statementId.toLowerCase();
  const item = (await openItemsBy(tx, centreId, 'id', [id])).get(id);
  if (item?.organisationId === organisationId) return item.chainId;
  throw new DomainError(PAYMENT_STATEMENT_UNKNOWN, 'The member has no such issued document.', {
    pointer: '/statementId',
  });
}

/** One block holds for a chain, and one for all of a member; both together do no harm. */
async function assertNoneStands(
  tx: HatTx,
  ctx: HatContext,
  organisationId: string,
  chainId: string | null,
): Promise<void> {
  const standing = await repo.blocksInForce(tx, ctx.hat.id, [organisationId], dayOf(ctx.now));
  const known = standing.find((block) => block.chainId === chainId);
  if (known !== undefined)
    throw new DomainError(DUNNING_BLOCK_STANDING, `A block of this holds until ${known.untilOn}.`);
}

async function getBlock(tx: HatTx, id: string): Promise<BlockView> {
  const row = await repo.findBlock(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such block.');
  return row;
}

/** Without the member as the party of the entry: its audit trail shows no blocks. */
async function auditStep(
  tx: HatTx,
  ctx: HatContext,
  action: string,
  { id, organisationId, chainId, untilOn }: BlockView,
): Promise<void> {
  const details = { organisationId, chainId, untilOn };
  await audit(tx, ctx, { action, entityType: 'dunning_block', entityId: id, details });
}
