import { type Day, dayOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { enqueue } from '../../../platform/jobs/outbox.ts';
import { audit } from '../../audit/index.ts';
import { budgetShares, FOUR_EYES_REQUIRED, isSecondPerson } from '../../costing/index.ts';
import { assertUnsettled } from '../statements/settled-periods.service.ts';
import {
  INSTALMENT_BUDGET_CHANGED,
  INSTALMENT_DUE_DAYS_REFUSED,
  INSTALMENT_PERIOD_BILLED,
  INSTALMENT_PLAN_IN_FORCE,
  INSTALMENT_PLAN_MISMATCH,
  INSTALMENT_PLAN_STALE,
  INSTALMENT_PLAN_STATE_REFUSED,
} from './instalment-plans.errors.ts';
import * as repo from './instalment-plans.repo.ts';
import { issueInstalmentsJob } from './instalments.jobs.ts';
import { planHashOf } from './plan-hash.rules.ts';
import { dueDayErrors } from './plan-shares.rules.ts';
import { ISSUE_DUE, PLAN_ACTIONS } from './plan-states.rules.ts';

/** What an action says beside its name. */
export type PlanCommand =
  | { readonly action: 'submit' }
  | { readonly action: 'approve'; readonly contentHash: string }
  | { readonly action: 'reject'; readonly reason: string }
  | { readonly action: 'end'; readonly from: Day; readonly reason: string };

export async function getPlanRow(tx: HatTx, id: string): Promise<repo.PlanRow> {
  const row = await repo.findPlan(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such instalment plan.');
  return row;
}

/** Moves a plan one step, if its state, the eyes and what is signed allow it. */
export async function actOnPlan(
  tx: HatTx,
  ctx: HatContext,
  id: string,
  version: number,
  command: PlanCommand,
): Promise<void> {
  const { centreId } = await getPlanRow(tx, id);
  await repo.lockPlans(tx, centreId);
  const plan = await getPlanRow(tx, id);
  const { action } = command;
  if (plan.version !== version) throw preconditionFailed();
  assertState(plan, action);
  if (action === 'approve') await assertApprovable(tx, ctx, plan, command.contentHash);
  const replaced = action === 'approve' ? await endReplaced(tx, ctx, plan) : undefined;
  if (!(await repo.updatePlan(tx, id, version, PLAN_ACTIONS[action].to, stepOf(ctx, plan, command))))
    throw preconditionFailed();
  // What is due already does not wait for the task of the next morning.
  if (action === 'approve') await enqueue(tx, ctx, issueInstalmentsJob, { planId: id });
  const cancelled = action === 'end' ? await repo.cancelInstalments(tx, id, command.from) : undefined;
  await auditStep(tx, ctx, `billing.instalment-plan-${action}`, plan, {
    from: plan.status,
    contentHash: plan.contentHash,
    ...('reason' in command && { reason: command.reason }),
    ...(replaced !== undefined && { replaced }),
    ...(cancelled !== undefined && { cancelled }),
  });
}

/** Has what is due already issued at once: the plan was signed late, or what stood against an instalment is mended. */
export async function askForDue(tx: HatTx, ctx: HatContext, id: string): Promise<void> {
  const plan = await getPlanRow(tx, id);
  if (!ISSUE_DUE.from.includes(plan.status)) {
    throw new DomainError(
      INSTALMENT_PLAN_STATE_REFUSED,
      `The plan ${plan.number} is ${plan.status}; nothing of it is due.`,
    );
  }
  await enqueue(tx, ctx, issueInstalmentsJob, { planId: id });
  await auditStep(tx, ctx, 'billing.instalment-plan-issue-due', plan, {});
}

/** Days, hash, eyes, and that the figures it was made from still are so. */
async function assertApprovable(
  tx: HatTx,
  ctx: HatContext,
  plan: repo.PlanRow,
  contentHash: string,
): Promise<void> {
  if (!isSecondPerson({ actorId: ctx.actor.id, onBehalfOf: ctx.onBehalfOf }, plan)) {
    throw new DomainError(
      FOUR_EYES_REQUIRED,
      `This takes somebody who neither made nor submitted the plan ${plan.number}.`,
    );
  }
  if (contentHash !== plan.contentHash) {
    throw new DomainError(INSTALMENT_PLAN_MISMATCH, `The plan ${plan.number} says something else.`, {
      pointer: '/contentHash',
    });
  }
  const [late] = dueDayErrors(plan.dueOn, plan, dayOf(ctx.now));
  if (late !== undefined) throw new DomainError(INSTALMENT_DUE_DAYS_REFUSED, `${late.detail}.`);
  await assertUnsettled(tx, plan.periodId);
  if (await repo.isBilledFinally(tx, plan.centreId, plan.periodId)) {
    throw new DomainError(INSTALMENT_PERIOD_BILLED, `Final documents of ${plan.periodCode} are issued.`);
  }
  const invoiced = await repo.invoicedInPeriod(tx, plan.centreId, plan.periodId);
  const shares = await repo.listShares(tx, plan.id, {});
  if (planHashOf(plan, shares, invoiced) !== plan.contentHash) {
    throw new DomainError(INSTALMENT_PLAN_STALE, `Instalments of ${plan.periodCode} were issued meanwhile.`);
  }
  await assertBudgetUnchanged(tx, plan);
}

/** Shares the budget out once more. Amounts that a person named follow from nothing that could have changed. */
async function assertBudgetUnchanged(tx: HatTx, plan: repo.PlanRow): Promise<void> {
  const { number, periodId, periodCode, usagePeriodId, createdAt, resultHash } = plan;
  if (plan.basis !== 'budget') return;
  const refused = (cause: string, error?: DomainError) =>
    new DomainError(INSTALMENT_BUDGET_CHANGED, `${number} is void: ${cause}`, { cause: error });
  // Usage that came in since then changes nothing that somebody planned.
  const now = await budgetShares(tx, periodId, usagePeriodId ?? undefined, createdAt).catch(
    (error: unknown) => {
      if (!(error instanceof DomainError)) throw error;
      throw refused(`the budget of ${periodCode} can no longer be shared out. ${error.message}`, error);
    },
  );
  if (now.resultHash === resultHash) return;
  throw refused(
    `the budget of ${periodCode}, its keys or clauses, a name, or the usage that stands in for it changed since it was made.`,
  );
}

/** Of a period one plan is in force. What earlier ones have not issued is not asked for any more: the new one counted it in. */
async function endReplaced(tx: HatTx, ctx: HatContext, plan: repo.PlanRow): Promise<string | null> {
  const current = await repo.lockPlanInForce(tx, plan.centreId, plan.periodId);
  if (current !== undefined && current.id !== plan.replacesId) {
    throw new DomainError(INSTALMENT_PLAN_IN_FORCE, `${current.number} is in force for ${plan.periodCode}.`);
  }
  await repo.cancelOtherInstalments(tx, plan);
  if (current === undefined) return null;
  const step = endingOf(ctx, dayOf(ctx.now), plan.number);
  await repo.updatePlan(tx, current.id, current.version, 'ended', step);
  await auditStep(tx, ctx, 'billing.instalment-plan-end', current, { from: current.status, by: plan.number });
  return current.number;
}

async function auditStep(
  tx: HatTx,
  ctx: HatContext,
  action: string,
  { id, number }: repo.PlanRow,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await audit(tx, ctx, {
    action,
    entityType: 'instalment_plan',
    entityId: id,
    details: { number, ...details },
  });
}

function assertState(plan: repo.PlanRow, action: PlanCommand['action']): void {
  const { from } = PLAN_ACTIONS[action];
  if (from.includes(plan.status)) return;
  throw new DomainError(
    INSTALMENT_PLAN_STATE_REFUSED,
    `The plan ${plan.number} is ${plan.status}; ${action} needs ${from.join(' or ')}.`,
  );
}

function stepOf(ctx: HatContext, plan: repo.PlanRow, command: PlanCommand): repo.PlanStep {
  const { actor, now } = ctx;
  switch (command.action) {
    case 'submit':
      return { submitted_by: actor.id, submitted_by_name: actor.name, submitted_at: now };
    case 'approve':
      return {
        approved_by: actor.id,
        approved_by_name: actor.name,
        approved_at: now,
        approved_content_hash: plan.contentHash,
      };
    case 'reject':
      return endingOf(ctx, null, command.reason);
    case 'end':
      return endingOf(ctx, command.from, command.reason);
  }
}

function endingOf({ actor, now }: HatContext, from: Day | null, reason: string): repo.PlanStep {
  return {
    ended_from: from,
    ended_by: actor.id,
    ended_by_name: actor.name,
    ended_at: now,
    end_reason: reason,
  };
}
