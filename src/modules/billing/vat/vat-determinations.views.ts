import type { HatContext } from '../../../platform/context.ts';
import { textIn } from '../../../platform/texts.ts';
import { isSecondPerson } from '../../costing/index.ts';
import type { DeterminationRow } from './vat-determinations.repo.ts';
import type { VatDeterminationView } from './vat-determinations.schemas.ts';
import { availableVatActions } from './vat-states.rules.ts';

/** A determination as the hat may see it: who else it covers, what it rests on and who made it stay with the centre. */
export function toVatDeterminationView(ctx: HatContext, row: DeterminationRow): VatDeterminationView {
  const { hat } = ctx;
  const isCentre = hat.kind === 'centre';
  const step = (id: string | null, name: string | null, at: string | null) =>
    id === null || at === null ? null : { by: isCentre ? { id, name: name ?? '' } : null, at };
  const approved = step(row.approvedBy, row.approvedByName, row.approvedAt);
  const isSecond = isSecondPerson({ actorId: ctx.actor.id, onBehalfOf: ctx.onBehalfOf }, row);
  const ended = step(row.endedBy, row.endedByName, row.endedAt);
  const { result, rule, category, ratePercent, vatexCode, law, ruleSet, trace } = row;
  return {
    id: row.id,
    centreId: row.centreId,
    number: row.number,
    status: row.status,
    service: { id: row.serviceId, code: row.serviceCode, title: row.serviceTitle },
    organisationIds: row.memberIds.filter((id) => isCentre || id === hat.id),
    validFrom: row.validFrom,
    validTo: row.validTo,
    outcome: { result, rule, category, ratePercent, vatexCode, law, ruleSet, trace: [...trace] },
    review: reviewOf(row),
    facts: row.facts,
    grounds: row.grounds,
    evidence: row.evidence,
    supersedes: isCentre ? [...row.supersedes] : [],
    coverage: row.coverage,
    contentHash: row.contentHash,
    created: { by: isCentre ? { id: row.createdBy, name: row.createdByName } : null, at: row.createdAt },
    submitted: step(row.submittedBy, row.submittedByName, row.submittedAt),
    approved: approved && { ...approved, contentHash: row.approvedContentHash ?? '' },
    ended: ended && { ...ended, reason: row.endReason ?? '' },
    availableActions: isCentre ? availableVatActions(row.status, isSecond, ctx.permissions) : [],
    version: row.version,
  };
}

function reviewOf({ result, rule }: DeterminationRow): VatDeterminationView['review'] {
  if (result !== 'REVIEW') return null;
  return {
    reason: textIn('de', `billing.vat-review.${rule}.reason`),
    todo: textIn('de', `billing.vat-review.${rule}.todo`),
  };
}
