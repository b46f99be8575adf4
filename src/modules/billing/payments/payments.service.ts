import { dayOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError } from '../../../platform/errors.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { newId } from '../../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import { openItemsBy } from './open-items.repo.ts';
import { toMatchView, toPaymentView } from './payment.views.ts';
import {
  addMatches,
  assertMember,
  getPaymentRow,
  matchByHand,
  releaseMatch,
  reversePayment,
} from './payment-matching.service.ts';
import { offsetCredit } from './payment-offsets.service.ts';
import { PAYMENT_AMOUNT_ZERO, PAYMENT_DAY_REFUSED } from './payments.errors.ts';
import * as repo from './payments.repo.ts';
import type {
  CreateMatches,
  CreateOffset,
  CreatePayment,
  MatchView,
  PaymentQuery,
  PaymentView,
} from './payments.schemas.ts';

const LIST = 'payments';

export type PaymentsService = ReturnType<typeof createPaymentsService>;

/** What came in and went out, and what of it counts for which document. Append-only. */
export function createPaymentsService(db: Database) {
  return {
    async create(ctx: HatContext, input: CreatePayment): Promise<PaymentView> {
      const centreId = ownCentre(ctx, input.centreId);
      return withHatTxOnce(db, ctx, async (tx) =>
        getPayment(tx, ctx, await createByHand(tx, ctx, centreId, input)),
      );
    },

    get: (ctx: HatContext, id: string): Promise<PaymentView> =>
      withHatTx(db, ctx, (tx) => getPayment(tx, ctx, id)),

    async list(ctx: HatContext, { limit, cursor, ...filter }: PaymentQuery): Promise<Page<PaymentView>> {
      const [before] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['uuid'] as const);
      const rows = await withHatTx(db, ctx, (tx) => repo.listPayments(tx, ctx, filter, before, limit + 1));
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.id],
        (row) => toPaymentView(ctx, row),
      );
    },

    listMatches: (ctx: HatContext, id: string): Promise<{ items: MatchView[] }> =>
      withHatTx(db, ctx, async (tx) => {
        await getPaymentRow(tx, id);
        return { items: (await repo.listMatches(tx, id)).map((row) => toMatchView(ctx, row)) };
      }),

    match: (ctx: HatContext, id: string, input: CreateMatches): Promise<PaymentView> =>
      changed(db, ctx, id, async (tx) => {
        await matchByHand(tx, ctx, id, input);
        return id;
      }),

    release: (
      ctx: HatContext,
      { id, matchId }: { readonly id: string; readonly matchId: string },
      reason: string,
    ): Promise<PaymentView> =>
      changed(db, ctx, id, async (tx) => {
        await releaseMatch(tx, ctx, id, matchId, reason);
        return id;
      }),

    reverse: (ctx: HatContext, id: string, { reason }: { reason: string }): Promise<PaymentView> =>
      changed(db, ctx, id, (tx) => reversePayment(tx, ctx, id, reason, dayOf(ctx.now))),

    async offset(ctx: HatContext, input: CreateOffset): Promise<PaymentView> {
      const centreId = ownCentre(ctx);
      return withHatTxOnce(db, ctx, async (tx) => {
        await repo.lockPayments(tx, centreId);
        return getPayment(tx, ctx, await offsetCredit(tx, ctx, centreId, input));
      });
    },
  };
}

/** Looks first, so that what a hat may not see answers like what does not exist; then says the payment that came of the work. */
function changed(
  db: Database,
  ctx: HatContext,
  id: string,
  work: (tx: HatTx) => Promise<string>,
): Promise<PaymentView> {
  return withHatTxOnce(db, ctx, async (tx) => {
    await getPaymentRow(tx, id);
    ownCentre(ctx);
    return getPayment(tx, ctx, await work(tx));
  });
}

async function createByHand(
  tx: HatTx,
  ctx: HatContext,
  centreId: string,
  { organisationId: named, amountCents, bookedOn, text, matches = [] }: CreatePayment,
): Promise<string> {
  const organisationId = await assertMember(tx, centreId, named);
  if (bookedOn > dayOf(ctx.now)) {
    throw new DomainError(PAYMENT_DAY_REFUSED, `${bookedOn} is still to come.`, { pointer: '/bookedOn' });
  }
  if (amountCents === 0) {
    throw new DomainError(PAYMENT_AMOUNT_ZERO, 'The amount is 0 cents.', { pointer: '/amountCents' });
  }
  await repo.lockPayments(tx, centreId);
  const id = newId();
  await repo.insertPayments(tx, ctx, centreId, [
    { id, organisationId, kind: 'by_hand', amountCents, bookedOn, text },
  ]);
  const items = await openItemsBy(
    tx,
    centreId,
    'id',
    matches.map(({ statementId }) => statementId.toLowerCase()),
  );
  await addMatches(tx, ctx, { id, centreId, organisationId, amountCents, matchedCents: 0 }, matches, items);
  await audit(tx, ctx, {
    action: 'billing.payment-recorded',
    entityType: 'payment',
    entityId: id,
    organisationId,
    details: { amountCents, bookedOn, matches },
  });
  return id;
}

async function getPayment(tx: HatTx, ctx: HatContext, id: string): Promise<PaymentView> {
  return toPaymentView(ctx, await getPaymentRow(tx, id));
}
