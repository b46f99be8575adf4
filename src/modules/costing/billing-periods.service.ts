import { type Day, dayOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { withHatTxOnce } from '../../platform/db/idempotency.ts';
import { DomainError } from '../../platform/errors.ts';
import { preconditionFailed } from '../../platform/http/etags.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { newId } from '../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import { audit } from '../audit/index.ts';
import * as repo from './billing-periods.repo.ts';
import {
  availablePeriodActions,
  daysOfPeriod,
  isOver,
  PERIOD_ACTIONS,
  type PeriodAction,
} from './billing-periods.rules.ts';
import type { CreatePeriod, PeriodQuery, PeriodView } from './billing-periods.schemas.ts';
import {
  PERIOD_HAS_POSTED_RUN,
  PERIOD_NOT_OVER,
  PERIOD_OVERLAPS,
  PERIOD_STATE_REFUSED,
} from './costing.errors.ts';

export type BillingPeriodsService = ReturnType<typeof createBillingPeriodsService>;

/** Years, quarters or months of a centre, on their way from open to frozen. */
export function createBillingPeriodsService(db: Database) {
  return {
    async create(ctx: HatContext, { centreId: given, code }: CreatePeriod): Promise<PeriodView> {
      const centreId = ownCentre(ctx, given);
      return withHatTxOnce(db, ctx, async (tx) => {
        const days = daysOfPeriod(code);
        await repo.lockPeriods(tx, centreId);
        const [other] = await repo.holdPeriodsWithin(tx, centreId, days.startsOn, days.endsOn);
        if (other !== undefined) {
          throw new DomainError(PERIOD_OVERLAPS, `The period ${other.code} covers days of ${code}.`, {
            pointer: '/code',
          });
        }
        const id = newId();
        await repo.insertPeriod(tx, { id, centreId, code, ...days });
        await audit(tx, ctx, {
          action: 'costing.period-created',
          entityType: 'billing_period',
          entityId: id,
          details: { code },
        });
        return getPeriod(tx, ctx, id);
      });
    },

    get: (ctx: HatContext, id: string): Promise<PeriodView> =>
      withHatTx(db, ctx, (tx) => getPeriod(tx, ctx, id)),

    async list(ctx: HatContext, { limit, cursor, state }: PeriodQuery): Promise<Page<PeriodView>> {
      const after =
        cursor === undefined
          ? undefined
          : decodeCursor('billing-periods', cursor, ['string', 'string'] as const);
      const rows = await withHatTx(db, ctx, (tx) =>
        repo.listPeriods(tx, ctx.hat.id, state, after, limit + 1),
      );
      return toPage(
        rows,
        limit,
        'billing-periods',
        (row) => [row.startsOn, row.id],
        (row) => toPeriodView(row, dayOf(ctx.now)),
      );
    },

    async act(ctx: HatContext, id: string, action: PeriodAction, version: number): Promise<PeriodView> {
      ownCentre(ctx);
      return withHatTx(db, ctx, async (tx) => {
        const { to } = PERIOD_ACTIONS[action];
        if (to === 'frozen') await repo.lockFreezing(tx, ctx.hat.id);
        const period = found(await repo.lockPeriod(tx, id));
        if (period.version !== version) throw preconditionFailed();
        await assertPossible(tx, period, action, dayOf(ctx.now));
        const frozenAt = to === 'frozen' ? ctx.now : null;
        if (!(await repo.updatePeriodState(tx, id, version, to, frozenAt))) throw preconditionFailed();
        await audit(tx, ctx, {
          action: `costing.period-${action}`,
          entityType: 'billing_period',
          entityId: id,
          details: { code: period.code, from: period.state, to },
        });
        return getPeriod(tx, ctx, id);
      });
    },
  };
}

/**
 * Ends a frozen period for good, once billing has settled it with every member.
 * @throws DomainError PERIOD_STATE_REFUSED
 */
export async function settlePeriod(tx: HatTx, ctx: HatContext, id: string): Promise<void> {
  const { code, state, version, frozenAt } = found(await repo.lockPeriod(tx, id));
  if (state !== 'frozen') {
    throw new DomainError(
      PERIOD_STATE_REFUSED,
      `The period ${code} is ${state}; it is settled once it is frozen.`,
    );
  }
  if (!(await repo.updatePeriodState(tx, id, version, 'settled', frozenAt))) throw preconditionFailed();
  await audit(tx, ctx, {
    action: 'costing.period-settle',
    entityType: 'billing_period',
    entityId: id,
    details: { code, from: state, to: 'settled' },
  });
}

async function assertPossible(
  tx: HatTx,
  period: repo.PeriodRow,
  action: PeriodAction,
  today: Day,
): Promise<void> {
  if (!PERIOD_ACTIONS[action].from.includes(period.state)) {
    throw new DomainError(
      PERIOD_STATE_REFUSED,
      `The period ${period.code} is ${period.state}; ${action} needs ${PERIOD_ACTIONS[action].from.join(' or ')}.`,
    );
  }
  if (action === 'freeze' && !isOver(period, today)) {
    throw new DomainError(PERIOD_NOT_OVER, `The period ${period.code} goes on until ${period.endsOn}.`);
  }
  if (action === 'reopen' && (await repo.hasPostedRun(tx, period.id))) {
    throw new DomainError(PERIOD_HAS_POSTED_RUN, `A run of the period ${period.code} is posted.`);
  }
}

function toPeriodView(row: repo.PeriodRow, today: Day): PeriodView {
  return { ...row, availableActions: availablePeriodActions(row, today) };
}

async function getPeriod(tx: HatTx, { now }: HatContext, id: string): Promise<PeriodView> {
  return toPeriodView(found(await repo.findPeriod(tx, id)), dayOf(now));
}

function found(row: repo.PeriodRow | undefined): repo.PeriodRow {
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such billing period.');
  return row;
}
