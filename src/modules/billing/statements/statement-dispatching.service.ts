import { type Clock, type Day, dayOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { newId } from '../../../platform/ids.ts';
import { enqueue } from '../../../platform/jobs/outbox.ts';
import { MAIL_OFF } from '../../../platform/mail/mail.errors.ts';
import type { Mail, Mailer } from '../../../platform/mail/mailer.ts';
import { textIn } from '../../../platform/texts.ts';
import { audit } from '../../audit/index.ts';
import { writerFor } from '../documents/format.ts';
import { noticeBlockedUntil } from '../dunning/blocked-notices.service.ts';
import { noticeMail } from '../dunning/dunning-mail.ts';
import { findLetter, findNotice, type NoticeRow } from '../dunning/dunning-notices.repo.ts';
import { findRecipient } from './billing-parties.repo.ts';
import { getIssuer } from './issuer.service.ts';
import * as repo from './statement-dispatches.repo.ts';
import { statementMail } from './statement-mail.ts';
import { STATEMENT_RECIPIENT_FETCHES } from './statement-sending.errors.ts';
import { statusOf } from './statement-sending.rules.ts';
import type {
  Attempt,
  DispatchRow,
  DispatchSubject,
  NewDispatch,
  SentStatement,
} from './statement-sending.types.ts';
import { DOCUMENT_NOT_READY } from './statements.errors.ts';
import { dispatchStatementJob } from './statements.jobs.ts';
import type { DocumentFormat } from './statements.types.ts';

/** As much of a dunning notice as ordering its dispatch takes. */
export type SentNotice = Pick<NoticeRow, 'id' | 'centreId' | 'organisationId' | 'sha256'>;

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
  const recipient = await mailedTo(tx, statement, reason);
  if (recipient === null) return null;
  const { formats } = recipient;
  const files = await repo.fileReferences(tx, statement.id, formats);
  if (files.length < formats.length)
    throw new DomainError(DOCUMENT_NOT_READY, `Not all of ${formats.join(', ')} are there yet.`);
  const { id, centreId, organisationId } = statement;
  const subject = { entityType: 'statement', id, centreId, organisationId } as const;
  return order(tx, ctx, subject, { reason, recipient: recipient.email, files });
}

/**
 * The same for the letter of a dunning notice.
 * @throws DomainError STATEMENT_RECIPIENT_FETCHES
 */
export async function orderNoticeDispatch(
  tx: HatTx,
  ctx: HatContext,
  { id, centreId, organisationId, sha256 }: SentNotice,
  reason: string | null,
): Promise<string | null> {
  const subject = { entityType: 'dunning_notice', id, centreId, organisationId } as const;
  const recipient = await mailedTo(tx, subject, reason);
  if (recipient === null) return null;
  return order(tx, ctx, subject, { reason, recipient: recipient.email, files: [{ format: 'pdf', sha256 }] });
}

async function mailedTo(
  tx: HatTx,
  { centreId, organisationId }: Pick<DispatchSubject, 'centreId' | 'organisationId'>,
  reason: string | null,
): Promise<{ readonly email: string; readonly formats: readonly DocumentFormat[] } | null> {
  const recipient = await findRecipient(tx, centreId, organisationId);
  const email = recipient?.email ?? null;
  if (recipient !== undefined && email !== null) return { email, formats: recipient.formats };
  if (reason === null) return null;
  throw new DomainError(STATEMENT_RECIPIENT_FETCHES, 'No address is recorded for this member.');
}

async function order(
  tx: HatTx,
  ctx: HatContext,
  subject: DispatchSubject,
  asked: Pick<NewDispatch, 'reason' | 'recipient' | 'files'>,
): Promise<string | null> {
  const id = newId();
  const trigger = asked.reason === null ? 'automatic' : 'manual';
  if (!(await repo.insertDispatch(tx, ctx, subject, { ...asked, id, trigger }))) return null;
  await enqueue(tx, ctx, dispatchStatementJob, { dispatchId: id });
  await auditDispatch(tx, ctx, subject, 'requested', { dispatchId: id, trigger, files: asked.files });
  return id;
}

const ACTIONS = {
  statement: 'billing.statement-dispatch',
  dunning_notice: 'billing.dunning-notice-dispatch',
};

