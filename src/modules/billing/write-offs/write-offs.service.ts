import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { newId } from '../../../platform/ids.ts';
import { formatCents, sumCents } from '../../../platform/money/index.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import { findPeriod } from '../../costing/index.ts';
import { openItemsBy, openItemsOf } from '../payments/open-items.repo.ts';
import type { OpenItemRow } from '../payments/open-items.types.ts';
import { PAYMENT_STATEMENT_UNKNOWN } from '../payments/payments.errors.ts';
import { lockPayments, unmatchedByMember } from '../payments/payments.repo.ts';
import { assertSecondPerson } from '../second-person.ts';
import { allowedSteps, statusOf, type WriteOffAction } from './write-off-states.rules.ts';
import {
  WRITE_OFF_CREDIT_OPEN,
  WRITE_OFF_STATE_REFUSED,
  WRITE_OFF_TOO_EARLY,
  WRITE_OFF_TOO_LARGE,
} from './write-offs.errors.ts';
import * as repo from './write-offs.repo.ts';
import type { CreateWriteOff, WriteOffQuery, WriteOffView } from './write-offs.schemas.ts';

const LIST = 'write-offs';

export type WriteOffsService = ReturnType<typeof createWriteOffsService>;

/** What is asked of a claim no more, though it was not paid. Two people, and never more than is open: it makes no credit. */
export function createWriteOffsService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreateWriteOff): Promise<WriteOffView> {
      const centreId = ownCentre(ctx, input.centreId);
      const { amountCents, ground, reason } = input;
      return withHatTxOnce(db, ctx, async (tx) => {
        const item = await getItem(tx, centreId, input.statementId);
        await assertOwed(tx, item, amountCents);
        const { organisationId, chainId, claimCents } = item;
        const row = {
          id: newId(),
          centreId,
          organisationId,
          chainId,
          amountCents,
          claimCents,
          ground,
          reason,
        };
        await repo.insertWriteOff(tx, ctx, row);
        return recorded(tx, ctx, 'billing.write-off-requested', row.id);
      });
    },

    get: (ctx: HatContext, id: string): Promise<WriteOffView> =>
      withHatTx(db, ctx, async (tx) => toView(await getRow(tx, id))),

    async list(ctx: HatContext, { limit, cursor, ...filter }: WriteOffQuery): Promise<Page<WriteOffView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) =>
        repo.listWriteOffs(tx, ctx.hat.id, filter, before, limit + 1),
      );
      return toPage(rows, limit, LIST, (row) => [row.id], toView);
    },

    confirm: (ctx: HatContext, id: string, version: number): Promise<WriteOffView> =>
      withHatTx(db, ctx, async (tx) => {
        const { centreId, chainId, amountCents, claimCents, recordedBy } = await getFor(
          tx,
          id,
          version,
          'confirm',
        );
        assertSecondPerson(ctx, recordedBy.id, 'This takes somebody who did not ask for the write-off.');
        await lockPayments(tx, centreId);
        const item = await getItem(tx, centreId, chainId);
        if (claimCents !== null && item.claimCents !== claimCents) {
          const detail = `${item.number} claims ${euros(item.claimCents)} now, and it was asked for when ${euros(claimCents)} were claimed.`;
          throw new DomainError(WRITE_OFF_STATE_REFUSED, detail);
        }
        await assertOwed(tx, item, amountCents);
        if (!(await repo.confirmWriteOff(tx, ctx, id, version))) throw preconditionFailed();
        return recorded(tx, ctx, 'billing.write-off-confirmed', id);
      }),

    reject: (ctx: HatContext, id: string, version: number, reason: string): Promise<WriteOffView> =>
      withHatTx(db, ctx, async (tx) => {
        await getFor(tx, id, version, 'reject');
        if (!(await repo.endWriteOff(tx, ctx, id, version, reason))) throw preconditionFailed();
        return recorded(tx, ctx, 'billing.write-off-rejected', id);
      }),

    /** The claim is open again, as far as it was not paid since. */
    revoke: (ctx: HatContext, id: string, version: number, reason: string): Promise<WriteOffView> =>
      withHatTx(db, ctx, async (tx) => {
        const { centreId } = await getFor(tx, id, version, 'revoke');
        await lockPayments(tx, centreId);
        if (!(await repo.endWriteOff(tx, ctx, id, version, reason))) throw preconditionFailed();
        return recorded(tx, ctx, 'billing.write-off-revoked', id);
      }),
  };
}

