import type { Clock } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { newId } from '../../../platform/ids.ts';
import { enqueue } from '../../../platform/jobs/outbox.ts';
import { MAIL_OFF } from '../../../platform/mail/mail.errors.ts';
import type { Mailer } from '../../../platform/mail/mailer.ts';
import { audit } from '../../audit/index.ts';
import { findRecipient } from './billing-parties.repo.ts';
import * as repo from './statement-dispatches.repo.ts';
import { statementMail } from './statement-mail.ts';
import { STATEMENT_RECIPIENT_FETCHES } from './statement-sending.errors.ts';
import { statusOf } from './statement-sending.rules.ts';
import type { Attempt, DispatchToSend, SentStatement } from './statement-sending.types.ts';
import { DOCUMENT_NOT_READY } from './statements.errors.ts';
import { dispatchStatementJob } from './statements.jobs.ts';

/**
 * Asks that the files of a statement be mailed to the recipient's present address. Null where the member fetches them, or where the
 * statement went out by itself before; a person (`reason`) is told instead.
 * @throws DomainError STATEMENT_RECIPIENT_FETCHES, DOCUMENT_NOT_READY
 */
export async function orderDispatch(
  tx: HatTx,
  ctx: HatContext,
  statement: SentStatement,
  reason: string | null,
): Promise<string | null> {
  const recipient = await findRecipient(tx, statement.centreId, statement.organisationId);
  if (recipient === undefined || recipient.email === null) {
    if (reason === null) return null;
    throw new DomainError(STATEMENT_RECIPIENT_FETCHES, 'No address is recorded for this member.');
  }
  const { email, formats } = recipient;
  const files = await repo.fileReferences(tx, statement.id, formats);
  if (files.length < formats.length)
    throw new DomainError(DOCUMENT_NOT_READY, `Not all of ${formats.join(', ')} are there yet.`);
  const id = newId();
  const trigger = reason === null ? 'automatic' : 'manual';
  const order = { id, trigger, reason, recipient: email, files } as const;
  if (!(await repo.insertDispatch(tx, ctx, statement, order))) return null;
  await enqueue(tx, ctx, dispatchStatementJob, { dispatchId: id });
  await audit(tx, ctx, {
    action: 'billing.statement-dispatch-requested',
    entityType: 'statement',
    entityId: statement.id,
    organisationId: statement.organisationId,
    details: { dispatchId: id, trigger, files },
  });
  return id;
}

interface DispatchMeans {
  readonly db: Database;
  readonly clock: Clock;
  readonly mailer: Mailer | undefined;
}

/**
 * Sends what was ordered, once. Whether it was sent is known only after the server said so: a crash in between, or two runs at once,
 * sends the same message again, with the same Message-ID.
 * @throws DomainError MAIL_OFF, MAIL_DEFERRED
 */
export async function sendDispatch(
  { db, clock, mailer }: DispatchMeans,
  ctx: HatContext,
  dispatchId: string,
): Promise<void> {
  const toSend = await withHatTx(db, ctx, (tx) => readDispatch(tx, dispatchId));
  if (['sent', 'refused'].includes(statusOf(toSend.dispatch))) return;
  if (mailer === undefined) throw new DomainError(MAIL_OFF, 'No mail server is set.');
  const keep = (attempt: Omit<Attempt, 'at'>) =>
    withHatTx(db, ctx, (tx) => keepAttempt(tx, ctx, toSend, { ...attempt, at: clock.now() }));
  try {
    await keep(await mailer.send(statementMail(toSend)));
  } catch (error) {
    if (error instanceof DomainError) await keep({ status: 'failed', answer: error.message });
    throw error;
  }
}

async function readDispatch(tx: HatTx, id: string): Promise<DispatchToSend> {
  const dispatch = await repo.findDispatch(tx, id);
  const document = dispatch && (await repo.findDocument(tx, dispatch.statementId));
  if (dispatch === undefined || document === undefined) throw new Error(`no dispatch ${id}`);
  const formats = dispatch.files.map(({ format }) => format);
  return { dispatch, document, files: await repo.readFiles(tx, dispatch.statementId, formats) };
}

async function keepAttempt(
  tx: HatTx,
  ctx: HatContext,
  { dispatch }: DispatchToSend,
  attempt: Attempt,
): Promise<void> {
  const isFirst = await repo.insertAttempt(tx, dispatch, attempt);
  if (!isFirst || attempt.status === 'failed') return;
  await audit(tx, ctx, {
    action: `billing.statement-dispatch-${attempt.status}`,
    entityType: 'statement',
    entityId: dispatch.statementId,
    organisationId: dispatch.organisationId,
    details: { dispatchId: dispatch.id },
  });
}
