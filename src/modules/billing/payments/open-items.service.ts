import { type Day, dayOf, plusDays } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { withHatTx } from '../../../platform/db/hat.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
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
      const rows = await withHatTx(db, ctx, (tx) => repo.listOpenItems(tx, ctx, wanted, after, limit + 1));
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.dueOn, row.statementId],
        (row) => toOpenItemView(row, today),
      );
    },
  };
}

function toOpenItemView(row: OpenItemRow, today: Day): OpenItemView {
  const isOverdue = row.openCents > 0 && row.dueOn < today;
  return { ...row, overdueSince: isOverdue ? plusDays(row.dueOn, 1) : null };
}
