import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { textIn } from '../../../platform/texts.ts';
import { type CorrectionBilled, correctionsBilledIn, type PeriodRow } from '../../costing/index.ts';
import { latestIssuedBatch } from '../statements/statement-batches.repo.ts';
import { listPeriodDrafts } from '../statements/statements.repo.ts';
import { SETTLEMENT_CORRECTION_OPEN } from './settlements.errors.ts';
import type { OpenCorrection } from './settlements.schemas.ts';

/**
 * What is missing of corrections that are billed in the period: once that is settled, none of it could be charged any more. A correction
 * is done with once a batch of its own was issued after late usage was admitted, for the run that is posted, and left nobody out.
 */
export async function openCorrectionsIn(
  tx: HatTx,
  { id, centreId }: Pick<PeriodRow, 'id' | 'centreId'>,
): Promise<OpenCorrection[]> {
  const open: OpenCorrection[] = [];
  for (const correction of await correctionsBilledIn(tx, centreId, id))
    open.push(...(await openOf(tx, centreId, correction)));
  return open;
}

async function openOf(
  tx: HatTx,
  centreId: string,
  { periodId, code: periodCode, recordedUntil, runId, isRunMissing }: CorrectionBilled,
): Promise<OpenCorrection[]> {
  const entry = (code: OpenCorrection['code'], memberName: string | null, statementId: string | null) => ({
    period: { id: periodId, code: periodCode },
    code,
    memberName,
    statementId,
    text: textIn('de', `billing.settlement.correction.${code}`),
  });
  const drafts = await listPeriodDrafts(tx, centreId, periodId);
  // Nothing drafted by hand in a settled period can be issued any more.
  const open = drafts
    .filter(({ batchId }) => batchId !== null)
    .map(({ id, memberName }) => entry('DRAFT_OPEN', memberName, id));
  if (isRunMissing) return [entry('RUN_MISSING', null, null), ...open];
  const batch = await latestIssuedBatch(tx, centreId, { periodId, runId, since: recordedUntil });
  if (batch === undefined) return [entry('BATCH_MISSING', null, null), ...open];
  const leftOut = batch.blocked.filter(({ statementId }) => statementId === null);
  return [...open, ...leftOut.map(({ memberName }) => entry('MEMBER_BLOCKED', memberName, null))];
}

/** @throws DomainError SETTLEMENT_CORRECTION_OPEN, which names each of them */
export function assertCorrected({ code }: Pick<PeriodRow, 'code'>, open: readonly OpenCorrection[]): void {
  if (open.length === 0) return;
  const errors = open.map(({ period, memberName, text, code: reason }) => ({
    pointer: '/periodId',
    code: reason,
    detail: [period.code, ...(memberName === null ? [] : [memberName]), text].join(': '),
  }));
  throw new DomainError(
    SETTLEMENT_CORRECTION_OPEN,
    `Corrections that are billed in ${code} are not done with: ${errors[0]?.detail}`,
    { errors },
  );
}
