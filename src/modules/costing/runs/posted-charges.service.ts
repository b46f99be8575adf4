import type { HatTx } from '../../../platform/db/hat.ts';
import type { AllocationRunInput } from '../calculation.types.ts';
import { holdPeriods, type PeriodRow } from '../periods/billing-periods.repo.ts';
import { listRunLines } from './allocation-run-lines.repo.ts';
import * as repo from './allocation-runs.repo.ts';
import type { RunLineView } from './allocation-runs.schemas.ts';
import { type PoolSums, poolSums } from './pool-sums.rules.ts';

/** What a posted run asks of the members, for those who bill it. */
export interface PostedCharges {
  readonly runId: string;
  readonly runNumber: string;
  readonly resultHash: string;
  /** Number of the run that it corrects. */
  readonly corrects: string | null;
  /** Where a correction is billed, where that is another period than the one it shares out. */
  readonly billingPeriod: { readonly id: string; readonly code: string } | null;
  /** By service what all members bear of it together, and how that follows from its cost. */
  readonly pools: ReadonlyMap<string, PoolSums>;
  /** In the order of the calculation file. */
  readonly lines: readonly RunLineView[];
}

/** The posted run of a period with all its lines, under the hat of the centre; undefined while none is posted. */
export async function postedCharges(tx: HatTx, periodId: string): Promise<PostedCharges | undefined> {
  const run = await repo.findPostedRun(tx, periodId);
  if (run === undefined) return undefined;
  // From the calculation, for lines of runs from before do not bear it.
  const text = await repo.findCalculation(tx, run.id);
  if (text === undefined) throw new Error(`the calculation of ${run.number} is not there for this hat`);
  const input = JSON.parse(text) as AllocationRunInput;
  return {
    runId: run.id,
    runNumber: run.number,
    resultHash: run.resultHash,
    corrects: run.corrects,
    billingPeriod: run.billingPeriod,
    pools: new Map(input.pools.map((pool) => [pool.service.id, poolSums(pool)])),
    lines: await listRunLines(tx, run.id, {}),
  };
}

/** A period, and the run that counts in it. */
export interface HeldCharges {
  readonly period: PeriodRow;
  /** The posted run; null while there is none. */
  readonly runId: string | null;
}

/**
 * By id the periods and their posted runs. Until the end of the transaction no period is reopened, takes late usage or is settled, and
 * none of these runs is superseded.
 */
export async function holdCharges(
  tx: HatTx,
  periodIds: readonly string[],
): Promise<ReadonlyMap<string, HeldCharges>> {
  if (periodIds.length === 0) return new Map();
  const periods = await holdPeriods(tx, periodIds);
  const runIds = await repo.holdPostedRuns(tx, periodIds);
  return new Map(periods.map((period) => [period.id, { period, runId: runIds.get(period.id) ?? null }]));
}
