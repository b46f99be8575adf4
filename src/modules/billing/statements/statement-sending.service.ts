import type { Clock } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError } from '../../../platform/errors.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { enqueue } from '../../../platform/jobs/outbox.ts';
import { MAIL_OFF } from '../../../platform/mail/mail.errors.ts';
import type { Mailer } from '../../../platform/mail/mailer.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { assertNotBlocked } from '../dunning/blocked-notices.service.ts';
import { findNotice } from '../dunning/dunning-notices.repo.ts';
import { findDispatch, listDispatches, listDispatchesOf } from './statement-dispatches.repo.ts';
import {
  orderDispatch,
  orderNoticeDispatch,
  type SentNotice,
  sendDispatch,
} from './statement-dispatching.service.ts';
import { statusOf } from './statement-sending.rules.ts';
import type {
  CentreDispatchQuery,
  SendStatement,
  StatementDispatchQuery,
  StatementDispatchView,
  StatementValidations,
} from './statement-sending.schemas.ts';
import type { DispatchRow, SentStatement } from './statement-sending.types.ts';
import { validateStatement } from './statement-validating.service.ts';
import { findReport, listValidations } from './statement-validations.repo.ts';
import { STATEMENT_STATE_REFUSED } from './statements.errors.ts';
import { validateStatementJob } from './statements.jobs.ts';
import { findStatement } from './statements.repo.ts';
import type { StatementRow } from './statements.types.ts';
import type { Validator } from './validator.ts';

const LIST = 'statement-dispatches';
const LIST_OF_CENTRE = 'centre-dispatches';

export type SendingService = ReturnType<typeof createSendingService>;

/** What happens to an issued statement once its files are there: looked at by a validator, mailed, sent again. */
export function createSendingService(
  db: Database,
  clock: Clock,
  mailer: Mailer | undefined,
  validator: Validator | undefined,
) {
  /** By itself a statement goes out only where mail is sent at all. */
  const dispatchByItself = async (tx: HatTx, ctx: HatContext, statement: SentStatement): Promise<void> => {
    if (mailer !== undefined) await orderDispatch(tx, ctx, statement, null);
  };
  return {
    /** For the transaction that says the files of a statement are there; they have to be, in it. */
    afterRendering: (tx: HatTx, ctx: HatContext, statement: SentStatement): Promise<void> =>
      validator === undefined
        ? dispatchByItself(tx, ctx, statement)
        : enqueue(tx, ctx, validateStatementJob, { statementId: statement.id }),

    /** For the transaction that writes a dunning notice. */
    afterNotice: async (tx: HatTx, ctx: HatContext, notice: SentNotice): Promise<void> => {
      if (mailer !== undefined) await orderNoticeDispatch(tx, ctx, notice, null);
    },

    /** What the validator rejects does not go out by itself. */
    validate: (ctx: HatContext, statementId: string): Promise<void> =>
      validateStatement({ db, clock, validator }, ctx, statementId, async (tx, statement, accepted) => {
        if (accepted) await dispatchByItself(tx, ctx, statement);
      }),

    dispatch: (ctx: HatContext, dispatchId: string): Promise<void> =>
      sendDispatch({ db, clock, mailer }, ctx, dispatchId),

    async send(ctx: HatContext, id: string, { reason }: SendStatement): Promise<StatementDispatchView> {
      ownCentre(ctx);
      return withHatTxOnce(db, ctx, async (tx) => {
        const statement = await getStatement(tx, id);
        if (statement.status !== 'issued')
          throw new DomainError(STATEMENT_STATE_REFUSED, 'Only what is issued is sent.');
        assertMailed(mailer);
        return viewOfNew(tx, ctx, await orderDispatch(tx, ctx, statement, reason));
      });
    },

    async sendNotice(ctx: HatContext, id: string, { reason }: SendStatement): Promise<StatementDispatchView> {
      ownCentre(ctx);
      return withHatTxOnce(db, ctx, async (tx) => {
        const notice = await findNotice(tx, id);
        if (notice === undefined) throw new DomainError(NOT_FOUND, 'There is no such notice.');
        assertMailed(mailer);
        await assertNotBlocked(tx, ctx, notice);
        return viewOfNew(tx, ctx, await orderNoticeDispatch(tx, ctx, notice, reason));
      });
    },

    async listDispatches(
      ctx: HatContext,
      id: string,
      { limit, cursor }: StatementDispatchQuery,
    ): Promise<Page<StatementDispatchView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, async (tx) => {
        await getStatement(tx, id);
        return listDispatches(tx, id, before, limit + 1);
      });
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.id],
        (row) => toDispatchView(ctx, row),
      );
    },

    /** Across statements and dunning notices: what did not reach its recipient, for instance. */
    async listCentreDispatches(
      ctx: HatContext,
      { limit, cursor, ...filter }: CentreDispatchQuery,
    ): Promise<Page<StatementDispatchView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST_OF_CENTRE, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) =>
        listDispatchesOf(tx, ctx.hat.id, filter, before, limit + 1),
      );
      return toPage(
        rows,
        limit,
        LIST_OF_CENTRE,
        (row) => [row.id],
        (row) => toDispatchView(ctx, row),
      );
    },

    async listValidations(ctx: HatContext, id: string): Promise<StatementValidations> {
      return withHatTx(db, ctx, async (tx) => {
        await getOwnStatement(tx, ctx, id);
        return { items: await listValidations(tx, id) };
      });
    },

    /** The report byte for byte as the validator gave it, and what to call it. */
    async report(
      ctx: HatContext,
      id: string,
      validationId: string,
    ): Promise<{ name: string; bytes: Buffer }> {
      return withHatTx(db, ctx, async (tx) => {
        const { number } = await getOwnStatement(tx, ctx, id);
        const found = await findReport(tx, id, validationId);
        if (found === undefined) throw new DomainError(NOT_FOUND, 'There is no such validation.');
        return { name: `${number}-${found.format}-report.xml`, bytes: found.report };
      });
    },
  };
}

