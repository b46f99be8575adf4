import type { HatContext } from '../../../platform/context.ts';
import type { RunRow } from './allocation-runs.repo.ts';
import type { RunView } from './allocation-runs.schemas.ts';
import { possibleRunActions, type RunPeriods } from './run-periods.rules.ts';

/** A run as the hat may see it: the names of the centre's staff stay with the centre. Without its periods nothing can be done with it. */
export function toRunView(ctx: HatContext, row: RunRow, periods: RunPeriods | undefined): RunView {
  const isCentre = ctx.hat.kind === 'centre';
  const step = (id: string | null, name: string | null, at: string | null) =>
    id === null || at === null ? null : { by: isCentre ? { id, name: name ?? '' } : null, at };
  const approved = step(row.approvedBy, row.approvedByName, row.approvedAt);
  const ended = step(row.endedBy, row.endedByName, row.endedAt);
  const eyes = { actorId: ctx.actor.id, onBehalfOf: ctx.onBehalfOf };
  return {
    id: row.id,
    centreId: row.centreId,
    number: row.number,
    period: { id: row.periodId, code: row.periodCode, startsOn: row.startsOn, endsOn: row.endsOn },
    status: row.status,
    amountCents: row.amountCents,
    algorithm: row.algorithm,
    inputHash: row.inputHash,
    resultHash: row.resultHash,
    clauseVersionId: row.clauseVersionId,
    correctsRunId: row.correctsRunId,
    billingPeriod:
      row.billingPeriodId === null ? null : { id: row.billingPeriodId, code: row.billingPeriodCode ?? '' },
    created: { by: isCentre ? { id: row.createdBy, name: row.createdByName } : null, at: row.createdAt },
    submitted: step(row.submittedBy, row.submittedByName, row.submittedAt),
    approved: approved && { ...approved, resultHash: row.approvedResultHash ?? '' },
    posted: step(row.postedBy, row.postedByName, row.postedAt),
    ended: ended && { ...ended, reason: row.endReason ?? '' },
    availableActions: periods === undefined ? [] : possibleRunActions(row, eyes, ctx.permissions, periods),
    version: row.version,
  };
}
