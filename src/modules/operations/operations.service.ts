import type { Moment } from '../../platform/clock.ts';
import { type HatContext, mayLearnActor } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { withHatTx } from '../../platform/db/hat.ts';
import { purgeIdempotencyKeys } from '../../platform/db/idempotency.ts';
import { DomainError } from '../../platform/errors.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { audit } from '../audit/index.ts';
import * as repo from './operations.repo.ts';
import type { AuditQuery, AuditView, DeadLetterQuery, DeadLetterView } from './operations.schemas.ts';

export type OperationsService = ReturnType<typeof createOperationsService>;

/** What those who run a centre look at: jobs that were given up, and who did what. */
export function createOperationsService(db: Database) {
  return {
    async listDeadLetters(
      ctx: HatContext,
      { limit, cursor }: DeadLetterQuery,
    ): Promise<Page<DeadLetterView>> {
      const [after] = cursor === undefined ? [] : decodeCursor('dead-letters', cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listDeadLetters(tx, ctx, after, limit + 1));
      return toPage(
        rows,
        limit,
        'dead-letters',
        (row) => [row.id],
        (row) => row,
      );
    },

    /** Hands a job over again, once whatever stopped it is mended. */
    async redrive(ctx: HatContext, id: string): Promise<void> {
      await withHatTx(db, ctx, async (tx) => {
        const job = await repo.redrive(tx, id);
        if (job === undefined) throw new DomainError(NOT_FOUND, 'There is no such dead letter.');
        await audit(tx, ctx, {
          action: 'operations.job-redriven',
          entityType: 'job',
          entityId: id,
          details: { job },
        });
      });
    },

    /** Housekeeping of stored first answers. */
    purgeIdempotencyKeys: (before: Moment): Promise<void> => purgeIdempotencyKeys(db, before),

    async listAuditEntries(
      ctx: HatContext,
      { limit, cursor, entityId }: AuditQuery,
    ): Promise<Page<AuditView>> {
      const [before] = cursor === undefined ? [] : decodeCursor('audit-entries', cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) =>
        repo.listAuditEntries(tx, ctx, entityId, before, limit + 1),
      );
      return toPage(
        rows,
        limit,
        'audit-entries',
        (row) => [row.id],
        (row) => toAuditView(ctx, row),
      );
    },
  };
}

/** An entry as the hat may see it: the names of a centre's staff stay with the centre. */
function toAuditView(ctx: HatContext, entry: AuditView): AuditView {
  const deed = { hatKind: entry.hat.kind, actorId: entry.actor?.id ?? '' };
  return mayLearnActor(ctx, deed) ? entry : { ...entry, actor: null, onBehalfOf: null };
}