async function auditDispatch(
  tx: HatTx,
  ctx: HatContext,
  { entityType, id: entityId, organisationId }: DispatchSubject,
  step: string,
  details: object,
): Promise<void> {
  const action = `${ACTIONS[entityType]}-${step}`;
  await audit(tx, ctx, { action, entityType, entityId, organisationId, details: { ...details } });
}

interface DispatchMeans {
  readonly db: Database;
  readonly clock: Clock;
  readonly mailer: Mailer | undefined;
}

/**
 * Sends what was ordered, once. Whether it was sent is known only after the server said so: a crash in between, or two runs at once,
 * sends the same message again, with the same Message-ID. What was blocked since a dunning notice was written is asked at each try.
 * @throws DomainError MAIL_OFF, MAIL_DEFERRED
 */
export async function sendDispatch(
  { db, clock, mailer }: DispatchMeans,
  ctx: HatContext,
  dispatchId: string,
): Promise<void> {
  const today = dayOf(clock.now());
  const toSend = await withHatTx(db, ctx, (tx) => readDispatch(tx, dispatchId, today));
  if (['sent', 'refused'].includes(statusOf(toSend.dispatch))) return;
  if (mailer === undefined) throw new DomainError(MAIL_OFF, 'No mail server is set.');
  const keep = (attempt: Omit<Attempt, 'at'>) =>
    withHatTx(db, ctx, (tx) => keepAttempt(tx, ctx, toSend, { ...attempt, at: clock.now() }));
  if (toSend.blockedUntil !== null) return keep(refusedByBlock(toSend.blockedUntil));
  try {
    await keep(await mailer.send(toSend.mail));
  } catch (error) {
    if (error instanceof DomainError) await keep({ status: 'failed', answer: error.message });
    throw error;
  }
}

const refusedByBlock = (day: Day): Omit<Attempt, 'at'> => ({
  status: 'refused',
  answer: textIn('de', 'billing.dunning.mail.blocked', { day: writerFor('de').day(day) }),
});

/** What is sent: read at once, so that nothing is asked of the database while the mail server talks. */
interface DispatchToSend {
  readonly dispatch: DispatchRow;
  readonly subject: DispatchSubject;
  readonly mail: Mail;
  /** Of a dunning notice: the last day of a block that was set since it was written. */
  readonly blockedUntil: Day | null;
}

async function readDispatch(tx: HatTx, id: string, today: Day): Promise<DispatchToSend> {
  const dispatch = await repo.findDispatch(tx, id);
  if (dispatch === undefined) throw new Error(`no dispatch ${id}`);
  const { statementId, noticeId, centreId, organisationId } = dispatch;
  const party = { centreId, organisationId };
  if (statementId !== null) {
    const subject = { ...party, entityType: 'statement', id: statementId } as const;
    const mail = await mailOfStatement(tx, dispatch, statementId);
    return { dispatch, subject, mail, blockedUntil: null };
  }
  if (noticeId === null) throw new Error(`dispatch ${id} is of nothing`);
  const subject = { ...party, entityType: 'dunning_notice', id: noticeId } as const;
  const notice = await findNotice(tx, noticeId);
  if (notice === undefined) throw new Error(`no notice ${noticeId}`);
  const mail = await mailOfNotice(tx, dispatch, notice);
  return { dispatch, subject, mail, blockedUntil: await noticeBlockedUntil(tx, notice, today) };
}

async function mailOfStatement(tx: HatTx, dispatch: DispatchRow, id: string): Promise<Mail> {
  const document = await repo.findDocument(tx, id);
  if (document === undefined) throw new Error(`no document of ${id}`);
  const formats = dispatch.files.map(({ format }) => format);
  return statementMail({ dispatch, document, files: await repo.readFiles(tx, id, formats) });
}

async function mailOfNotice(tx: HatTx, dispatch: DispatchRow, notice: NoticeRow): Promise<Mail> {
  const letter = await findLetter(tx, notice.id);
  if (letter === undefined) throw new Error(`no letter ${notice.id}`);
  const { seller } = await getIssuer(tx, dispatch.centreId);
  return noticeMail({ dispatch, notice, seller, bytes: letter.bytes });
}

async function keepAttempt(
  tx: HatTx,
  ctx: HatContext,
  { dispatch, subject }: DispatchToSend,
  attempt: Attempt,
): Promise<void> {
  const isFirst = await repo.insertAttempt(tx, dispatch, attempt);
  if (!isFirst || attempt.status === 'failed') return;
  await auditDispatch(tx, ctx, subject, attempt.status, { dispatchId: dispatch.id });
}
