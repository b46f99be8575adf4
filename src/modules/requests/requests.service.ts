import { dayOf, yearOf } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { answeredOnce } from '../../platform/db/idempotency.ts';
import { DomainError } from '../../platform/errors.ts';
import { FORBIDDEN } from '../../platform/http/authentication.ts';
import { preconditionFailed } from '../../platform/http/etags.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { newId } from '../../platform/ids.ts';
import { outboxRow } from '../../platform/jobs/outbox.ts';
import { decodeCursor, type Page, toPage } from '../../platform/pages.ts';
import {
  type FormVersion,
  getServiceVersion,
  type Orderable,
  readOrderable,
  validateFormData,
} from '../catalogue/index.ts';
import { ACTION_NOT_POSSIBLE, FOLLOWS_UNKNOWN, FORM_INVALID } from './requests.errors.ts';
import { processRequestJob } from './requests.jobs.ts';
import * as repo from './requests.repo.ts';
import { type RequestRow, toRequestSummary, toRequestView } from './requests.rows.ts';
import type {
  ChangeRequest,
  CreateRequest,
  RequestQuery,
  RequestSummary,
  RequestView,
} from './requests.schemas.ts';
import { priorityNumber } from './routing.rules.ts';

export type RequestsService = ReturnType<typeof createRequestsService>;

/** Filing, reading and editing service requests. What moves them on is in `actions.service.ts`. */
export function createRequestsService(db: Database) {
  return {
    /** Throws `SERVICE_NOT_ORDERABLE`, `FORM_INVALID`, `FOLLOWS_UNKNOWN`. */
    async create(ctx: HatContext, input: CreateRequest): Promise<RequestView> {
      assertFiles(ctx);
      return answeredOnce(db, ctx, async () => {
        const orderable = await readOrderable(db, ctx, {
          serviceId: input.serviceId,
          organisationId: ctx.hat.id,
          day: dayOf(ctx.now),
        });
        assertForm(orderable.version, input.formData, input.submit);
        await assertFollows(db, ctx, orderable.centreId, input.followsId);
        const row = newRow(ctx, orderable, input);
        const view = toRequestView(ctx, { ...row, number: '', version: 1 });
        const number = await repo.insertRequest(db, ctx, row, {
          series: seriesOf(orderable.centreCode, ctx),
          answer: view,
          fact: { type: input.submit ? 'submitted' : 'drafted', to: row.status },
          audit: { action: 'requests.filed', details: { status: row.status, serviceId: row.serviceId } },
          jobs: input.submit ? [processJob(ctx, row)] : [],
        });
        return { ...view, number };
      });
    },

    async get(ctx: HatContext, id: string): Promise<RequestView> {
      return toRequestView(ctx, known(await repo.readRequest(db, ctx, id)));
    },

    async list(ctx: HatContext, query: RequestQuery): Promise<Page<RequestSummary>> {
      const { limit, cursor, sort } = query;
      const [after] = cursor === undefined ? [] : decodeCursor(`requests-${sort}`, cursor, ['uuid'] as const);
      const rows = await repo.listRequests(db, ctx, query, after, limit + 1);
      return toPage(
        rows,
        limit,
        `requests-${sort}`,
        (row) => [row.id],
        (row) => toRequestSummary(ctx, row),
      );
    },

    /** Edits a draft. Throws `ACTION_NOT_POSSIBLE` once it is submitted. */
    async edit(ctx: HatContext, id: string, version: number, change: ChangeRequest): Promise<RequestView> {
      assertFiles(ctx);
      return withHatTx(db, ctx, async (tx) => {
        const row = await getRow(tx, id);
        if (row.version !== version) throw preconditionFailed();
        if (row.status !== 'draft')
          throw new DomainError(ACTION_NOT_POSSIBLE, 'Only a draft can be edited; write a message instead.');
        if (change.formData !== undefined)
          assertForm(await getServiceVersion(tx, row.serviceVersionId), change.formData, false);
        await repo.changeRequest(tx, ctx, row, toPatch(change), {
          fact: { type: 'edited', details: { fields: Object.keys(change) } },
          audit: { action: 'requests.edited', details: { fields: Object.keys(change) } },
          jobs: [],
        });
        return toRequestView(ctx, await getRow(tx, id));
      });
    },
  };
}

