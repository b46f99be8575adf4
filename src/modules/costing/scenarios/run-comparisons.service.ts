import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { ownCentre } from '../../../platform/http/own-centre.ts';
import { VALIDATION_FAILED } from '../../../platform/json.errors.ts';
import { sumCents } from '../../../platform/money/index.ts';
import { RUN_STATE_REFUSED } from '../costing.errors.ts';
import type { CostKind } from '../costs/cost-line.types.ts';
import type { PeriodRow } from '../periods/billing-periods.repo.ts';
import { computeRun } from '../runs/allocation-run.rules.ts';
import { getRunRow } from '../runs/allocation-run-actions.service.ts';
import { snapshotNow } from '../runs/allocation-run-creation.service.ts';
import { listRunShares } from '../runs/allocation-run-lines.repo.ts';
import type { RunRow } from '../runs/allocation-runs.repo.ts';
import { gatherFacts } from '../runs/run-facts.service.ts';
import type { RunFacts } from '../runs/run-facts.types.ts';
import { type Side, sideOf } from '../runs/run-shares.rules.ts';
import type { Scenario } from './run-assumptions.reading.ts';
import { compareShares } from './run-comparison.rules.ts';
import type { CompareRuns, RunComparison } from './run-comparisons.schemas.ts';
import { exitsOf } from './run-exits.rules.ts';
import {
  gatherScenario,
  getPeriod,
  type ScenarioQuestion,
  simulatedInput,
} from './run-simulation.service.ts';

interface Base {
  readonly run: RunRow | undefined;
  readonly period: PeriodRow;
  readonly costKind: CostKind;
  readonly clauseVersionId: string | undefined;
}

/**
 * What is and what would be, side by side. A fixed number of queries, in a transaction in which the database refuses to write.
 * @throws DomainError what a simulation throws; VALIDATION_FAILED, RUN_STATE_REFUSED
 */
export async function compareRuns(tx: HatTx, ctx: HatContext, input: CompareRuns): Promise<RunComparison> {
  await tx.sql`set transaction read only`;
  const base = await baseOf(tx, input);
  // After the run: under a hat that does not see it, it is not there.
  ownCentre(ctx, input.centreId);
  const question = await questionOf(tx, input, base);
  const { facts, scenario } = await gatherScenario(tx, question);
  const after = simulatedInput(scenario, question.clauseVersionId);
  const [before, then] = [await baseSide(tx, base, question, facts), sideOf(after)];
  return {
    base: {
      ...described(base.period, base.costKind, before),
      runId: base.run?.id ?? null,
      runNumber: base.run?.number ?? null,
      inputsChanged: base.run === undefined ? null : await hasChanged(tx, base.run, base.period),
    },
    scenario: {
      ...described(question.period, question.costKind ?? 'actual', then),
      usagePeriod: facts.usagePeriod ?? null,
      assumptions: { ...scenario.assumptions },
    },
    ...views(compareShares(before.shares, then.shares)),
    exits: exitViews(facts, scenario, after, question),
  };
}

async function baseOf(tx: HatTx, { base }: CompareRuns): Promise<Base> {
  const { runId, periodId, costKind = 'actual', clauseVersionId } = base;
  if ((runId === undefined) === (periodId === undefined))
    throw invalid('/base', 'needs runId or periodId, and not both');
  if (runId === undefined) {
    const period = await getPeriod(tx, periodId ?? '', '/base/periodId');
    return { run: undefined, period, costKind, clauseVersionId };
  }
  for (const field of ['costKind', 'clauseVersionId'] as const) {
    if (base[field] !== undefined) throw invalid(`/base/${field}`, 'is what the run says');
  }
  const run = await getRunRow(tx, runId);
  if (run.status !== 'posted') {
    throw new DomainError(
      RUN_STATE_REFUSED,
      `The run ${run.number} is ${run.status}; only what is posted is a base.`,
      {
        pointer: '/base/runId',
      },
    );
  }
  const period = await getPeriod(tx, run.periodId, '/base/runId');
  return { run, period, costKind: 'actual', clauseVersionId: run.clauseVersionId ?? undefined };
}

async function questionOf(tx: HatTx, { scenario }: CompareRuns, base: Base): Promise<ScenarioQuestion> {
  const { periodId, costKind = base.costKind, assumptions = {} } = scenario;
  const period = periodId === undefined ? base.period : await getPeriod(tx, periodId, '/scenario/periodId');
  const isSamePeriod = period.id === base.period.id;
  const clauseVersionId = scenario.clauseVersionId ?? (isSamePeriod ? base.clauseVersionId : undefined);
  return { period, costKind, clauseVersionId, assumptions, at: '/scenario/assumptions' };
}

async function baseSide(tx: HatTx, base: Base, question: ScenarioQuestion, facts: RunFacts): Promise<Side> {
  const { run, period, costKind, clauseVersionId } = base;
  if (run !== undefined) {
    const { inputHash, resultHash } = run;
    return { shares: await listRunShares(tx, run.id), inputHash, resultHash };
  }
  const isSame =
    question.period.id === period.id && question.costKind === costKind && facts.usagePeriod === undefined;
  const own = isSame ? facts : await gatherFacts(tx, period.centreId, period, { costKind });
  return sideOf(simulatedInput({ facts: own }, clauseVersionId));
}

/** A run that could not be computed any more would not be the same either. */
async function hasChanged(tx: HatTx, run: RunRow, period: PeriodRow): Promise<boolean> {
  try {
    return computeRun(await snapshotNow(tx, run, period)).inputHash !== run.inputHash;
  } catch (error) {
    if (error instanceof DomainError) return true;
    throw error;
  }
}

function described(
  { code, startsOn, endsOn }: PeriodRow,
  costKind: CostKind,
  { shares, inputHash, resultHash }: Side,
) {
  const amountCents = sumCents(shares.map((share) => share.amountCents));
  return { period: { code, startsOn, endsOn }, costKind, amountCents, inputHash, resultHash };
}

function views({ rows, members, services, totals }: ReturnType<typeof compareShares>) {
  return { rows: [...rows], members: [...members], services: [...services], totals };
}

function exitViews(
  facts: RunFacts,
  { assumptions }: Scenario,
  after: ReturnType<typeof simulatedInput>,
  { clauseVersionId }: ScenarioQuestion,
): RunComparison['exits'] {
  return exitsOf(facts, assumptions, after, clauseVersionId).map(({ leavers, others, ...exit }) => ({
    ...exit,
    leavers: leavers.map(({ tranches, ...leaver }) => ({ ...leaver, tranches: [...tranches] })),
    others: [...others],
  }));
}

function invalid(pointer: string, detail: string): DomainError {
  return new DomainError(VALIDATION_FAILED, `${pointer} ${detail}.`, {
    errors: [{ pointer, code: 'COMPARISON', detail }],
  });
}
