import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { DomainError } from '../../platform/errors.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { newId } from '../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { clawbackOf } from './clawback.rules.ts';
import { costOf, daysOf } from './eligible-cost.service.ts';
import type { MoneyKey } from './grant-drawdowns.service.ts';
import * as repo from './grant-money.repo.ts';
import type {
  DemandGrantClawback,
  GrantClawbackView,
  MoneyQuery,
  RepayGrantClawback,
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
import { toClawbackView } from './grant-money.views.ts';
import { CLAWING } from './grant-states.rules.ts';
import { GRANT_CLAWBACK_REFUSED } from './grants.errors.ts';
import { getGrantRow, holdGrantRow } from './grants.reading.service.ts';

const LIST = 'grant-clawbacks';

export type GrantClawbacksService = ReturnType<typeof createGrantClawbacksService>;

/** Money the authority demands back: computed where a rule gives it, and booked as negative income when it is paid. */
export function createGrantClawbacksService(db: Database) {
  return {
    async list(ctx: HatContext, id: string, { limit, cursor }: MoneyQuery): Promise<Page<GrantClawbackView>> {
      const [after] = cursor === undefined ? [] : decodeCursor(LIST, cursor, ['number'] as const);
      const rows = await withHatTx(db, ctx, async (tx) => {
        await getGrantRow(tx, id);
        return repo.listClawbacks(tx, id, after, limit + 1);
      });
      return toPage(
        rows,
        limit,
        LIST,
        (row) => [row.number],
        (row) => toClawbackView(ctx, row),
      );
    },

    get: (ctx: HatContext, id: string, number: number): Promise<GrantClawbackView> =>
      withHatTx(db, ctx, async (tx) => toClawbackView(ctx, await getClawback(tx, id, number))),

    demand: (ctx: HatContext, id: string, input: DemandGrantClawback): Promise<GrantClawbackView> =>
      withHatTxOnce(db, ctx, async (tx) => {
        const grant = await holdGrantRow(tx, id);
        ownCentre(ctx);
        assertGrantIs(grant, CLAWING);
        const { reason, grounds, reference = null, demandedOn, dueOn } = input;
        assertHappened(ctx, demandedOn, '/demandedOn');
        if (dueOn < demandedOn) {
          throw new DomainError(GRANT_CLAWBACK_REFUSED, `${dueOn} is before the demand.`, {
            pointer: '/dueOn',
          });
        }
        const { to } = daysOf(grant, undefined, '/reason');
        const { eligible, entitledCents } = await costOf(tx, grant, to);
        const { amountCents, derivation } = clawbackOf(input, {
          sums: { receivedCents: grant.receivedCents, clawedBackCents: grant.clawedBackCents },
          eligibleCents: eligible.amountCents,
          entitledCents,
          purposeFrom: to,
          purposeTo: grant.purposeEndsOn ?? to,
        });
        const key = { id: newId(), centreId: grant.centreId, grantId: grant.id };
        const said = { reason, grounds, reference, demandedOn, dueOn, amountCents, derivation };
        const number = await repo.insertClawback(tx, ctx, { ...key, ...said });
        await auditMoney(tx, ctx, 'clawback-demanded', grant, { number, reason, amountCents, derivation });
        return toClawbackView(ctx, await getClawback(tx, id, number));
      }),

    /** The money went back: it lessens the income on its day from here on, once. */
    repay: (ctx: HatContext, key: MoneyKey, input: RepayGrantClawback): Promise<GrantClawbackView> =>
      withHatTx(db, ctx, async (tx) => {
        const { grant, row } = await holdClawback(tx, ctx, key);
        const { repaidOn, voucherNumber } = input;
        const { number, amountCents } = row;
        assertHappened(ctx, repaidOn, '/repaidOn');
        const day = bookingDay(repaidOn, '/repaidOn', input.bookedOn);
        const movement = { number, amountCents, movedOn: repaidOn, voucherNumber, ...day };
        const costLineId = await bookMovement(tx, ctx, grant, { text: 'repaid', ...movement });
        const step = {
          repaid_on: repaidOn,
          booked_on: day.bookedOn,
          voucher_number: voucherNumber ?? null,
          cost_line_id: costLineId,
        };
        await endOnce(tx, ctx, row, { table: 'grant_clawbacks', status: 'repaid', step });
        await auditMoney(tx, ctx, 'clawback-repaid', grant, { number, amountCents, repaidOn, costLineId });
        return toClawbackView(ctx, await getClawback(tx, key.id, key.number));
      }),

    cancel: (ctx: HatContext, key: MoneyKey, reason: string): Promise<GrantClawbackView> =>
      withHatTx(db, ctx, async (tx) => {
        const { grant, row } = await holdClawback(tx, ctx, key);
        const step = { end_reason: reason };
        await endOnce(tx, ctx, row, { table: 'grant_clawbacks', status: 'cancelled', step });
        await auditMoney(tx, ctx, 'clawback-cancelled', grant, { number: row.number, reason });
        return toClawbackView(ctx, await getClawback(tx, key.id, key.number));
      }),
  };
}

async function getClawback(tx: HatTx, id: string, number: number): Promise<repo.ClawbackRow> {
  const row = await repo.findClawback(tx, id, number);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such clawback.');
  return row;
}

/** A clawback that is still open, at the version the caller saw. */
async function holdClawback(tx: HatTx, ctx: HatContext, { id, number, version }: MoneyKey) {
  const grant = await holdGrantRow(tx, id);
  const row = await getClawback(tx, id, number);
  ownCentre(ctx);
  assertOpen(row, version, 'demanded');
  return { grant, row };
}
