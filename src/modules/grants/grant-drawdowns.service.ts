import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { DomainError } from '../../platform/errors.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { newId } from '../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { costOf, daysOf } from './eligible-cost.service.ts';
import * as repo from './grant-money.repo.ts';
import { assertDrawable } from './grant-money.rules.ts';
import type {
  GrantDrawdownView,
  MoneyQuery,
  ReceiveGrantDrawdown,
  RequestGrantDrawdown,
} from './grant-money.schemas.ts';
import {
  assertGrantIs,
  assertHappened,
  assertOpen,
  auditMoney,
  bookingDay,
  bookMovement,
  endOnce,
} from './grant-money.service.ts';
import { toDrawdownView } from './grant-money.views.ts';
import { DRAWING } from './grant-states.rules.ts';
import { GRANT_DRAWDOWN_TOO_HIGH } from './grants.errors.ts';
import { getGrantRow, holdGrantRow } from './grants.reading.service.ts';

const LIST = 'grant-drawdowns';

/** One drawdown at the version a change is meant for. */
export interface MoneyKey {
  readonly id: string;
  readonly number: number;
  readonly version: number;
}

export type GrantDrawdownsService = ReturnType<typeof createGrantDrawdownsService>;

/** Money asked of the authority, up to what the cost so far gives, and booked as income when it comes. */
export function createGrantDrawdownsService(db: Database) {
  return {
    async list(ctx: HatContext, id: string, { limit, cursor }: MoneyQuery): Promise<Page<GrantDrawdownView>> {
      const [after] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['number'] as const);
      const rows = await withHatTx(db, ctx, async (tx) => {
        await getGrantRow(tx, id);
        return repo.listDrawdowns(tx, id, after, limit + 1);
      });
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.number],
        (row) => toDrawdownView(ctx, row),
      );
    },

    get: (ctx: HatContext, id: string, number: number): Promise<GrantDrawdownView> =>
      withHatTx(db, ctx, async (tx) => toDrawdownView(ctx, await getDrawdown(tx, id, number))),

    request: (ctx: HatContext, id: string, input: RequestGrantDrawdown): Promise<GrantDrawdownView> =>
      withHatTxOnce(db, ctx, async (tx) => {
        const grant = await holdGrantRow(tx, id);
        ownCentre(ctx);
        assertGrantIs(grant, DRAWING);
        const { amountCents, requestedOn, costTo } = input;
        assertHappened(ctx, requestedOn, '/requestedOn');
        const { to } = daysOf(grant, costTo, '/costTo');
        const { eligible, entitledCents } = await costOf(tx, grant, to);
        assertDrawable(amountCents, entitledCents, grant, to);
        const { centreId } = grant;
        const drawdown = { id: newId(), centreId, grantId: grant.id, amountCents, requestedOn, costTo };
        const figures = { eligibleCents: eligible.amountCents, entitledCents };
        const number = await repo.insertDrawdown(tx, ctx, { ...drawdown, ...figures });
        await auditMoney(tx, ctx, 'drawdown-requested', grant, { number, amountCents, costTo, ...figures });
        return toDrawdownView(ctx, await getDrawdown(tx, id, number));
      }),

    /** The money came in: it is income on its day from here on, once. */
    receive: (ctx: HatContext, key: MoneyKey, input: ReceiveGrantDrawdown): Promise<GrantDrawdownView> =>
      withHatTx(db, ctx, async (tx) => {
        const { grant, row } = await holdDrawdown(tx, ctx, key);
        const { receivedOn, voucherNumber, amountCents = row.amountCents } = input;
        assertHappened(ctx, receivedOn, '/receivedOn');
        if (amountCents > row.amountCents) {
          throw new DomainError(GRANT_DRAWDOWN_TOO_HIGH, `${row.amountCents} cents were asked for.`, {
            pointer: '/amountCents',
          });
        }
        const day = bookingDay(receivedOn, '/receivedOn', input.bookedOn);
        const movement = { number: row.number, amountCents, movedOn: receivedOn, voucherNumber, ...day };
        const costLineId = await bookMovement(tx, ctx, grant, { text: 'received', ...movement });
        const step = {
          received_cents: amountCents,
          received_on: receivedOn,
          booked_on: day.bookedOn,
          voucher_number: voucherNumber ?? null,
          cost_line_id: costLineId,
        };
        await endOnce(tx, ctx, row, { table: 'grant_drawdowns', status: 'received', step });
        const details = { number: row.number, amountCents, receivedOn, costLineId };
        await auditMoney(tx, ctx, 'drawdown-received', grant, details);
        return toDrawdownView(ctx, await getDrawdown(tx, key.id, key.number));
      }),

    cancel: (ctx: HatContext, key: MoneyKey, reason: string): Promise<GrantDrawdownView> =>
      withHatTx(db, ctx, async (tx) => {
        const { grant, row } = await holdDrawdown(tx, ctx, key);
        const step = { end_reason: reason };
        await endOnce(tx, ctx, row, { table: 'grant_drawdowns', status: 'cancelled', step });
        await auditMoney(tx, ctx, 'drawdown-cancelled', grant, { number: row.number, reason });
        return toDrawdownView(ctx, await getDrawdown(tx, key.id, key.number));
      }),
  };
}

async function getDrawdown(tx: HatTx, id: string, number: number): Promise<repo.DrawdownRow> {
  const row = await repo.findDrawdown(tx, id, number);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such drawdown.');
  return row;
}

/** A drawdown that is still open, at the version the caller saw. */
async function holdDrawdown(tx: HatTx, ctx: HatContext, { id, number, version }: MoneyKey) {
  const grant = await holdGrantRow(tx, id);
  const row = await getDrawdown(tx, id, number);
  ownCentre(ctx);
  assertOpen(row, version, 'requested');
  return { grant, row };
}
