import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { mapConstraints } from '../../../platform/db/postgres-errors.ts';
import { DomainError } from '../../../platform/errors.ts';
import { newId } from '../../../platform/ids.ts';
import { audit } from '../../audit/index.ts';
import type { AllocationRunInput } from '../calculation.types.ts';
import { COST_CLAUSE_AMBIGUOUS, PERIOD_HAS_POSTED_RUN, RUN_SIMULATION_ONLY } from '../costing.errors.ts';
import { hasPostedRun, type PeriodRow } from '../periods/billing-periods.repo.ts';
import { assertTakesRuns, correctionBilledIn, getHeldPeriod } from '../periods/correction-periods.service.ts';
import { computeRun } from './allocation-run.rules.ts';
import { insertRunLines } from './allocation-run-lines.repo.ts';
import * as repo from './allocation-runs.repo.ts';
import type { CreateRun } from './allocation-runs.schemas.ts';
import { gatherFacts } from './run-facts.service.ts';
import { derivedLines } from './run-lines.rules.ts';
import { toRunInput } from './run-snapshot.rules.ts';

/** Computes a run of a period from what the database holds now and stores it as a draft; says its id. */
export async function createRun(tx: HatTx, ctx: HatContext, input: CreateRun): Promise<string> {
  if (input.costKind === 'budget') {
    throw new DomainError(RUN_SIMULATION_ONLY, 'A budget is simulated and never shared out.', {
      pointer: '/costKind',
    });
  }
  if (input.assumptions !== undefined) {
    throw new DomainError(RUN_SIMULATION_ONLY, 'A run shares out what is; what is assumed is simulated.', {
      pointer: '/assumptions',
    });
  }
  const period = await getHeldPeriod(tx, input.periodId);
  assertTakesRuns(period);
  if (await hasPostedRun(tx, period.id)) {
    throw new DomainError(PERIOD_HAS_POSTED_RUN, `A run of the period ${period.code} is posted.`, {
      pointer: '/periodId',
    });
  }
  const { centreId } = period;
  const facts = await gatherFacts(tx, centreId, period);
  const number = await repo.nextRunNumber(tx, facts.centre, period.startsOn.slice(0, 4));
  const superseded = await repo.findSuperseded(tx, period.id);
  const billingPeriod = await correctionBilledIn(tx, period, input.billingPeriodId, superseded);
  const snapshot = toRunInput(facts, identityOf(number, superseded, input.clauseVersionId));
  const { lines, totals, inputHash, resultHash } = computeRun(snapshot);
  const id = newId();
  const derived = derivedLines(snapshot, lines);
  await withKnownClause(() =>
    repo.insertRun(tx, ctx, {
      id,
      centreId,
      period,
      number,
      algorithm: snapshot.algorithm,
      inputHash,
      resultHash,
      clauseVersionId: input.clauseVersionId ?? null,
      correctsRunId: superseded?.id ?? null,
      billingPeriod,
      // Who only the corrected run had is given back what it bore.
      memberIds: [
        ...new Set([...derived.map((line) => line.organisationId), ...(superseded?.memberIds ?? [])]),
      ],
      amountCents: totals.amountCents,
      lineCount: lines.length,
      input: JSON.stringify(snapshot),
    }),
  );
  await insertRunLines(tx, { id, centreId }, derived);
  await audit(tx, ctx, {
    action: 'costing.run-created',
    entityType: 'allocation_run',
    entityId: id,
    details: { number, period: period.code, amountCents: totals.amountCents, inputHash, resultHash },
  });
  return id;
}

/** The snapshot that the run would have if it were computed now. */
export async function snapshotNow(
  tx: HatTx,
  run: repo.RunRow,
  period: PeriodRow,
): Promise<AllocationRunInput> {
  const corrects = run.correctsRunId === null ? undefined : await repo.findRun(tx, run.correctsRunId);
  const facts = await gatherFacts(tx, run.centreId, period);
  return toRunInput(facts, identityOf(run.number, corrects, run.clauseVersionId ?? undefined));
}

export function identityOf(
  runNumber: string,
  corrected: { readonly number: string; readonly resultHash: string } | undefined,
  clauseVersionId: string | undefined,
) {
  return {
    runNumber,
    ...(corrected !== undefined && {
      corrects: { runNumber: corrected.number, resultHash: corrected.resultHash },
    }),
    ...(clauseVersionId !== undefined && { clauseVersionId }),
  };
}

function withKnownClause<T>(work: () => Promise<T>): Promise<T> {
  const detail = 'There is no such agreement version.';
  return mapConstraints(
    {
      allocation_runs_clause_fkey: {
        problem: COST_CLAUSE_AMBIGUOUS,
        detail,
        errors: [{ pointer: '/clauseVersionId', code: 'unknown', detail }],
      },
    },
    work,
  );
}
