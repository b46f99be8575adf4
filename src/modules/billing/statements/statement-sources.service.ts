import type { HatTx } from '../../../platform/db/hat.ts';
import { textIn } from '../../../platform/texts.ts';
import { type HeldCharges, holdCharges, type PeriodRow, takesCharges } from '../../costing/index.ts';
import { type BatchSource, batchSources } from './statement-batches.repo.ts';
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
  const sources = await batchSources(tx, [...new Set(drafts.flatMap(({ batchId }) => batchId ?? []))]);
  const outdated = new Map<string, Obstacle[]>();
  for (const draft of drafts) {
    const charges = held.get(draft.periodId ?? '');
    if (charges === undefined) continue;
    const obstacle = obstacleOf(charges, sources.get(draft.batchId ?? ''));
    if (obstacle !== undefined) outdated.set(draft.id, [obstacle]);
  }
  return outdated;
}

/** `source`: of what a batch drafted. Instalments follow from their plan, and a credit note by hand takes back what was said, right or wrong. */
function obstacleOf(charges: HeldCharges, source: BatchSource | undefined): Obstacle | undefined {
  const { period } = charges;
  if (isClosed(period, source))
    return { problem: BILLING_PERIOD_SETTLED, detail: 'Its period is settled.', errors: [] };
  if (source === undefined) return undefined;
  const reason = whyOutdated(charges, source);
  if (reason === undefined) return undefined;
  const detail = textIn('de', `billing.statement.charges-changed.${reason}`, { period: period.code });
  return { problem: STATEMENT_CHARGES_CHANGED, detail, errors: [] };
}

/**
 * In a settled period only the correction with late usage charges or takes back, while it is open: what was drafted by a batch that
 * counted that usage. Nothing is drafted by hand any more then, and what was before stays where it is.
 */
function isClosed(period: PeriodRow, source: BatchSource | undefined): boolean {
  if (period.state !== 'settled') return false;
  return !takesCharges(period) || source?.recordedUntil !== period.recordedUntil;
}

/**
 * What a batch drafts is charged by the run it was prepared from, and priced with the usage that counted then. Moments of different
 * requests say nothing of who came first, so what the batch counted is compared with what the period counts.
 */
function whyOutdated(
  { period: { recordedUntil }, runId }: HeldCharges,
  source: BatchSource,
): 'reopened' | 'superseded' | 'other-run' | 'usage' | undefined {
  if (recordedUntil === null) return 'reopened';
  if (source.runId !== runId) return runId === null ? 'superseded' : 'other-run';
  return source.recordedUntil === recordedUntil ? undefined : 'usage';
}
