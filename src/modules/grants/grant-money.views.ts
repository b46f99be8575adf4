import type { HatContext } from '../../platform/context.ts';
import type { ClawbackRow, DrawdownRow } from './grant-money.repo.ts';
import type { GrantClawbackView, GrantDrawdownView } from './grant-money.schemas.ts';
import { availableMoneyActions, CLAWBACK_ACTIONS, DRAWDOWN_ACTIONS } from './grant-states.rules.ts';
import { stepOf } from './grants.views.ts';

export function toDrawdownView(ctx: HatContext, row: DrawdownRow): GrantDrawdownView {
  const { grantId, number, status, amountCents, requestedOn, costTo, eligibleCents, entitledCents } = row;
  const { receivedCents, receivedOn } = row;
  return {
    grantId,
    number,
    status,
    amountCents,
    requestedOn,
    costTo,
    eligibleCents,
    entitledCents,
    receivedCents,
    receivedOn,
    ...commonOf(ctx, row),
    availableActions: availableMoneyActions(DRAWDOWN_ACTIONS, status === 'requested', ctx.permissions),
  };
}

export function toClawbackView(ctx: HatContext, row: ClawbackRow): GrantClawbackView {
  const { grantId, number, status, reason, grounds, reference, amountCents, derivation } = row;
  const { demandedOn, dueOn, repaidOn } = row;
  return {
    grantId,
    number,
    status,
    reason,
    grounds,
    reference,
    amountCents,
    derivation,
    demandedOn,
    dueOn,
    repaidOn,
    ...commonOf(ctx, row),
    availableActions: availableMoneyActions(CLAWBACK_ACTIONS, status === 'demanded', ctx.permissions),
  };
}

function commonOf(ctx: HatContext, row: DrawdownRow | ClawbackRow) {
  const { bookedOn, voucherNumber, costLineId, endReason, version } = row;
  const ended = stepOf(ctx, row.endedBy, row.endedByName, row.endedAt);
  const created = stepOf(ctx, row.createdBy, row.createdByName, row.createdAt);
  return {
    bookedOn,
    voucherNumber,
    costLineId,
    version,
    created: created ?? { by: null, at: row.createdAt },
    ended: ended && { ...ended, reason: endReason },
  };
}
