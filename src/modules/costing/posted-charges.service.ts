import type { HatTx } from '../../platform/db/hat.ts';
import { listRunLines } from './allocation-run-lines.repo.ts';
import * as repo from './allocation-runs.repo.ts';
import type { RunLineView } from './allocation-runs.schemas.ts';

/** What a posted run asks of the members, for those who bill it. */
export interface PostedCharges {
  readonly runId: string;
  readonly runNumber: string;
  readonly resultHash: string;
  /** Number of the run that it corrects. */
  readonly corrects: string | null;
  /** Where a correction is billed, where that is another period than the one it shares out. */
  readonly billingPeriod: { readonly id: string; readonly code: string } | null;
  /** What all members bear of a service together. */
  readonly poolCents: ReadonlyMap<string, number>;
  /** In the order of the calculation file. */
  readonly lines: readonly RunLineView[];
}

/** The posted run of a period with all its lines, under the hat of the centre; undefined while none is posted. */
export async function postedCharges(tx: HatTx, periodId: string): Promise<PostedCharges | undefined> {
  const run = await repo.findPostedRun(tx, periodId);
  if (run === undefined) return undefined;
  const { pools } = await repo.runTotals(tx, run.id, undefined);
  return {
    runId: run.id,
    runNumber: run.number,
    resultHash: run.resultHash,
    corrects: run.corrects,
    billingPeriod: run.billingPeriod,
    poolCents: new Map(pools.map(({ serviceId, amountCents }) => [serviceId, amountCents])),
    lines: await listRunLines(tx, run.id, {}),
  };
}
