import { createHash } from 'node:crypto';
import { type Day, dayOf, plusDays } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError } from '../../../platform/errors.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { newId } from '../../../platform/ids.ts';
import type { JobPayload } from '../../../platform/jobs/contract.ts';
import { enqueue } from '../../../platform/jobs/outbox.ts';
import { sumCents } from '../../../platform/money/index.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import { listOpenItems } from '../payments/open-items.repo.ts';
import { assertMembers } from '../payments/payment-matching.service.ts';
import { unmatchedByMember } from '../payments/payments.repo.ts';
import { findRecipient, recipientsOf } from '../statements/billing-parties.repo.ts';
import { getIssuer } from '../statements/issuer.service.ts';
import { BILLING_RECIPIENT_MISSING } from '../statements/statements.errors.ts';
import { issueDunningNoticesJob } from './dunning.jobs.ts';
import { type DunningWishes, type PlannedNotice, planNotices } from './dunning.rules.ts';
import type { CreateNotices, NoticeQuery, NoticesPreview, NoticeView } from './dunning.schemas.ts';
import { blocksInForce } from './dunning-blocks.repo.ts';
import { renderDunningLetter } from './dunning-letter.ts';
import * as repo from './dunning-notices.repo.ts';

const LIST = 'dunning-notices';

export type DunningService = ReturnType<typeof createDunningService>;
type Asked = JobPayload<typeof issueDunningNoticesJob>;

/** What follows from a letter, in the transaction that writes it: it is mailed where mail is set up. */
export type AfterNotice = (tx: HatTx, ctx: HatContext, notice: repo.NewNotice) => Promise<void>;

/** Letters about what is overdue, without fees between authorities: asked for by a person, written by a job. */
export function createDunningService(db: Database, afterNotice: AfterNotice) {
  return {
    /** Who would be written to, or is: then a job is asked for. */
    async request(ctx: HatContext, input: CreateNotices, dryRun: boolean): Promise<NoticesPreview> {
      ownCentre(ctx, input.centreId);
      if (dryRun) return withHatTx(db, ctx, (tx) => previewOf(tx, ctx, input, true));
      return withHatTxOnce(db, ctx, async (tx) => {
        const preview = await previewOf(tx, ctx, input, false);
        const due = preview.notices.filter(({ skipped }) => skipped === null);
        const { issuedOn, payUntil } = preview;
        const organisationIds = due.map(({ organisationId }) => organisationId);
        const { id, name } = ctx.actor;
        const asked = {
          issuedOn,
          payUntil,
          minDaysBetween: input.minDaysBetween,
          organisationIds,
          askedBy: { id, name },
        };
        if (organisationIds.length > 0) await enqueue(tx, ctx, issueDunningNoticesJob, asked);
        return preview;
      });
    },

    /** The job: a transaction for each letter; who got one that day gets no other. */
    async issue(ctx: HatContext, asked: Asked): Promise<void> {
      for (const organisationId of asked.organisationIds)
        await withHatTx(db, ctx, async (tx) => {
          const notice = await issueNotice(tx, ctx, organisationId, asked);
          if (notice !== undefined) await afterNotice(tx, ctx, notice);
        });
    },

    get: (ctx: HatContext, id: string): Promise<NoticeView> =>
      withHatTx(db, ctx, async (tx) => toNoticeView(ctx, found(await repo.findNotice(tx, id)))),

    letter: (ctx: HatContext, id: string): Promise<{ number: string; bytes: Buffer }> =>
      withHatTx(db, ctx, async (tx) => found(await repo.findLetter(tx, id))),

    async list(ctx: HatContext, { limit, cursor, organisationId }: NoticeQuery): Promise<Page<NoticeView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) =>
        repo.listNotices(tx, ctx, organisationId, before, limit + 1),
      );
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.id],
        (row) => toNoticeView(ctx, row),
      );
    },
  };
}

async function previewOf(
  tx: HatTx,
  ctx: HatContext,
  { organisationIds, payWithinDays, minDaysBetween }: CreateNotices,
  dryRun: boolean,
): Promise<NoticesPreview> {
  const today = dayOf(ctx.now);
  await getIssuer(tx, ctx.hat.id);
  if (organisationIds !== undefined) await assertMembers(tx, ctx.hat.id, organisationIds);
  const planned = await plannedNotices(tx, ctx, undefined, { today, minDaysBetween });
  const wanted = organisationIds && new Set(organisationIds.map((id) => id.toLowerCase()));
  const notices = planned
    .filter(({ organisationId }) => wanted === undefined || wanted.has(organisationId))
    .map(({ items, blockedItems, ...notice }) => ({
      ...notice,
      items: items.map(toItem),
      blockedItems: blockedItems.map(toItem),
    }));
  return { dryRun, issuedOn: today, payUntil: plusDays(today, payWithinDays), notices };
}

