import { dayOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { audit } from '../../audit/index.ts';
import { getHeldPeriod } from '../../costing/index.ts';
import { assertSecondPerson } from '../second-person.ts';
import { holdIssuer } from './issuer.service.ts';
import { assertUnsettled } from './settled-periods.service.ts';
import { signedHashOf } from './statement.rules.ts';
import { takenBack } from './statement-drafts.rules.ts';
import { createDrafts, issueDrafts } from './statement-issuing.service.ts';
import { availableStatementActions, type StatementAction } from './statement-states.rules.ts';
import {
  STATEMENT_CONTENT_MISMATCH,
  STATEMENT_IS_SET_OFF,
  STATEMENT_STATE_REFUSED,
} from './statements.errors.ts';
import * as repo from './statements.repo.ts';
import type { StatementDetailView } from './statements.schemas.ts';
import { getStatement, getStatementRow } from './statements.service.ts';
import type { StatementRow } from './statements.types.ts';

export type StatementActionsService = ReturnType<typeof createStatementActionsService>;

/** Steps of a single statement: what stood in the way is mended, or a document is taken back. */
export function createStatementActionsService(db: Database) {
  return {
    /**
     * Issues a draft by itself. A credit note that a person made takes a second one: money leaves by it.
     * @throws DomainError the first of what stands against it
     */
    async issue(
      ctx: HatContext,
      id: string,
      version: number,
      contentHash: string,
    ): Promise<StatementDetailView> {
      const centreId = ownCentre(ctx);
      return withHatTx(db, ctx, async (tx) => {
        await repo.lockIssuing(tx, centreId); // before the document, as the job of its batch does
        const statement = await getForAction(tx, id, 'issue', version);
        const { seller } = await holdIssuer(tx, centreId);
        if (signedHashOf(statement.contentHash, seller.bank) !== contentHash) {
          throw new DomainError(STATEMENT_CONTENT_MISMATCH, 'The statement says something else.', {
            pointer: '/contentHash',
          });
        }
        if (statement.batchId === null)
          assertSecondPerson(ctx, statement.createdBy, 'This takes somebody who did not make the statement.');
        const { blocked } = await issueDrafts(tx, ctx, centreId, [id], dayOf(ctx.now));
        const [obstacle] = blocked[0]?.obstacles ?? [];
        if (obstacle !== undefined) {
          throw new DomainError(obstacle.problem, obstacle.detail, { errors: obstacle.errors });
        }
        return getStatement(tx, ctx, id);
      });
    },

    async discard(ctx: HatContext, id: string, version: number): Promise<StatementDetailView> {
      ownCentre(ctx);
      return withHatTx(db, ctx, async (tx) => {
        const statement = await getForAction(tx, id, 'discard', version);
        if ((await repo.discardDrafts(tx, [id])) !== 1) throw preconditionFailed();
        await auditStatement(tx, ctx, 'billing.statement-discarded', statement, {});
        return getStatement(tx, ctx, id);
      });
    },

    /** Drafts a credit note over all of an issued document. The period can be charged anew once that is issued. */
    async credit(ctx: HatContext, id: string, reason: string): Promise<StatementDetailView> {
      const centreId = ownCentre(ctx);
      return withHatTxOnce(db, ctx, async (tx) => {
        // Before the document, as issuing and preparing do it, which name or set off the same documents.
        await repo.lockIssuing(tx, centreId);
        const statement = await getForAction(tx, id, 'credit');
        // A draft comes before the settlement, which then names it, or not at all.
        if (statement.periodId !== null) await getHeldPeriod(tx, statement.periodId);
        await assertUnsettled(tx, statement.periodId);
        const [invoice] = await repo.listSettingOff(tx, centreId, [{ ...statement, correctsId: id }]);
        if (invoice !== undefined) {
          throw new DomainError(STATEMENT_IS_SET_OFF, `${invoice.number} sets ${statement.number} off.`);
        }
        const lines = await repo.listLines(tx, [id]);
        const draft = takenBack({ statement, lines }, { batchId: null, dueOn: null, notes: [reason] });
        const [creditId = ''] = await createDrafts(tx, ctx, centreId, [draft]);
        await auditStatement(tx, ctx, 'billing.statement-credited', statement, { creditId });
        return getStatement(tx, ctx, creditId);
      });
    },
  };
}

async function getForAction(
  tx: HatTx,
  id: string,
  action: StatementAction,
  version?: number,
): Promise<StatementRow> {
  await repo.lockStatement(tx, id);
  const statement = await getStatementRow(tx, id);
  if (version !== undefined && statement.version !== version) throw preconditionFailed();
  if (availableStatementActions(statement).includes(action)) return statement;
  const state = statement.supersededBy === null ? statement.status : 'superseded';
  throw new DomainError(
    STATEMENT_STATE_REFUSED,
    `The statement ${statement.number ?? id} is ${state}; ${action} is not possible.`,
  );
}

function auditStatement(
  tx: HatTx,
  ctx: HatContext,
  action: string,
  { id, number, organisationId }: StatementRow,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  const entry = { action, entityType: 'statement', entityId: id, details: { number, ...details } };
  // A member learns of what it was sent, not of drafts.
  return audit(tx, ctx, number === null ? entry : { ...entry, organisationId });
}
