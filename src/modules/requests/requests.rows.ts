import type { HatContext } from '../../platform/context.ts';
import type { RequestSummary, RequestView } from './requests.schemas.ts';
import { priorityName } from './routing.rules.ts';
import { availableActions, type HoldReason, type Status } from './transitions.rules.ts';

/** Columns of a list, named as the program names them. */
export interface SummaryRow {
  id: string;
  number: string;
  status: Status;
  holdReason: HoldReason | null;
  priority: number;
  subject: string;
  centreId: string;
  organisationId: string;
  serviceId: string;
  serviceTitle: string;
  serviceVersion: number;
  externalReference: string | null;
  teamId: string | null;
  assigneeId: string | null;
  createdAt: string;
  updatedAt: string;
  submittedAt: string | null;
  closesAt: string | null;
  version: number;
}

/** All columns. */
export interface RequestRow extends SummaryRow {
  description: string | null;
  formData: Record<string, unknown>;
  requesterId: string;
  requesterName: string;
  serviceVersionId: string;
  agreementVersionId: string;
  followsId: string | null;
  resultCode: string | null;
  resultText: string | null;
  rejectionCode: string | null;
  receiptAt: string | null;
  acceptedAt: string | null;
  startedAt: string | null;
  resolvedAt: string | null;
  closedAt: string | null;
}

/** Who in the centre does the work is the centre's own business. */
function assigneeFor(ctx: HatContext, assigneeId: string | null): string | null {
  return ctx.hat.kind === 'centre' ? assigneeId : null;
}

/** Written out field by field: this is on every read, and copying all but some fields costs many times as much. */
export function toRequestSummary(ctx: HatContext, row: SummaryRow): RequestSummary {
  const doer = { hatKind: ctx.hat.kind, permissions: ctx.permissions, now: ctx.now };
  return {
    id: row.id,
    number: row.number,
    status: row.status,
    holdReason: row.holdReason,
    priority: priorityName(row.priority),
    subject: row.subject,
    centreId: row.centreId,
    organisationId: row.organisationId,
    serviceId: row.serviceId,
    serviceTitle: row.serviceTitle,
    serviceVersion: row.serviceVersion,
    externalReference: row.externalReference,
    teamId: row.teamId,
    assigneeId: assigneeFor(ctx, row.assigneeId),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    submittedAt: row.submittedAt,
    version: row.version,
    availableActions: availableActions(row, doer),
  };
}

export function toRequestView(ctx: HatContext, row: RequestRow): RequestView {
  return {
    ...toRequestSummary(ctx, row),
    description: row.description,
    formData: row.formData,
    requester: { id: row.requesterId, name: row.requesterName },
    agreementVersionId: row.agreementVersionId,
    followsId: row.followsId,
    resultCode: row.resultCode,
    resultText: row.resultText,
    rejectionCode: row.rejectionCode,
    receiptAt: row.receiptAt,
    acceptedAt: row.acceptedAt,
    startedAt: row.startedAt,
    resolvedAt: row.resolvedAt,
    closesAt: row.closesAt,
    closedAt: row.closedAt,
    deadlines: [],
  };
}
