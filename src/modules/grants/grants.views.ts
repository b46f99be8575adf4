import { dayOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import { isSecondPerson } from '../costing/index.ts';
import { computeGrant, type Grant } from './grant.rules.ts';
import { deadlinesOf } from './grant-deadlines.rules.ts';
import type { Award } from './grant-money.rules.ts';
import { availableGrantActions } from './grant-states.rules.ts';
import type { GrantRow } from './grants.repo.ts';
import type { GrantView } from './grants.schemas.ts';
import { testSavings } from './savings.rules.ts';

/** Who did it, and to members only when. */
export function stepOf(
  { hat }: HatContext,
  id: string | null,
  name: string | null,
  at: string | null,
): GrantView['awarded'] {
  if (id === null || at === null) return null;
  return { by: hat.kind === 'centre' ? { id, name: name ?? '' } : null, at };
}

/** What the rule gives for the planned cost. */
export function plannedGrant({ rule, parties, plannedEligibleCents }: GrantRow): Grant {
  return computeGrant({ rule, parties: parties.length, eligibleCents: plannedEligibleCents });
}

/** The award as far as cost is measured against it. */
export function awardOf({ rule, parties, awardedCents }: GrantRow): Award {
  return { rule, parties: parties.length, awardedCents: awardedCents ?? 0 };
}

/** True when the caller is not, and does not stand in for, who recorded the notice. */
export function isSecondOn(ctx: HatContext, { noticeBy }: Pick<GrantRow, 'noticeBy'>): boolean {
  const eyes = { actorId: ctx.actor.id, onBehalfOf: ctx.onBehalfOf };
  return noticeBy === null || isSecondPerson(eyes, { createdBy: noticeBy, submittedBy: null });
}

/** A grant as the hat may see it: the names of staff stay with the centre. */
export function toGrantView(ctx: HatContext, row: GrantRow): GrantView {
  const isCentre = ctx.hat.kind === 'centre';
  const { rule, leadId } = row;
  return {
    id: row.id,
    centreId: row.centreId,
    number: row.number,
    title: row.title,
    status: row.status,
    programme: row.programme,
    rule: isCentre ? rule : { ...rule, recorded: { ...rule.recorded, by: null } },
    appliedOn: row.appliedOn,
    serviceId: row.serviceId,
    costCentreId: row.costCentreId,
    costType: row.costType,
    parties: row.parties.map((party) => ({ ...party, isLead: party.organisationId === leadId })),
    tags: [...row.tags],
    savings: savingsOf(row),
    planned: { eligibleCents: row.plannedEligibleCents, ...plannedGrant(row) },
    notice: noticeOf(row),
    noticed: stepOf(ctx, row.noticeBy, row.noticeByName, row.noticeAt),
    contentHash: row.contentHash,
    awarded: stepOf(ctx, row.awardedBy, row.awardedByName, row.awardedAt),
    proof: proofOf(ctx, row),
    ended: endOf(ctx, row),
    sums: {
      drawnCents: row.drawnCents,
      receivedCents: row.receivedCents,
      clawedBackCents: row.clawedBackCents,
      repaidCents: row.repaidCents,
    },
    deadlines: deadlinesOf(row, dayOf(ctx.now)).map((deadline) => ({
      ...deadline,
      remindedAt: deadline.kind === 'proof' ? row.remindedAt : null,
    })),
    created: { by: isCentre ? { id: row.createdBy, name: row.createdByName } : null, at: row.createdAt },
    availableActions: isCentre
      ? availableGrantActions(row.status, isSecondOn(ctx, row), ctx.permissions)
      : [],
    version: row.version,
  };
}

function savingsOf(row: GrantRow): GrantView['savings'] {
  const { costBeforeCents, costAfterCents, savingsJustification, rule } = row;
  const requiredPercent = rule.savingsPercent;
  return {
    costBeforeCents,
    costAfterCents,
    ...testSavings({ costBeforeCents, costAfterCents, requiredPercent }),
    requiredPercent,
    justification: savingsJustification,
  };
}

function noticeOf(row: GrantRow): GrantView['notice'] {
  if (row.noticeBy === null) return null;
  return {
    number: row.noticeNumber ?? '',
    noticeOn: row.noticeOn ?? '',
    awardedCents: row.awardedCents ?? 0,
    approvedFrom: row.approvedFrom ?? '',
    approvedTo: row.approvedTo ?? '',
    purposeEndsOn: row.purposeEndsOn ?? '',
    proofDueOn: row.proofDueOn ?? '',
  };
}

function proofOf(ctx: HatContext, row: GrantRow): GrantView['proof'] {
  const recorded = stepOf(ctx, row.proofBy, row.proofByName, row.proofAt);
  if (recorded === null) return null;
  return {
    submittedOn: row.proofOn ?? '',
    reference: row.proofReference ?? '',
    eligibleCents: row.proofEligibleCents ?? 0,
    grantCents: row.proofGrantCents ?? 0,
    hash: row.proofHash ?? '',
    recorded,
  };
}

function endOf(ctx: HatContext, row: GrantRow): GrantView['ended'] {
  const ended = stepOf(ctx, row.endedBy, row.endedByName, row.endedAt);
  return ended && { ...ended, reason: row.endReason };
}
