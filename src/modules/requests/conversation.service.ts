import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { DomainError } from '../../platform/errors.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { audit } from '../audit/index.ts';
import { applyAction } from './actions.service.ts';
import * as events from './events.repo.ts';
import { toEventView } from './events.views.ts';
import { ACTION_NOT_POSSIBLE } from './requests.errors.ts';
import type { RequestRow } from './requests.rows.ts';
import type { EventView, MessageView, PagingQuery } from './requests.schemas.ts';
import { getLockedRow, getRow } from './requests.service.ts';
import { takesMessages } from './transitions.rules.ts';

export type ConversationService = ReturnType<typeof createConversationService>;

/** Messages between the parties, the centre's notes, and the history. */
export function createConversationService(db: Database) {
  /** One page of what belongs to a request, which must exist under the hat. */
  async function page<T extends { id: string }>(
    ctx: HatContext,
    requestId: string,
    list: string,
    { limit, cursor }: PagingQuery,
    read: (tx: HatTx, after: string | undefined, limit: number) => Promise<T[]>,
  ): Promise<Page<T>> {
    const [after] = cursor === undefined ? [] : decodeCursor(list, cursor, ['uuid'] as const);
    const rows = await withHatTx(db, ctx, async (tx) => {
      await getRow(tx, requestId);
      return read(tx, after, limit + 1);
    });
    return toPage(
      rows,
      limit,
      list,
      (row) => [row.id],
      (row) => row,
    );
  }

  async function write(
    ctx: HatContext,
    requestId: string,
    body: string,
    visibility: events.Visibility,
  ): Promise<MessageView> {
    return withHatTxOnce(db, ctx, async (tx) => {
      const row = await getLockedRow(tx, requestId);
      if (visibility === 'parties' && !takesMessages(row.status)) {
        throw new DomainError(
          ACTION_NOT_POSSIBLE,
          `The request is ${row.status}; messages are taken between submitting and closing.`,
        );
      }
      const message = await events.insertMessage(tx, ctx, row, body, visibility);
      const action = visibility === 'parties' ? 'requests.message-written' : 'requests.note-written';
      await audit(tx, ctx, {
        action,
        entityType: 'service_request',
        entityId: row.id,
        centreId: row.centreId,
        ...(visibility === 'parties' && { organisationId: row.organisationId }),
        details: { messageId: message.id },
      });
      if (isReply(ctx, row, visibility)) await applyAction(tx, ctx, row, 'resume', {});
      return message;
    });
  }

  return {
    writeMessage: (ctx: HatContext, id: string, body: string) => write(ctx, id, body, 'parties'),
    writeNote: (ctx: HatContext, id: string, body: string) => write(ctx, id, body, 'centre'),
    listMessages: (ctx: HatContext, id: string, query: PagingQuery): Promise<Page<MessageView>> =>
      page(ctx, id, 'messages', query, (tx, after, limit) =>
        events.listMessages(tx, id, 'parties', after, limit),
      ),
    listNotes: (ctx: HatContext, id: string, query: PagingQuery): Promise<Page<MessageView>> =>
      page(ctx, id, 'notes', query, (tx, after, limit) =>
        events.listMessages(tx, id, 'centre', after, limit),
      ),
    listEvents: (ctx: HatContext, id: string, query: PagingQuery): Promise<Page<EventView>> =>
      page(ctx, id, 'events', query, async (tx, after, limit) =>
        (await events.listEvents(tx, id, after, limit)).map((row) => toEventView(ctx, row)),
      ),
  };
}

/** The answer the centre waited for: work goes on by itself. */
function isReply(ctx: HatContext, row: RequestRow, visibility: events.Visibility): boolean {
  return (
    visibility === 'parties' &&
    ctx.hat.kind === 'organisation' &&
    row.status === 'on_hold' &&
    row.holdReason === 'awaiting_requester'
  );
}
