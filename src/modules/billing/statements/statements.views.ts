import type { HatContext } from '../../../platform/context.ts';
import { signedHashOf } from './statement.rules.ts';
import { availableStatementActions } from './statement-states.rules.ts';
import type { StatementLineView, StatementView } from './statements.schemas.ts';
import type { StatementLineRow, StatementRow } from './statements.types.ts';

/** A statement as the hat may see it: the names of the centre's staff stay with the centre. */
export function toStatementView(ctx: HatContext, row: StatementRow): StatementView {
  const isCentre = ctx.hat.kind === 'centre';
  const by = (id: string, name: string | null) => (isCentre ? { id, name: name ?? '' } : null);
  const { periodId, periodCode, startsOn, endsOn, issuedBy, issuedByName, issuedAt } = row;
  const { billingPeriodId, billingPeriodCode: billedIn } = row;
  return {
    id: row.id,
    centreId: row.centreId,
    organisationId: row.organisationId,
    memberName: row.memberName,
    batchId: isCentre ? row.batchId : null,
    kind: row.kind,
    vatGroup: row.vatGroup,
    status: row.status,
    number: row.number,
    period: { id: isCentre ? periodId : null, code: periodCode, startsOn, endsOn },
    billingPeriod: billedIn === null ? null : { id: isCentre ? billingPeriodId : null, code: billedIn },
    runId: row.runId,
    correctsId: row.correctsId,
    supersededBy: row.supersededBy,
    issuedOn: row.issuedOn,
    dueOn: row.dueOn,
    netCents: row.netCents,
    vatCents: row.vatCents,
    grossCents: row.grossCents,
    prepaidCents: row.prepaidCents,
    payableCents: row.payableCents,
    contentHash: shownHashOf(row),
    created: { by: by(row.createdBy, row.createdByName), at: row.createdAt },
    issued: issuedBy === null || issuedAt === null ? null : { by: by(issuedBy, issuedByName), at: issuedAt },
    availableActions: isCentre ? availableStatementActions(row) : [],
    version: row.version,
  };
}

/** Of a draft what signing it would sign now; then what was signed. */
function shownHashOf({ status, contentHash, signedHash, account }: StatementRow): string {
  return signedHash ?? (status === 'draft' ? signedHashOf(contentHash, account) : contentHash);
}

export function toStatementLineView(row: StatementLineRow): StatementLineView {
  const { position, serviceId, vatDeterminationId, runId, runPosition, usageLinks, line } = row;
  const { service, text, quantity, unit, netCents, vat } = line;
  return {
    position,
    serviceId,
    serviceCode: service.code,
    serviceTitle: service.title,
    text,
    quantity,
    unit,
    netCents,
    vatCategory: vat.category,
    vatRatePercent: vat.ratePercent,
    vatReason: vat.reason ?? null,
    vatDeterminationId,
    why: runId === null ? null : `/api/v1/allocation-runs/${runId}/lines/${runPosition}/why`,
    usageEvents: [...usageLinks],
  };
}
