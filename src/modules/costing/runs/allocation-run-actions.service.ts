import type { Moment } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { mapConstraints } from '../../../platform/db/postgres-errors.ts';
import { DomainError } from '../../../platform/errors.ts';
import { preconditionFailed } from '../../../platform/http/etags.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { audit } from '../../audit/index.ts';
import {
  FOUR_EYES_REQUIRED,
  PERIOD_HAS_POSTED_RUN,
  RUN_APPROVAL_MISMATCH,
  RUN_INPUTS_CHANGED,
  RUN_STATE_REFUSED,
} from '../costing.errors.ts';
import type { PeriodRow } from '../periods/billing-periods.repo.ts';
import { computeRun } from './allocation-run.rules.ts';
import { snapshotNow } from './allocation-run-creation.service.ts';
import * as repo from './allocation-runs.repo.ts';
import { getAllowingPeriod, postedRunDetail } from './run-periods.service.ts';
import { isSecondPerson, RUN_ACTIONS, type RunAction } from './run-states.rules.ts';

/** What an action says beside its name. */
export type RunCommand =
  | { readonly action: 'submit' | 'post' }
  | { readonly action: 'approve'; readonly resultHash: string }
  | { readonly action: 'reject' | 'supersede'; readonly reason: string };

/** Moves a run one step, if its state, the eyes and what is signed allow it. */
export async function actOnRun(
  tx: HatTx,
  ctx: HatContext,
  id: string,
  version: number,
  command: RunCommand,
): Promise<void> {
  const run = await getRunRow(tx, id);
  if (run.version !== version) throw preconditionFailed();
  assertState(run, command.action);
  if (command.action === 'approve') assertApproval(ctx, run, command.resultHash);
  const period = await getAllowingPeriod(tx, run, command.action);
  const counted = command.action === 'post' ? { recorded_until: await assertStillTrue(tx, run, period) } : {};
  const moved = await mapConstraints(
    {
      allocation_runs_posted_key: { problem: PERIOD_HAS_POSTED_RUN, detail: postedRunDetail(run) },
    },
    () =>
      repo.updateRun(tx, id, version, RUN_ACTIONS[command.action].to, {
        ...stepOf(ctx, run, command),
        ...counted,
      }),
  );
  if (!moved) throw preconditionFailed();
  await audit(tx, ctx, {
    action: `costing.run-${command.action}`,
    entityType: 'allocation_run',
    entityId: id,
    details: {
      number: run.number,
      from: run.status,
      resultHash: run.resultHash,
      ...('reason' in command && { reason: command.reason }),
    },
  });
}

export async function getRunRow(tx: HatTx, id: string): Promise<repo.RunRow> {
  const run = await repo.findRun(tx, id);
  if (run === undefined) throw new DomainError(NOT_FOUND, 'There is no such allocation run.');
  return run;
}

function assertState(run: repo.RunRow, action: RunAction): void {
  const { from } = RUN_ACTIONS[action];
  if (from.includes(run.status)) return;
  throw new DomainError(
    RUN_STATE_REFUSED,
    `The run ${run.number} is ${run.status}; ${action} needs ${from.join(' or ')}.`,
  );
}

function assertApproval(ctx: HatContext, run: repo.RunRow, resultHash: string): void {
  if (!isSecondPerson({ actorId: ctx.actor.id, onBehalfOf: ctx.onBehalfOf }, run)) {
    throw new DomainError(
      FOUR_EYES_REQUIRED,
      `The run ${run.number} has to be approved by somebody who neither created nor submitted it.`,
    );
  }
  if (resultHash === run.resultHash) return;
  throw new DomainError(RUN_APPROVAL_MISMATCH, `The run ${run.number} has another result.`, {
    pointer: '/resultHash',
  });
}

/** What was approved must be what the books say now. Says until when usage counts in it. */
async function assertStillTrue(tx: HatTx, run: repo.RunRow, period: PeriodRow): Promise<Moment> {
  const { recordedUntil } = period;
  if (recordedUntil === null)
    throw new Error(`the run ${run.number} would be posted before its period is frozen`);
  const { inputHash } = computeRun(await snapshotNow(tx, run, period));
  if (inputHash === run.inputHash && run.approvedResultHash === run.resultHash) return recordedUntil;
  throw new DomainError(
    RUN_INPUTS_CHANGED,
    `The inputs of the run ${run.number} have changed since it was computed; its approval is void.`,
  );
}

function stepOf(ctx: HatContext, run: repo.RunRow, command: RunCommand): repo.RunStep {
  const { actor, now } = ctx;
  switch (command.action) {
    case 'submit':
      return { submitted_by: actor.id, submitted_by_name: actor.name, submitted_at: now };
    case 'approve':
      return {
        approved_by: actor.id,
        approved_by_name: actor.name,
        approved_at: now,
        approved_result_hash: run.resultHash,
      };
    case 'post':
      return { posted_by: actor.id, posted_by_name: actor.name, posted_at: now };
    case 'reject':
    case 'supersede':
      return { ended_by: actor.id, ended_by_name: actor.name, ended_at: now, end_reason: command.reason };
  }
}
