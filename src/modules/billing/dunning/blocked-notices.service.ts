import { type Day, dayOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { DUNNING_NOTICE_BLOCKED } from './dunning.errors.ts';
import { blocksInForce } from './dunning-blocks.repo.ts';
import { blockedUntil } from './dunning-blocks.rules.ts';
import type { NoticeRow } from './dunning-notices.repo.ts';

type Asking = Pick<NoticeRow, 'centreId' | 'organisationId' | 'items'>;

/** The last day on which something that a letter asks for is blocked; null where nothing is. */
export async function noticeBlockedUntil(
  tx: HatTx,
  { centreId, organisationId, items }: Asking,
  today: Day,
): Promise<Day | null> {
  const blocks = await blocksInForce(tx, centreId, [organisationId], today);
  const days = items.flatMap(({ chainId }) => blockedUntil(blocks, { organisationId, chainId }) ?? []);
  return days.sort().at(-1) ?? null;
}

/** @throws DomainError DUNNING_NOTICE_BLOCKED */
export async function assertNotBlocked(tx: HatTx, { now }: HatContext, notice: Asking): Promise<void> {
  const day = await noticeBlockedUntil(tx, notice, dayOf(now));
  if (day !== null)
    throw new DomainError(DUNNING_NOTICE_BLOCKED, `What it asks for is blocked until ${day}.`);
}
