import { dayOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { mapConstraints } from '../../../platform/db/postgres-errors.ts';
import { DomainError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { newId } from '../../../platform/ids.ts';
import { enqueue } from '../../../platform/jobs/outbox.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import { getHeldPeriod } from '../../costing/index.ts';
import { holdIssuer } from './issuer.service.ts';
import { assertTakesCharges } from './settled-periods.service.ts';
import { signedHashOf } from './statement.rules.ts';
import * as repo from './statement-batches.repo.ts';
import type { BatchQuery, BatchView, CreateBatch } from './statement-batches.schemas.ts';
import { issueDrafts } from './statement-issuing.service.ts';
import type { BlockedStatement } from './statement-obstacles.service.ts';
import { prepareBatch } from './statement-preparation.service.ts';
import { availableBatchActions, BATCH_ACTIONS, type BatchAction } from './statement-states.rules.ts';
import {
  STATEMENT_ACCOUNT_CHANGED,
  STATEMENT_BATCH_OPEN,
  STATEMENT_CONTENT_MISMATCH,
  STATEMENT_STATE_REFUSED,
} from './statements.errors.ts';
import { issueBatchJob, prepareBatchJob } from './statements.jobs.ts';
import { discardDrafts, lockDrafts, lockIssuing } from './statements.repo.ts';

const LIST = 'statement-batches';
/** Statements issued in one transaction: who issues something else in between waits no longer than for these. */
const ISSUED_AT_ONCE = 50;

export type StatementBatchesService = ReturnType<typeof createStatementBatchesService>;

/** All statements of a period: prepared by a job, looked at by a person, issued by a job. */
export function createStatementBatchesService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreateBatch): Promise<BatchView> {
      const centreId = ownCentre(ctx, input.centreId);
      return withHatTxOnce(db, ctx, async (tx) => {
        const period = await getHeldPeriod(tx, input.periodId);
        assertTakesCharges(period);
        const id = newId();
        const { dueOn = null, notes = [] } = input;
        await withOneOpen(period.code, () =>
          repo.insertBatch(tx, ctx, { id, centreId, period, dueOn, notes }),
        );
        await enqueue(tx, ctx, prepareBatchJob, { batchId: id });
        await auditBatch(tx, ctx, 'billing.statements-requested', id, { period: period.code });
        return getBatch(tx, id);
      });
    },

    get: (ctx: HatContext, id: string): Promise<BatchView> => withHatTx(db, ctx, (tx) => getBatch(tx, id)),

    async list(ctx: HatContext, { limit, cursor, ...filter }: BatchQuery): Promise<Page<BatchView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) =>
        repo.listBatches(tx, ctx.hat.id, filter, before, limit + 1),
      );
      return toPage(rows, limit, LIST, (row) => [row.id], toBatchView);
    },

    /** Signs what was prepared; a job issues it. */
    async issue(ctx: HatContext, id: string, version: number, contentHash: string): Promise<BatchView> {
      ownCentre(ctx);
      return withHatTx(db, ctx, async (tx) => {
        const batch = await getForAction(tx, id, version, 'issue');
        const { seller } = await holdIssuer(tx, batch.centreId);
        if (signedHashOf(batch.contentHash ?? '', seller.bank) !== contentHash) {
          throw new DomainError(STATEMENT_CONTENT_MISMATCH, 'The batch says something else.', {
            pointer: '/contentHash',
          });
        }
        const { actor, now } = ctx;
        const by = { issued_by: actor.id, issued_by_name: actor.name, issued_at: now };
        const step = { ...by, signed_hash: contentHash };
        if (!(await repo.updateBatch(tx, batch, BATCH_ACTIONS.issue.to, step))) throw preconditionFailed();
        await enqueue(tx, ctx, issueBatchJob, { batchId: id });
        await auditBatch(tx, ctx, 'billing.statements-issue', id, {
          contentHash,
          statements: batch.statementCount,
        });
        return getBatch(tx, id);
      });
    },

    /** Ends a batch, also one whose job was given up: what is issued stays issued, the rest is dropped. */
    async discard(ctx: HatContext, id: string, version: number): Promise<BatchView> {
      ownCentre(ctx);
      return withHatTx(db, ctx, async (tx) => {
        const batch = await getForAction(tx, id, version, 'discard');
        if (!(await repo.updateBatch(tx, batch, BATCH_ACTIONS.discard.to))) throw preconditionFailed();
        const discarded = await discardDrafts(tx, await repo.draftIdsOf(tx, id));
        const { status, issuedCount } = batch;
        await auditBatch(tx, ctx, 'billing.statements-discard', id, {
          from: status,
          statements: discarded,
          issued: issuedCount,
        });
        return getBatch(tx, id);
      });
    },

    /** The job: what cannot be prepared is said at the batch, where people look, and not only among the dead letters. */
    async prepare(ctx: HatContext, id: string): Promise<void> {
      try {
        await withHatTx(db, ctx, (tx) => prepareBatch(tx, ctx, id));
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        await withHatTx(db, ctx, (tx) => fail(tx, ctx, id, error));
      }
    },

    /** The job: some statements a transaction, so that it goes on where it was ended; what is issued already stays issued. */
    async issueAll(ctx: HatContext, id: string): Promise<void> {
      let remaining = true;
      while (remaining) remaining = await withHatTx(db, ctx, (tx) => issueSome(tx, ctx, id));
    },
  };
}

