import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { textIn } from '../../../platform/texts.ts';
import type { PeriodRow } from '../../costing/index.ts';
import { listPeriodDrafts } from '../statements/statements.repo.ts';
import { SETTLEMENT_DRAFT_OPEN } from './settlements.errors.ts';
import type { OpenDraft } from './settlements.schemas.ts';

/** Documents of the period itself that wait to be issued: once it is settled, none of them could be. */
export async function openDraftsOf(
  tx: HatTx,
  { id, centreId }: Pick<PeriodRow, 'id' | 'centreId'>,
): Promise<OpenDraft[]> {
  const drafts = await listPeriodDrafts(tx, centreId, id);
  return drafts.map(({ id: statementId, memberName, kind }) => ({
    statementId,
    memberName,
    kind,
    text: textIn('de', `billing.settlement.draft.${kind}`),
  }));
}

/** @throws DomainError SETTLEMENT_DRAFT_OPEN, which names each of them */
export function assertNoDrafts({ code }: Pick<PeriodRow, 'code'>, drafts: readonly OpenDraft[]): void {
  if (drafts.length === 0) return;
  const errors = drafts.map(({ memberName, text }) => ({
    pointer: '/periodId',
    code: 'DRAFT_OPEN',
    detail: `${memberName}: ${text}`,
  }));
  throw new DomainError(
    SETTLEMENT_DRAFT_OPEN,
    `Drafts of ${code} are neither issued nor discarded: ${errors[0]?.detail}`,
    { errors },
  );
}
