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

export function toRequestSummary(ctx: HatContext, row: SummaryRow): RequestSummary {
  const { closesAt, ...shown } = row;
  const doer = { hatKind: ctx.hat.kind, permissions: ctx.permissions, now: ctx.now };
  return {
    ...shown,
    priority: priorityName(row.priority),
    assigneeId: assigneeFor(ctx, row.assigneeId),
    availableActions: availableActions({ status: row.status, closesAt }, doer),
  };
}

export function toRequestView(ctx: HatContext, row: RequestRow): RequestView {
  const { requesterId, requesterName, serviceVersionId: _pinned, ...shown } = row;
  return {
    ...shown,
    ...toRequestSummary(ctx, row),
    closesAt: row.closesAt,
    requester: { id: requesterId, name: requesterName },
    deadlines: [],
  };
}