/** Says whether there is more to issue. Drafts that something stands against stay drafts, and the batch says what. */
async function issueSome(tx: HatTx, ctx: HatContext, id: string): Promise<boolean> {
  const batch = await repo.lockBatch(tx, id);
  if (batch?.status !== 'issuing') return false;
  await lockIssuing(tx, batch.centreId);
  const known = new Set(batch.blocked.flatMap(({ statementId }) => statementId ?? []));
  const waiting = (await repo.draftIdsOf(tx, id)).filter((draft) => !known.has(draft));
  const portion = waiting.slice(0, ISSUED_AT_ONCE);
  const { issuedBy, issuedByName } = batch;
  // A job does it, for the person who signed the batch.
  const signer = {
    ...ctx,
    actor: { id: issuedBy ?? ctx.actor.id, name: issuedByName ?? '', kind: 'user' as const },
  };
  const blocked = await blockedOf(tx, signer, batch, portion);
  const entries = blocked.map(({ statement, obstacles }) => ({
    organisationId: statement.organisationId,
    memberName: statement.memberName,
    statementId: statement.id,
    errors: obstacles.flatMap(({ problem, detail, errors }) =>
      errors.length > 0 ? errors : [{ pointer: '', code: problem.code, detail }],
    ),
  }));
  const isLast = waiting.length <= ISSUED_AT_ONCE;
  const step = { blocked: JSON.stringify([...batch.blocked, ...entries]) };
  await repo.updateBatch(tx, batch, isLast ? 'issued' : 'issuing', step);
  return !isLast;
}

/** Issues what can be; the account that was signed is the one that documents bear, or they are not issued. */
async function blockedOf(
  tx: HatTx,
  signer: HatContext,
  { centreId, contentHash, signedHash }: repo.BatchRow,
  draftIds: readonly string[],
): Promise<readonly BlockedStatement[]> {
  const { seller } = await holdIssuer(tx, centreId);
  if (signedHash === null || signedHash === signedHashOf(contentHash ?? '', seller.bank)) {
    return (await issueDrafts(tx, signer, centreId, draftIds, dayOf(signer.now))).blocked;
  }
  const detail = 'Another account was confirmed since the batch was signed.';
  const obstacles = [{ problem: STATEMENT_ACCOUNT_CHANGED, detail, errors: [] }];
  return (await lockDrafts(tx, draftIds)).map((statement) => ({ statement, obstacles }));
}

async function fail(tx: HatTx, ctx: HatContext, id: string, error: DomainError): Promise<void> {
  const batch = await repo.lockBatch(tx, id);
  if (batch?.status !== 'preparing') return;
  const { type: _type, ...failure } = error.toProblemDetails();
  await repo.updateBatch(tx, batch, 'failed', { failure: JSON.stringify(failure) });
  await auditBatch(tx, ctx, 'billing.statements-failed', id, { code: error.code });
}

async function getForAction(
  tx: HatTx,
  id: string,
  version: number,
  action: BatchAction,
): Promise<repo.BatchRow> {
  const batch = await repo.lockBatch(tx, id);
  if (batch === undefined) throw notFound();
  if (batch.version !== version) throw preconditionFailed();
  if (availableBatchActions(batch.status, batch.statementCount).includes(action)) return batch;
  const what = batch.statementCount === 0 && batch.status === 'ready' ? 'empty' : batch.status;
  throw new DomainError(STATEMENT_STATE_REFUSED, `The batch is ${what}; ${action} is not possible.`);
}

async function getBatch(tx: HatTx, id: string): Promise<BatchView> {
  const row = await repo.findBatch(tx, id);
  if (row === undefined) throw notFound();
  return toBatchView(row);
}

const notFound = () => new DomainError(NOT_FOUND, 'There is no such batch of statements.');

function toBatchView(row: repo.BatchRow): BatchView {
  const { createdBy, createdByName, createdAt, issuedBy, issuedByName, issuedAt, blocked, ...more } = row;
  const { account, signedHash, contentHash: content, ...rest } = more;
  // A draft of a batch shows what signing it would sign.
  const shownHash = row.status === 'ready' && content !== null ? signedHashOf(content, account) : content;
  const { statementCount, issuedCount, renderedCount, ...sending } = rest;
  const { sentCount, refusedCount, failedCount, rejectedCount, ...shown } = sending;
  return {
    ...shown,
    contentHash: signedHash ?? shownHash,
    notes: [...row.notes],
    blocked: [...blocked] as BatchView['blocked'],
    failure: row.failure as BatchView['failure'],
    progress: {
      statements: statementCount,
      issued: issuedCount,
      rendered: renderedCount,
      sent: sentCount,
      refused: refusedCount,
      failed: failedCount,
      rejected: rejectedCount,
    },
    created: { by: { id: createdBy, name: createdByName }, at: createdAt },
    issued:
      issuedBy === null || issuedAt === null
        ? null
        : { by: { id: issuedBy, name: issuedByName ?? '' }, at: issuedAt },
    availableActions: availableBatchActions(row.status, statementCount),
  };
}

function withOneOpen<T>(code: string, work: () => Promise<T>): Promise<T> {
  const detail = `There is an open batch of the period ${code}.`;
  return mapConstraints(
    {
      statement_batches_open_key: {
        problem: STATEMENT_BATCH_OPEN,
        detail,
        errors: [{ pointer: '/periodId', code: 'open', detail }],
      },
    },
    work,
  );
}

function auditBatch(
  tx: HatTx,
  ctx: HatContext,
  action: string,
  entityId: string,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  return audit(tx, ctx, { action, entityType: 'statement_batch', entityId, details });
}
