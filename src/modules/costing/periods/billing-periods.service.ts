import { type Day, dayOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { withHatTxOnce } from '../../../platform/db/idempotency.ts';
import { DomainError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { newId } from '../../../platform/ids.ts';
import { decodeCursor, type Page, toPage } from '../../../platform/pages.ts';
import { audit } from '../../audit/index.ts';
import {
  PERIOD_HAS_POSTED_RUN,
  PERIOD_NOT_OVER,
  PERIOD_OVERLAPS,
  PERIOD_STATE_REFUSED,
  PERIOD_UNKNOWN,
} from '../costing.errors.ts';
import * as repo from './billing-periods.repo.ts';
import {
  ADMIT_LATE_USAGE,
  availablePeriodActions,
  daysOfPeriod,
  isOver,
  PERIOD_ACTIONS,
  type PeriodAction,
} from './billing-periods.rules.ts';
import type {
  AdmitLateUsage,
  CreatePeriod,
  PeriodQuery,
  PeriodSummary,
  PeriodView,
} from './billing-periods.schemas.ts';
import { admitLateUsage, lateEventsOf, lateUsageLink } from './late-usage.service.ts';

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

    async list(ctx: HatContext, { limit, cursor, state }: PeriodQuery): Promise<Page<PeriodSummary>> {
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
        (row) => toPeriodSummary(row, dayOf(ctx.now)),
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

    async admitLateUsage(
      ctx: HatContext,
      id: string,
      version: number,
      input: AdmitLateUsage,
    ): Promise<PeriodView> {
      ownCentre(ctx);
      return withHatTx(db, ctx, async (tx) => {
        await admitLateUsage(tx, ctx, id, version, input);
        return getPeriod(tx, ctx, id);
      });
    },
  };
}

/**
 * A period that is about to be settled; whoever bills a correction in it comes before or after.
 * @throws DomainError PERIOD_UNKNOWN
 */
export async function getLockedPeriod(tx: HatTx, id: string): Promise<repo.PeriodRow> {
  const period = await repo.lockPeriod(tx, id);
  if (period !== undefined) return period;
  throw new DomainError(PERIOD_UNKNOWN, 'The centre has no such billing period.', { pointer: '/periodId' });
}

/**
 * Ends a frozen period, once billing has settled it with every member.
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

function toPeriodSummary(row: repo.PeriodRow, today: Day): PeriodSummary {
  const {
    correctionBillingPeriodId: id,
    correctionBillingPeriodCode: code,
    correctionBillingPeriodState: state,
    ...shown
  } = row;
  return {
    ...shown,
    correctionBillingPeriod: id === null || code === null || state === null ? null : { id, code, state },
    availableActions: availablePeriodActions(row, today),
  };
}

async function getPeriod(tx: HatTx, { now }: HatContext, id: string): Promise<PeriodView> {
  const row = found(await repo.findPeriod(tx, id));
  const lateEvents = await lateEventsOf(tx, row);
  const summary = toPeriodSummary(row, dayOf(now));
  const mayAdmit = lateEvents > 0 && !(await repo.hasPostedRun(tx, id));
  const availableActions = [...summary.availableActions, ...(mayAdmit ? [ADMIT_LATE_USAGE] : [])];
  return { ...summary, availableActions, lateEvents, lateUsageEvents: lateUsageLink(row) };
}

function found(row: repo.PeriodRow | undefined): repo.PeriodRow {
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such billing period.');
  return row;
}
