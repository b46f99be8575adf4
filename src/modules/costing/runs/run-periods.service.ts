import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { findLateUsage } from '../../usage/index.ts';
import { PERIOD_HAS_POSTED_RUN, PERIOD_STATE_REFUSED, RUN_INPUTS_CHANGED } from '../costing.errors.ts';
import { holdPeriod, type PeriodRow } from '../periods/billing-periods.repo.ts';
import { takesCharges } from '../periods/billing-periods.rules.ts';
import { settledRefusal } from '../periods/correction-periods.service.ts';
import type { RunRow } from './allocation-runs.repo.ts';
import { findRunPeriods } from './run-periods.repo.ts';
import { type RunObstacle, type RunPeriods, runObstacle } from './run-periods.rules.ts';
import type { RunAction } from './run-states.rules.ts';

/** What the periods of runs say about their steps, by the id of the run: two queries, however many runs there are. */
export async function periodsOfRuns(
  tx: HatTx,
  runs: readonly Pick<RunRow, 'id' | 'status'>[],
): Promise<Map<string, RunPeriods>> {
  const posted = new Set(runs.filter(({ status }) => status === 'posted').map(({ id }) => id));
  const rows = await findRunPeriods(
    tx,
    runs.map(({ id }) => id),
  );
  const late = await findLateUsage(
    tx,
    rows.flatMap((row) => {
      const { runId: id, centreId, startsOn: from, endsOn: to, recordedUntil } = row;
      if (recordedUntil === null || takesCharges(row) || !posted.has(id)) return [];
      return [{ id, centreId, from, to, recordedAfter: recordedUntil }];
    }),
  );
  return new Map(rows.map((row) => [row.runId, { ...row, hasLateUsage: late.has(row.runId) }]));
}

/**
 * The period of a run whose next step it lets through; it and the one in which the run is billed stay as they are.
 * @throws DomainError PERIOD_STATE_REFUSED, PERIOD_HAS_POSTED_RUN, RUN_INPUTS_CHANGED
 */
export async function getAllowingPeriod(tx: HatTx, run: RunRow, action: RunAction): Promise<PeriodRow> {
  const period = await holdPeriod(tx, run.periodId);
  if (run.billingPeriodId !== null) await holdPeriod(tx, run.billingPeriodId);
  const periods = (await periodsOfRuns(tx, [run])).get(run.id);
  if (period === undefined || periods === undefined) throw new Error(`the run ${run.number} has no period`);
  const obstacle = runObstacle(action, run, periods);
  if (obstacle === undefined) return period;
  throw refusalOf(obstacle, run, period);
}

function refusalOf(obstacle: RunObstacle, run: RunRow, period: PeriodRow): DomainError {
  const { number, periodCode } = run;
  switch (obstacle) {
    case 'takes-no-runs':
      return settledRefusal(period);
    case 'nothing-follows':
      return new DomainError(
        PERIOD_STATE_REFUSED,
        `The period ${periodCode} is settled and has no late usage: no run could follow on ${number}.`,
      );
    case 'billed-elsewhere':
      return new DomainError(
        RUN_INPUTS_CHANGED,
        `The correction of ${periodCode} is billed in ${period.correctionBillingPeriodCode}: the run ${number} is of before.`,
      );
    case 'billed-in-settled':
      return new DomainError(
        RUN_INPUTS_CHANGED,
        `${run.billingPeriodCode}, where it is billed, is settled: the run ${number} is of before.`,
      );
    case 'not-frozen':
      return new DomainError(
        PERIOD_STATE_REFUSED,
        `The period ${periodCode} is ${period.state}; a run is posted once it is frozen.`,
      );
    case 'has-posted-run':
      return new DomainError(PERIOD_HAS_POSTED_RUN, postedRunDetail(run));
  }
}

export const postedRunDetail = ({ periodCode }: RunRow): string =>
  `Another run of the period ${periodCode} is posted.`;