/** A program of a centre may hold the scope as well; a request is nevertheless the member's own. */
function assertFiles(ctx: HatContext): void {
  if (ctx.hat.kind !== 'organisation')
    throw new DomainError(FORBIDDEN, 'Requests are filed under the hat of an organisation.');
}

export function known(row: RequestRow | undefined): RequestRow {
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such request.');
  return row;
}

export async function getRow(tx: HatTx, id: string): Promise<RequestRow> {
  return known(await repo.findRequest(tx, id));
}

/** The row, locked until the transaction ends. */
export async function getLockedRow(tx: HatTx, id: string): Promise<RequestRow> {
  return known(await repo.lockRequest(tx, id));
}

/** The job runs under the centre's hat: the request's other party does the work. */
export function processJob(ctx: HatContext, row: { id: string; centreId: string }): repo.OutboxRow {
  return outboxRow(
    ctx,
    processRequestJob,
    { requestId: row.id },
    { hat: { kind: 'centre', id: row.centreId } },
  );
}

/** Faults that filling in more can mend. */
const INCOMPLETE: ReadonlySet<string> = new Set([
  'REQUIRED',
  'DEPENDENT_REQUIRED',
  'ANY_OF',
  'ONE_OF',
  'MIN_ITEMS',
  'MIN_PROPERTIES',
  'CONTAINS',
]);

/** A draft may be incomplete, but what is there must fit; on submitting nothing may be missing. */
export function assertForm(version: FormVersion, formData: unknown, isComplete: boolean): void {
  const faults = validateFormData(version, formData).filter(
    (fault) => isComplete || !INCOMPLETE.has(fault.code),
  );
  if (faults.length === 0) return;
  const [first] = faults;
  throw new DomainError(FORM_INVALID, `${first?.pointer ?? ''} ${first?.detail ?? ''}`.trim(), {
    errors: faults,
  });
}

async function assertFollows(
  db: Database,
  ctx: HatContext,
  centreId: string,
  followsId: string | undefined,
): Promise<void> {
  if (followsId === undefined || (await repo.isFinished(db, ctx, centreId, followsId))) return;
  throw new DomainError(FOLLOWS_UNKNOWN, 'There is no finished request with this id.', {
    pointer: '/followsId',
  });
}

function seriesOf(centreCode: string, ctx: HatContext): repo.Series {
  const year = yearOf(ctx.now);
  return { name: `requests_${centreCode.toLowerCase()}_${year}`, prefix: `${centreCode}-${year}-` };
}

function newRow(
  ctx: HatContext,
  { centreId, agreementVersionId, version, service }: Orderable,
  input: CreateRequest,
): repo.NewRequest {
  const { now, actor, hat } = ctx;
  return {
    id: newId(),
    status: input.submit ? 'submitted' : 'draft',
    holdReason: null,
    priority: priorityNumber(input.priority ?? 'normal'),
    subject: input.subject,
    description: input.description ?? null,
    formData: input.formData,
    centreId,
    organisationId: hat.id,
    serviceId: service.id,
    serviceVersionId: version.id,
    serviceVersion: version.number,
    serviceTitle: version.title,
    agreementVersionId,
    externalReference: input.externalReference ?? null,
    requesterId: actor.id,
    requesterName: actor.name,
    followsId: input.followsId ?? null,
    createdAt: now,
    updatedAt: now,
    submittedAt: input.submit ? now : null,
    ...UNTOUCHED,
  };
}

/** What a fresh request has not come to yet. */
const UNTOUCHED = {
  teamId: null,
  assigneeId: null,
  resultCode: null,
  resultText: null,
  rejectionCode: null,
  receiptAt: null,
  acceptedAt: null,
  startedAt: null,
  resolvedAt: null,
  closesAt: null,
  closedAt: null,
} as const;

function toPatch({ subject, description, formData, priority, externalReference }: ChangeRequest): repo.Patch {
  return {
    ...(subject !== undefined && { subject }),
    ...(description !== undefined && { description }),
    ...(formData !== undefined && { form_data: JSON.stringify(formData) }),
    ...(priority !== undefined && { priority: priorityNumber(priority) }),
    ...(externalReference !== undefined && { external_reference: externalReference }),
  };
}