async function plannedNotices(
  tx: HatTx,
  ctx: HatContext,
  organisationId: string | undefined,
  wishes: DunningWishes,
): Promise<PlannedNotice[]> {
  const centreId = ctx.hat.id;
  const items = await listOpenItems(tx, ctx, { organisationId, state: 'open' }, undefined, null);
  const overdue = items.filter(({ openCents, dueOn }) => openCents > 0 && dueOn < wishes.today);
  const memberIds = [...new Set(overdue.map((item) => item.organisationId))];
  const earlier = await repo.earlierNotices(tx, centreId, memberIds);
  const blocks = await blocksInForce(tx, centreId, memberIds, wishes.today);
  const recipients = await recipientsOf(tx, centreId, memberIds);
  const credits = new Map(await unmatchedByMember(tx, centreId, memberIds));
  for (const { organisationId: id, openCents } of items)
    if (openCents < 0) credits.set(id, (credits.get(id) ?? 0) - openCents);
  const facts = {
    overdue,
    earlier,
    blocks,
    recipients: new Set(recipients.map((recipient) => recipient.organisationId)),
    credits,
    operatorId: await repo.findOperator(tx, centreId),
  };
  return planNotices(facts, wishes);
}

/** Looks again, for something may have been paid, blocked or written meanwhile. */
async function issueNotice(
  tx: HatTx,
  ctx: HatContext,
  organisationId: string,
  { issuedOn, payUntil, minDaysBetween, askedBy }: Asked,
): Promise<repo.NewNotice | undefined> {
  const centreId = ctx.hat.id;
  await repo.lockNotices(tx, centreId);
  const [notice] = await plannedNotices(tx, ctx, organisationId, { today: issuedOn, minDaysBetween });
  if (notice === undefined || notice.skipped !== null) return undefined;
  const { seller } = await getIssuer(tx, centreId);
  const recipient = await findRecipient(tx, centreId, organisationId);
  if (recipient === undefined) throw noRecipient();
  const number = await repo.nextNumber(tx, centreId, yearOfDay(issuedOn));
  const { level, amountCents, creditCents } = notice;
  const items = notice.items.map(toItem);
  const { buyer } = recipient;
  const bytes = await renderDunningLetter({
    number,
    level,
    issuedOn,
    payUntil,
    seller,
    buyer,
    items,
    creditCents,
    amountCents,
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const id = newId();
  const row = {
    id,
    centreId,
    organisationId,
    number,
    level,
    issuedOn,
    payUntil,
    amountCents,
    items,
    sha256,
    bytes,
  };
  await repo.insertNotice(tx, ctx.now, askedBy, row);
  await audit(tx, ctx, auditOf(row, askedBy.id));
  return row;
}

function auditOf(
  { id, organisationId, number, level, amountCents, sha256 }: repo.NewNotice,
  askedBy: string,
) {
  return {
    action: 'billing.dunning-notice-issued',
    entityType: 'dunning_notice',
    entityId: id,
    organisationId,
    details: { number, level, amountCents, sha256, askedBy },
  };
}

const yearOfDay = (day: Day) => day.slice(0, 4);

function toItem({
  statementId,
  chainId,
  number,
  dueOn,
  openCents,
}: PlannedNotice['items'][number]): repo.NoticeItem {
  return { statementId, chainId, number, dueOn, openCents };
}

const noRecipient = () => new DomainError(BILLING_RECIPIENT_MISSING, 'Nobody has said where letters go.');

function found<T>(row: T | undefined): T {
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such notice.');
  return row;
}

function toNoticeView({ hat }: HatContext, row: repo.NoticeRow): NoticeView {
  const { issuedBy: id, issuedByName: name, issuedAt: at, ...notice } = row;
  const creditCents = sumCents(row.items.map(({ openCents }) => openCents)) - row.amountCents;
  return { ...notice, creditCents, issued: { by: hat.kind === 'centre' ? { id, name } : null, at } };
}