async function getItem(tx: HatTx, centreId: string, statementId: string): Promise<OpenItemRow> {
  const id = statementId.toLowerCase();
  const item = (await openItemsBy(tx, centreId, 'id', [id])).get(id);
  if (item !== undefined) return item;
  throw new DomainError(PAYMENT_STATEMENT_UNKNOWN, 'There is no such issued document.', {
    pointer: '/statementId',
  });
}

const euros = (cents: number): string => `${formatCents(cents, 'en')} €`;

/**
 * Whether the member owes it after all: no more than is open, no instalment before it is known what it was for, and nothing while the
 * member has a credit that would be paid out beside it.
 * @throws DomainError WRITE_OFF_TOO_LARGE, WRITE_OFF_TOO_EARLY, WRITE_OFF_CREDIT_OPEN
 */
async function assertOwed(tx: HatTx, item: OpenItemRow, amountCents: number): Promise<void> {
  const { centreId, organisationId, number, openCents, chainKind, periodId, periodCode } = item;
  if (amountCents > openCents) {
    const detail = `${euros(Math.max(openCents, 0))} are open of ${number}, and ${euros(amountCents)} would be written off.`;
    throw new DomainError(WRITE_OFF_TOO_LARGE, detail, { pointer: '/amountCents' });
  }
  const period = periodId === null ? undefined : await findPeriod(tx, periodId);
  if (chainKind === 326 && period?.state !== 'settled') {
    throw new DomainError(
      WRITE_OFF_TOO_EARLY,
      `${number} is an instalment, and ${periodCode} is not settled.`,
    );
  }
  const items = await openItemsOf(tx, centreId, { organisationIds: [organisationId] });
  const credits = items.filter((one) => one.openCents < 0).map((one) => -one.openCents);
  const unmatched = await unmatchedByMember(tx, centreId, [organisationId]);
  const creditCents = sumCents([...credits, ...unmatched.map(([, cents]) => Math.max(cents, 0))]);
  if (creditCents === 0) return;
  throw new DomainError(WRITE_OFF_CREDIT_OPEN, `The member has credits of ${euros(creditCents)}.`);
}

async function getRow(tx: HatTx, id: string): Promise<repo.WriteOffRow> {
  const row = await repo.findWriteOff(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such write-off.');
  return row;
}

/** As it was seen, and in a state that allows the step. */
async function getFor(
  tx: HatTx,
  id: string,
  version: number,
  action: WriteOffAction,
): Promise<repo.WriteOffRow> {
  const row = await getRow(tx, id);
  if (row.version !== version) throw preconditionFailed();
  const status = statusOf(row);
  if (!allowedSteps(status).includes(action))
    throw new DomainError(WRITE_OFF_STATE_REFUSED, `The write-off is ${status}.`);
  return row;
}

/** Without the member as the party of the entry: the words of an internal note are the centre's own. */
async function recorded(tx: HatTx, ctx: HatContext, action: string, id: string): Promise<WriteOffView> {
  const view = toView(await getRow(tx, id));
  const { organisationId, chainId, amountCents, ground } = view;
  const details = { organisationId, chainId, amountCents, ground };
  await audit(tx, ctx, { action, entityType: 'write_off', entityId: id, details });
  return view;
}

function toView(row: repo.WriteOffRow): WriteOffView {
  const { recordedBy, recordedAt, confirmedBy, confirmedAt, endedBy, endedAt, endReason, ...rest } = row;
  const { claimCents: _, ...facts } = rest;
  const status = statusOf(row);
  return {
    ...facts,
    status,
    recorded: { by: recordedBy, at: recordedAt },
    confirmed: confirmedAt === null ? null : { by: confirmedBy, at: confirmedAt },
    ended: endedAt === null ? null : { by: endedBy, at: endedAt, reason: endReason ?? '' },
    availableActions: [...allowedSteps(status)],
  };
}
