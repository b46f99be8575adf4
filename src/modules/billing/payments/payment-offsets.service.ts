import { dayOf } from '../../../platform/clock.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError } from '../../../platform/errors.ts';
import { newId } from '../../../platform/ids.ts';
import { textIn } from '../../../platform/texts.ts';
import { auditAll } from '../../audit/index.ts';
import { openItemsBy } from './open-items.repo.ts';
import type { Offset, OpenItemRow } from './open-items.types.ts';
import { OFFSET_REFUSED, PAYMENT_STATEMENT_UNKNOWN } from './payments.errors.ts';
import * as repo from './payments.repo.ts';
import type { CreateOffset } from './payments.schemas.ts';

/**
 * Sets a credit off against a claim of the same member: a payment of nothing that counts for both, with sums of zero. The caller
 * holds the lock on payments. Says the id.
 * @throws DomainError PAYMENT_STATEMENT_UNKNOWN, OFFSET_REFUSED
 */
export async function offsetCredit(
  tx: HatTx,
  ctx: HatContext,
  centreId: string,
  { fromStatementId, toStatementId, amountCents }: CreateOffset,
): Promise<string> {
  const items = await openItemsBy(tx, centreId, 'id', [
    fromStatementId.toLowerCase(),
    toStatementId.toLowerCase(),
  ]);
  const from = itemOf(items, fromStatementId, '/fromStatementId');
  const to = itemOf(items, toStatementId, '/toStatementId');
  const refuse = (detail: string, pointer: string): never => {
    throw new DomainError(OFFSET_REFUSED, detail, { pointer });
  };
  if (from.organisationId !== to.organisationId)
    refuse('The documents are of two members.', '/toStatementId');
  if (-from.openCents < amountCents)
    refuse(`${from.number} has a credit of ${Math.max(-from.openCents, 0)} cents.`, '/fromStatementId');
  if (to.openCents < amountCents)
    refuse(`${Math.max(to.openCents, 0)} cents are open of ${to.number}.`, '/toStatementId');
  const [id = ''] = await insertOffsets(tx, ctx, centreId, [{ from, to, amountCents }]);
  return id;
}

/** Writes offsets that fit; says the ids of the payments. */
export async function insertOffsets(
  tx: HatTx,
  ctx: HatContext,
  centreId: string,
  offsets: readonly Offset[],
): Promise<string[]> {
  const kept = offsets.map((offset) => ({ ...offset, id: newId() }));
  const bookedOn = dayOf(ctx.now);
  await repo.insertPayments(
    tx,
    ctx,
    centreId,
    kept.map(({ id, from, to }) => ({
      id,
      organisationId: from.organisationId,
      kind: 'offset' as const,
      amountCents: 0,
      bookedOn,
      text: textIn('de', 'billing.payment.offset', { from: from.number, to: to.number }),
    })),
  );
  const side = (paymentId: string, item: OpenItemRow, amountCents: number) => ({
    id: newId(),
    organisationId: item.organisationId,
    paymentId,
    statementId: item.statementId,
    chainId: item.chainId,
    amountCents,
    basis: 'offset' as const,
  });
  await repo.insertMatches(
    tx,
    ctx,
    centreId,
    kept.flatMap(({ id, from, to, amountCents }) => [
      side(id, from, -amountCents),
      side(id, to, amountCents),
    ]),
  );
  await auditAll(
    tx,
    ctx,
    kept.map(({ id, from, to, amountCents }) => ({
      action: 'billing.payment-offset',
      entityType: 'payment',
      entityId: id,
      organisationId: from.organisationId,
      details: { from: from.number, to: to.number, amountCents },
    })),
  );
  return kept.map(({ id }) => id);
}

function itemOf(items: ReadonlyMap<string, OpenItemRow>, statementId: string, pointer: string): OpenItemRow {
  const item = items.get(statementId.toLowerCase());
  if (item !== undefined) return item;
  throw new DomainError(PAYMENT_STATEMENT_UNKNOWN, 'There is no such issued document.', { pointer });
}
