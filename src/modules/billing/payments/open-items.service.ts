import { type Day, dayOf, plusDays } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { blocksInForce } from '../dunning/dunning-blocks.repo.ts';
import { blockedUntil, type DunningBlock } from '../dunning/dunning-blocks.rules.ts';
import * as repo from './open-items.repo.ts';
import type { OpenItemQuery, OpenItemView } from './open-items.schemas.ts';
import type { OpenItemRow } from './open-items.types.ts';

const LIST = 'open-items';

export type OpenItemsService = ReturnType<typeof createOpenItemsService>;

/** What is claimed, paid and open, of a centre's members or of one's own. */
export function createOpenItemsService(db: Database) {
  return {
    async list(
      ctx: HatContext,
      { limit, cursor, overdue, ...filter }: OpenItemQuery,
    ): Promise<Page<OpenItemView>> {
      const after =
        cursor === undefined ? undefined : decodeCursor(LIST, cursor, ['string', 'uuid'] as const);
      const today = dayOf(ctx.now);
      const wanted = { ...filter, ...(overdue === true && { overdueOn: today }) };
      const [rows, blocks] = await withHatTx(db, ctx, async (tx) => {
        const items = await repo.listOpenItems(tx, ctx, wanted, after, limit + 1);
        return [items, await blocksOf(tx, ctx, items, today)];
      });
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.dueOn, row.statementId],
        (row) => toOpenItemView(row, blocks, today),
      );
    },
  };
}

/** Why somebody is not reminded is the centre's own. */
async function blocksOf(
  tx: HatTx,
  { hat }: HatContext,
  rows: readonly OpenItemRow[],
  today: Day,
): Promise<DunningBlock[]> {
  if (hat.kind !== 'centre') return [];
  const members = [...new Set(rows.map(({ organisationId }) => organisationId))];
  return blocksInForce(tx, hat.id, members, today);
}

function toOpenItemView(row: OpenItemRow, blocks: readonly DunningBlock[], today: Day): OpenItemView {
  const isOverdue = row.openCents > 0 && row.dueOn < today;
  const overdueSince = isOverdue ? plusDays(row.dueOn, 1) : null;
  return { ...row, overdueSince, dunningBlockedUntil: blockedUntil(blocks, row) };
}