function assertMailed(mailer: Mailer | undefined): void {
  if (mailer === undefined) throw new DomainError(MAIL_OFF, 'No mail server is set.');
}

async function viewOfNew(tx: HatTx, ctx: HatContext, id: string | null): Promise<StatementDispatchView> {
  const dispatch = id === null ? undefined : await findDispatch(tx, id);
  if (dispatch === undefined) throw new Error('what a person asks for is kept');
  return toDispatchView(ctx, dispatch);
}

async function getStatement(tx: HatTx, id: string): Promise<StatementRow> {
  const row = await findStatement(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such statement.');
  return row;
}

/** Auditors of a member read statements, and not what is the centre's own of them. */
async function getOwnStatement(tx: HatTx, { hat }: HatContext, id: string): Promise<StatementRow> {
  const row = await getStatement(tx, id);
  if (hat.kind !== 'centre') throw new DomainError(NOT_FOUND, 'There is no such validation.');
  return row;
}

/** Members see that it was sent, when and where to; who asked for it and what mail servers said are the centre's own. */
function toDispatchView(ctx: HatContext, row: DispatchRow): StatementDispatchView {
  const isOwn = ctx.hat.kind === 'centre';
  return {
    id: row.id,
    statementId: row.statementId,
    noticeId: row.noticeId,
    trigger: row.trigger,
    reason: isOwn ? row.reason : null,
    status: statusOf(row),
    to: row.recipient,
    files: row.files.map(({ format, sha256 }) => ({ format, sha256 })),
    requestedBy: isOwn ? { id: row.requestedBy, name: row.requestedByName } : null,
    requestedAt: row.requestedAt,
    sentAt: row.attempts.find(({ status }) => status === 'sent')?.at ?? null,
    attempts: isOwn ? [...row.attempts] : [],
  };
}
