import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { formatCents } from '../../../platform/money/index.ts';
import { textIn } from '../../../platform/texts.ts';
import { correctionsBilledIn, type PeriodRow } from '../../costing/index.ts';
import { listPeriodDrafts } from '../statements/statements.repo.ts';
import { chargeGapsOf } from './charge-gaps.service.ts';
import { SETTLEMENT_CORRECTION_OPEN } from './settlements.errors.ts';
import type { OpenCorrection } from './settlements.schemas.ts';

/**
 * What is missing of corrections that are billed in the period: once that is settled, none of it could be charged any more. A correction
 * is done with once the corrected period has no gap, by the comparison that it is settled by itself, and no draft waits.
 */
export async function openCorrectionsIn(
  tx: HatTx,
  { id, centreId }: Pick<PeriodRow, 'id' | 'centreId'>,
): Promise<OpenCorrection[]> {
  const open: OpenCorrection[] = [];
  for (const corrected of await correctionsBilledIn(tx, centreId, id))
    open.push(...(await openOf(tx, corrected)));
  return open;
}

async function openOf(tx: HatTx, corrected: PeriodRow): Promise<OpenCorrection[]> {
  const { id, code: periodCode, centreId } = corrected;
  const period = { id, code: periodCode };
  const drafts = (await listPeriodDrafts(tx, centreId, id))
    .filter(({ batchId }) => batchId !== null) // Nothing drafted by hand in a settled period can be issued any more.
    .map(({ id: statementId, memberName }) => ({ statementId, memberName, code: 'DRAFT_OPEN' as const }));
  const gaps = (await chargeGapsOf(tx, corrected)).map(({ code, memberName, differenceCents, errors }) => {
    const difference = formatCents(differenceCents ?? 0, 'de');
    const text = textIn('de', `billing.settlement.gap.${code}`, { difference });
    return {
      period,
      code,
      memberName,
      statementId: null,
      text,
      errors: errors.map((error) => ({ ...error })),
    };
  });
  return [
    ...gaps,
    ...drafts.map((draft) => ({
      period,
      ...draft,
      text: textIn('de', 'billing.settlement.correction.DRAFT_OPEN'),
      errors: [],
    })),
  ];
}

/** @throws DomainError SETTLEMENT_CORRECTION_OPEN, which names each of them */
export function assertCorrected({ code }: Pick<PeriodRow, 'code'>, open: readonly OpenCorrection[]): void {
  if (open.length === 0) return;
  const errors = open.map(({ period, memberName, text, code: reason, errors: reasons }) => ({
    pointer: '/periodId',
    code: reason,
    detail: [
      [period.code, ...(memberName === null ? [] : [memberName]), text].join(': '),
      ...reasons.map(({ detail }) => detail),
    ].join(' '),
  }));
  throw new DomainError(
    SETTLEMENT_CORRECTION_OPEN,
    `Corrections that are billed in ${code} are not done with: ${errors[0]?.detail}`,
    { errors },
  );
}
