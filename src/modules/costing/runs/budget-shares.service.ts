import type { Moment } from '../../../platform/clock.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import type { PeriodRow } from '../periods/billing-periods.repo.ts';
import { getHeldPeriod } from '../periods/correction-periods.service.ts';
import { gatherScenario, simulatedInput } from '../scenarios/run-simulation.service.ts';
import { computeRun } from './allocation-run.rules.ts';
import { type DerivedLine, derivedLines } from './run-lines.rules.ts';

export interface BudgetShares {
  readonly period: PeriodRow;
  /** Of the simulation, as `POST /allocation-runs` with `simulate` and `costKind: "budget"` gives it. */
  readonly resultHash: string;
  /** What each member bears of a service by the plan, and how that follows from the budget. */
  readonly shares: readonly DerivedLine[];
}

/**
 * The budget of a period, shared out as a run would share actual cost: same clauses, same keys, same code. What is used is not
 * known yet: the usage of an earlier period can stand in for it, as far as it was recorded by a moment. Nothing is stored; the period stays as it is until the end of the
 * transaction.
 * @throws DomainError PERIOD_UNKNOWN, ASSUMPTION_REFUSED, RUN_WITHOUT_COST, and what a run throws
 */
export async function budgetShares(
  tx: HatTx,
  periodId: string,
  usagePeriodId: string | undefined,
  usageUntil: Moment,
): Promise<BudgetShares> {
  const period = await getHeldPeriod(tx, periodId);
  const { scenario } = await gatherScenario(tx, {
    period,
    costKind: 'budget',
    clauseVersionId: undefined,
    assumptions: usagePeriodId === undefined ? {} : { usagePeriodId },
    usageUntil,
    at: '',
  });
  const snapshot = simulatedInput(scenario, undefined);
  const { lines, resultHash } = computeRun(snapshot);
  return { period, resultHash, shares: derivedLines(snapshot, lines) };
}
