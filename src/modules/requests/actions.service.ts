import { dayOf, type Moment, plusSeconds } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { FORBIDDEN } from '../../platform/http/authentication.ts';
import { preconditionFailed } from '../../platform/http/etags.ts';
import { outboxRow } from '../../platform/jobs/outbox.ts';
import { getOrderable, getServiceVersion, type ProcessingRule } from '../catalogue/index.ts';
import type { EventFacts } from './events.repo.ts';
import { ACTION_NOT_POSSIBLE, ASSIGNEE_UNKNOWN } from './requests.errors.ts';
import { closeDueRequestJob, requestClosedJob } from './requests.jobs.ts';
import * as repo from './requests.repo.ts';
import { type RequestRow, toRequestView } from './requests.rows.ts';
import type { ActionInput, RequestView } from './requests.schemas.ts';
import { assertForm, getRow, processJob } from './requests.service.ts';
import { type Action, availableActions, refusal, TRANSITIONS } from './transitions.rules.ts';

const DAY_SECONDS = 86_400;

/** How many requests of each team a claim looks at; the second only matters while others are claiming all of the first. */
const CLAIM_DEPTHS = [16, 1024];

export type ActionsService = ReturnType<typeof createActionsService>;

/** Moves requests from state to state, by the table in `transitions.rules.ts`. */
export function createActionsService(db: Database) {
  return {
    /** Throws `PRECONDITION_FAILED`, `ACTION_NOT_POSSIBLE`, and what the action itself refuses. */
    async act(
      ctx: HatContext,
      id: string,
      action: Action,
      version: number,
      input: ActionInput,
    ): Promise<RequestView> {
      return withHatTx(db, ctx, async (tx) => {
        const row = await getRow(tx, id);
        assertPossible(ctx, row, action);
        if (row.version !== version) throw preconditionFailed();
        const next = await applyAction(tx, ctx, row, action, input);
        return toRequestView(ctx, next);
      });
    },

    /**
     * Gives the caller the next request of their teams, or undefined. No two callers ever get the same one, and of those that no
     * other is just claiming it is the most urgent and oldest.
     */
    async claim(ctx: HatContext): Promise<RequestView | undefined> {
      return withHatTx(db, ctx, async (tx) => {
        for (const depth of CLAIM_DEPTHS) {
          const row = await repo.lockNext(tx, ctx.actor.id, depth);
          if (row === undefined) continue;
          const assigned = await applyAction(tx, ctx, row, 'assign', { assigneeId: ctx.actor.id });
          return toRequestView(ctx, assigned);
        }
        return undefined;
      });
    },
  };
}

function assertPossible(ctx: HatContext, row: RequestRow, action: Action): void {
  const doer = { hatKind: ctx.hat.kind, permissions: ctx.permissions, now: ctx.now };
  const why = refusal(action, row, doer);
  if (why === undefined) return;
  if (why === 'wrong-hat')
    throw new DomainError(FORBIDDEN, `This is done under the hat of the ${TRANSITIONS[action].by}.`);
  const possible = availableActions(row, doer).join(', ') || 'nothing';
  const reason =
    why === 'too-early' ? `The requester can object until ${row.closesAt}.` : `The request is ${row.status}.`;
  throw new DomainError(ACTION_NOT_POSSIBLE, `${reason} Possible now: ${possible}.`);
}

/** Writes one transition with all that belongs to it; the caller has checked that it is possible. */
export async function applyAction(
  tx: HatTx,
  ctx: HatContext,
  row: RequestRow,
  action: Action,
  input: ActionInput,
): Promise<RequestRow> {
  const { to, event } = TRANSITIONS[action];
  const {
    patch,
    details = {},
    visibility = 'parties',
    jobs = [],
  } = await EFFECTS[action](tx, ctx, row, input);
  const fact: EventFacts = {
    type: event,
    from: row.status,
    to: to ?? row.status,
    reason: input.reason ?? input.resultText ?? null,
    details,
    visibility,
  };
  const status = to === null ? {} : { status: to, hold_reason: null };
  await repo.changeRequest(
    tx,
    ctx,
    row,
    { ...status, ...patch },
    {
      fact,
      audit: { action: `requests.${event}`, details: { from: row.status, to: to ?? row.status, ...details } },
      jobs,
    },
  );
  return getRow(tx, row.id);
}

