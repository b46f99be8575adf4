import type { HatContext } from '../../../platform/context.ts';
import { isSecondPerson } from '../../costing/index.ts';
import type { InstalmentRow, PlanProgress, PlanRow, ShareRow } from './instalment-plans.repo.ts';
import type { InstalmentView, PlanShareView, PlanView } from './instalment-plans.schemas.ts';
import { availablePlanActions } from './plan-states.rules.ts';

/** A plan as the hat may see it: members learn nothing of others' amounts, of hashes over them, and of staff. */
export function toPlanView(ctx: HatContext, row: PlanRow, progress: PlanProgress): PlanView {
  const isCentre = ctx.hat.kind === 'centre';
  const by = (id: string, name: string | null) => (isCentre ? { id, name: name ?? '' } : null);
  const step = (id: string | null, name: string | null, at: string | null) =>
    id === null || at === null ? null : { by: by(id, name), at };
  const isSecond = isSecondPerson({ actorId: ctx.actor.id, onBehalfOf: ctx.onBehalfOf }, row);
  return {
    id: row.id,
    centreId: row.centreId,
    number: row.number,
    status: row.status,
    period: { id: row.periodId, code: row.periodCode, startsOn: row.startsOn, endsOn: row.endsOn },
    basis: row.basis,
    resultHash: isCentre ? row.resultHash : null,
    usagePeriodId: isCentre ? row.usagePeriodId : null,
    dueOn: [...row.dueOn],
    issueDaysBefore: row.issueDaysBefore,
    replacesId: row.replacesId,
    invoicedCents: isCentre ? row.invoicedCents : null,
    amountCents: isCentre ? row.amountCents : progress.amountCents,
    progress: isCentre ? progress : { ...progress, blocked: 0, pending: progress.pending + progress.blocked },
    contentHash: isCentre ? row.contentHash : null,
    created: { by: by(row.createdBy, row.createdByName), at: row.createdAt },
    submitted: step(row.submittedBy, row.submittedByName, row.submittedAt),
    approved: step(row.approvedBy, row.approvedByName, row.approvedAt),
    ended: step(row.endedBy, row.endedByName, row.endedAt),
    endReason: isCentre ? row.endReason : null,
    endedFrom: row.endedFrom,
    availableActions: availablePlanActions(row.status, isSecond, ctx.permissions),
    version: row.version,
  };
}

export function toShareView(row: ShareRow, amountsCents: number[]): PlanShareView {
  const {
    position,
    organisationId,
    memberName,
    text,
    agreementReference,
    vatGroup,
    amountCents,
    derivation,
  } = row;
  return {
    position,
    organisationId,
    memberName,
    service: { id: row.serviceId, code: row.serviceCode, title: row.serviceTitle },
    text,
    agreementReference,
    vatGroup,
    amountCents,
    amountsCents,
    derivation,
  };
}

/** Why an instalment waits is the centre's own; to its member one that is blocked is still to come. */
export function toInstalmentView({ hat }: HatContext, row: InstalmentRow): InstalmentView {
  if (hat.kind === 'centre') return row;
  const status = row.status === 'blocked' ? 'pending' : row.status;
  return { ...row, status, problems: [], checkedAt: null };
}

/** What a status that is asked for means, by what the hat is shown. */
export function statusesFor({ hat }: HatContext, status: InstalmentRow['status']): InstalmentRow['status'][] {
  if (hat.kind === 'centre') return [status];
  if (status === 'blocked') return [];
  return status === 'pending' ? ['pending', 'blocked'] : [status];
}
