import { dayOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { isConstraint } from '../../platform/db/postgres-errors.ts';
import { DomainError } from '../../platform/errors.ts';
import { textIn } from '../../platform/texts.ts';
import { findCoverage } from '../agreements/index.ts';
import { applyAction, processingRuleOf } from './actions.service.ts';
import { insertMessage } from './events.repo.ts';
import { TEAM_MISSING } from './requests.errors.ts';
import * as repo from './requests.repo.ts';
import type { RequestRow } from './requests.rows.ts';
import { getLockedRow, getRow } from './requests.service.ts';
import { teamFor } from './routing.rules.ts';

export type ProcessingService = ReturnType<typeof createProcessingService>;

/** What the centre's machinery does with a request. Each job may run twice, and finds the second time that nothing is left to do. */
export function createProcessingService(db: Database) {
  return {
    /** Checks the agreement, routes to a team, makes the receipt and, where the service says so, accepts. */
    async process(ctx: HatContext, requestId: string): Promise<void> {
      await withHatTx(db, ctx, async (tx) => {
        const row = await getLockedRow(tx, requestId);
        if (row.status !== 'submitted' || row.receiptAt !== null) return;
        const { centreId, organisationId, serviceId } = row;
        const coverage = await findCoverage(tx, {
          centreId,
          organisationId,
          serviceId,
          day: dayOf(row.submittedAt ?? ctx.now),
        });
        if (coverage === undefined) {
          await applyAction(tx, ctx, row, 'reject', {
            code: 'no_agreement',
            reason: textIn('de', 'requests.rejected-no-agreement'),
          });
          return;
        }
        await receive(tx, ctx, row);
      });
    },

    /** Closes a result that nobody objected to in time. A resolution that was objected to meanwhile is another one. */
    async closeDue(ctx: HatContext, requestId: string, resolvedAt: string): Promise<void> {
      await withHatTx(db, ctx, async (tx) => {
        const row = await getLockedRow(tx, requestId);
        const { status, closesAt } = row;
        if (status !== 'resolved' || row.resolvedAt !== resolvedAt || closesAt === null) return;
        // The relay's clock may be ahead of this one. Done now would be done never; the queue tries again.
        if (closesAt > ctx.now) throw new Error(`by this clock the request closes only at ${closesAt}`);
        await applyAction(tx, ctx, row, 'close', { reason: textIn('de', 'requests.closed-by-timer') });
      });
    },
  };
}

async function receive(tx: HatTx, ctx: HatContext, row: RequestRow): Promise<void> {
  const processingRule = await processingRuleOf(tx, row);
  const teamId = teamFor(processingRule, row.formData);
  try {
    await repo.changeRequest(
      tx,
      ctx,
      row,
      { team_id: teamId, receipt_at: ctx.now },
      {
        fact: { type: 'received', from: row.status, to: row.status, details: { teamId } },
        audit: { action: 'requests.received', details: { teamId } },
        jobs: [],
      },
    );
  } catch (error) {
    if (isConstraint(error, 'service_requests_team_fkey'))
      throw new DomainError(TEAM_MISSING, `There is no team ${teamId}.`, { cause: error });
    throw error;
  }
  const text = textIn('de', 'requests.receipt', { number: row.number, service: row.serviceTitle });
  await insertMessage(tx, ctx, row, text, 'parties');
  if (processingRule.autoAccept) await applyAction(tx, ctx, await getRow(tx, row.id), 'accept', {});
}