/** The rule the request is pinned to; members do not see it, the centre's hat does. */
export async function processingRuleOf(tx: HatTx, row: RequestRow): Promise<ProcessingRule> {
  const { processingRule } = await getServiceVersion(tx, row.serviceVersionId);
  if (processingRule === undefined)
    throw new Error('the processing rule is read under the hat of the centre only');
  return processingRule;
}

interface Effect {
  readonly patch: repo.Patch;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly visibility?: 'parties' | 'centre';
  readonly jobs?: readonly repo.OutboxRow[];
}

type MakeEffect = (
  tx: HatTx,
  ctx: HatContext,
  row: RequestRow,
  input: ActionInput,
) => Effect | Promise<Effect>;

const closing: MakeEffect = (_tx, ctx, row) => ({
  patch: { closed_at: ctx.now, closes_at: null },
  jobs: [
    outboxRow(ctx, requestClosedJob, { requestId: row.id }, { hat: { kind: 'centre', id: row.centreId } }),
  ],
});

/** What each action sets beside the status, and what it sets off. */
const EFFECTS: Readonly<Record<Action, MakeEffect>> = {
  async submit(tx, ctx, row) {
    const { agreementVersionId } = await getOrderable(tx, {
      serviceId: row.serviceId,
      organisationId: row.organisationId,
      day: dayOf(ctx.now),
    });
    assertForm(await getServiceVersion(tx, row.serviceVersionId), row.formData, true);
    // Filed today, under the agreement of today: the draft may be older than it.
    const patch = { submitted_at: ctx.now, agreement_version_id: agreementVersionId };
    return { patch, jobs: [processJob(ctx, row)] };
  },
  accept: (_tx, ctx) => ({ patch: { accepted_at: ctx.now } }),
  reject: (_tx, _ctx, _row, { code = 'other' }) => ({ patch: { rejection_code: code }, details: { code } }),
  async assign(tx, _ctx, row, { assigneeId = null }) {
    if (assigneeId !== null && !(await repo.isCaseworker(tx, row.centreId, assigneeId))) {
      throw new DomainError(ASSIGNEE_UNKNOWN, 'This user does not work requests here.', {
        pointer: '/assigneeId',
      });
    }
    return {
      patch: { assignee_id: assigneeId },
      details: { assigneeId, before: row.assigneeId },
      visibility: 'centre',
    };
  },
  start: (_tx, ctx, row) => ({
    patch: {
      started_at: row.startedAt ?? ctx.now,
      ...(row.assigneeId === null && ctx.actor.kind === 'user' && { assignee_id: ctx.actor.id }),
    },
  }),
  hold: (_tx, _ctx, _row, { holdReason = 'awaiting_decision' }) => ({
    patch: { hold_reason: holdReason },
    details: { holdReason },
  }),
  resume: (_tx, _ctx, row) => ({ patch: {}, details: { heldFor: row.holdReason } }),
  async resolve(tx, ctx, row, { resultCode = 'done', resultText = '' }) {
    const processingRule = await processingRuleOf(tx, row);
    const closesAt: Moment = plusSeconds(ctx.now, processingRule.objectionDays * DAY_SECONDS);
    const hat = { kind: 'centre', id: row.centreId } as const;
    const job = outboxRow(
      ctx,
      closeDueRequestJob,
      { requestId: row.id, resolvedAt: ctx.now },
      { hat, availableAt: closesAt },
    );
    return {
      patch: { result_code: resultCode, result_text: resultText, resolved_at: ctx.now, closes_at: closesAt },
      details: { resultCode, closesAt },
      jobs: [job],
    };
  },
  'accept-result': closing,
  object: () => ({ patch: { resolved_at: null, closes_at: null, result_code: null, result_text: null } }),
  close: closing,
  cancel: () => ({ patch: {} }),
};
