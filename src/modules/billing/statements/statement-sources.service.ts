import type { HatTx } from '../../../platform/db/hat.ts';
import { textIn } from '../../../platform/texts.ts';
import { type HeldCharges, holdCharges, type PeriodRow, takesCharges } from '../../costing/index.ts';
import { batchRuns } from './statement-batches.repo.ts';
import { BILLING_PERIOD_SETTLED, STATEMENT_CHARGES_CHANGED } from './statements.errors.ts';
import type { Obstacle, StatementRow } from './statements.types.ts';

/**
 * Drafts that no longer say what their period charges, by id. Until the end of the transaction the others go on saying it: superseding,
 * reopening, admitting late usage and settling come before or after.
 */
export async function outdatedAmong(
  tx: HatTx,
  drafts: readonly StatementRow[],
): Promise<ReadonlyMap<string, Obstacle[]>> {
  const held = await holdCharges(tx, [...new Set(drafts.flatMap(({ periodId }) => periodId ?? []))]);
  const runs = await batchRuns(tx, [...new Set(drafts.flatMap(({ batchId }) => batchId ?? []))]);
  const outdated = new Map<string, Obstacle[]>();
  for (const draft of drafts) {
    const charges = held.get(draft.periodId ?? '');
    if (charges === undefined) continue;
    const obstacle = obstacleOf(draft, charges, runs.get(draft.batchId ?? '') ?? null);
    if (obstacle !== undefined) outdated.set(draft.id, [obstacle]);
  }
  return outdated;
}

function obstacleOf(
  draft: StatementRow,
  { period, runId }: HeldCharges,
  ofBatch: string | null,
): Obstacle | undefined {
  if (isClosed(draft, period))
    return { problem: BILLING_PERIOD_SETTLED, detail: 'Its period is settled.', errors: [] };
  // Instalments follow from their plan, and a credit note by hand takes back what was said, right or wrong.
  if (draft.batchId === null) return undefined;
  const reason = whyOutdated(draft, period, { ofBatch, posted: runId });
  if (reason === undefined) return undefined;
  const detail = textIn('de', `billing.statement.charges-changed.${reason}`, { period: period.code });
  return { problem: STATEMENT_CHARGES_CHANGED, detail, errors: [] };
}

/**
 * In a settled period only the correction with late usage charges or takes back, while it is open: what was drafted since that was
 * admitted. Nothing is drafted by hand any more then, and what was before stays where it is.
 */
function isClosed({ createdAt }: StatementRow, period: PeriodRow): boolean {
  if (period.state !== 'settled') return false;
  return !takesCharges(period) || createdAt < (period.recordedUntil ?? '');
}

/** What a batch drafts is charged by the run it was prepared from, and priced with the usage that counted then. */
function whyOutdated(
  { createdAt }: StatementRow,
  { recordedUntil }: PeriodRow,
  runs: { readonly ofBatch: string | null; readonly posted: string | null },
): 'reopened' | 'superseded' | 'other-run' | 'usage' | undefined {
  if (recordedUntil === null) return 'reopened';
  if (runs.ofBatch !== runs.posted) return runs.posted === null ? 'superseded' : 'other-run';
  return createdAt < recordedUntil ? 'usage' : undefined;
}
