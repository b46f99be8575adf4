import type { HatContext } from '../../../platform/context.ts';
import type { HatTx } from '../../../platform/db/hat.ts';
import { DomainError, type FieldError } from '../../../platform/errors.ts';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import { newId } from '../../../platform/ids.ts';
import { sumCents } from '../../../platform/money/index.ts';
import { audit } from '../../audit/index.ts';
import { memberIdsAmong } from '../vat/vat-determinations.repo.ts';
import { matchableRange } from './matching.rules.ts';
import { openItemsBy } from './open-items.repo.ts';
import type { OpenItemRow } from './open-items.types.ts';
import {
  PAYMENT_MATCH_TOO_LARGE,
  PAYMENT_MEMBER_UNKNOWN,
  PAYMENT_STATE_REFUSED,
  PAYMENT_STATEMENT_UNKNOWN,
} from './payments.errors.ts';
import * as repo from './payments.repo.ts';
import type { CreateMatches } from './payments.schemas.ts';

type Splits = readonly { readonly statementId: string; readonly amountCents: number }[];

export async function getPaymentRow(tx: HatTx, id: string): Promise<repo.PaymentRow> {
  const row = await repo.findPayment(tx, id);
  if (row === undefined) throw new DomainError(NOT_FOUND, 'There is no such payment.');
  return row;
}

/** @throws DomainError PAYMENT_MEMBER_UNKNOWN */
export async function assertMember(tx: HatTx, centreId: string, organisationId: string): Promise<string> {
  const id = organisationId.toLowerCase();
  if ((await memberIdsAmong(tx, centreId, [id])).has(id)) return id;
  throw new DomainError(PAYMENT_MEMBER_UNKNOWN, 'The centre has no such member.', {
    pointer: '/organisationId',
  });
}

/** The same for many. @throws DomainError PAYMENT_MEMBER_UNKNOWN */
export async function assertMembers(
  tx: HatTx,
  centreId: string,
  organisationIds: readonly string[],
): Promise<void> {
  const members = await memberIdsAmong(tx, centreId, organisationIds);
  const errors = organisationIds.flatMap((id, at): FieldError[] =>
    members.has(id.toLowerCase())
      ? []
      : [{ pointer: `/organisationIds/${at}`, code: 'unknown', detail: 'is no member of the centre' }],
  );
  if (errors.length > 0)
    throw new DomainError(PAYMENT_MEMBER_UNKNOWN, 'The centre has no such member.', { errors });
}

/** A person says what a payment is for, and whose it is where nobody knew. */
export async function matchByHand(
  tx: HatTx,
  ctx: HatContext,
  id: string,
  { organisationId, matches }: CreateMatches,
): Promise<void> {
  const { centreId } = await getPaymentRow(tx, id);
  await repo.lockPayments(tx, centreId);
  const payment = await getPaymentRow(tx, id);
  assertLive(payment);
  const items = await openItemsBy(
    tx,
    centreId,
    'id',
    matches.map(({ statementId }) => statementId.toLowerCase()),
  );
  const given = organisationId === undefined ? undefined : await assertMember(tx, centreId, organisationId);
  const owner = payment.organisationId ?? given ?? [...items.values()][0]?.organisationId;
  if (owner === undefined || (given !== undefined && given !== owner)) {
    const detail =
      owner === undefined ? 'Nobody said whose the payment is.' : 'The payment is of another member.';
    throw new DomainError(PAYMENT_MEMBER_UNKNOWN, detail, { pointer: '/organisationId' });
  }
  const isUnclear = payment.unclearReason !== null && payment.clearedAt === null;
  if (isUnclear) await repo.clearPayment(tx, ctx, id, owner);
  await addMatches(tx, ctx, { ...payment, organisationId: owner }, matches, items);
  await audit(tx, ctx, {
    action: 'billing.payment-matched',
    entityType: 'payment',
    entityId: id,
    organisationId: owner,
    details: { matches, ...(isUnclear && { unclearReason: payment.unclearReason }) },
  });
}

/**
 * Matches a payment of a member, as far as documents and payment go.
 * @throws DomainError PAYMENT_STATEMENT_UNKNOWN, PAYMENT_MATCH_TOO_LARGE
 */
export async function addMatches(
  tx: HatTx,
  ctx: HatContext,
  payment: Pick<repo.PaymentRow, 'id' | 'centreId' | 'organisationId' | 'amountCents' | 'matchedCents'>,
  splits: Splits,
  items: ReadonlyMap<string, OpenItemRow>,
): Promise<void> {
  const owner = payment.organisationId as string;
  const placed = splits.map((split) => ({ ...split, item: items.get(split.statementId.toLowerCase()) }));
  const unknown = placed.flatMap(({ item }, at): FieldError[] =>
    item?.organisationId === owner
      ? []
      : [
          {
            pointer: `/matches/${at}/statementId`,
            code: 'unknown',
            detail: 'is no issued document of the member',
          },
        ],
  );
  if (unknown.length > 0) {
    throw new DomainError(PAYMENT_STATEMENT_UNKNOWN, 'The member has no such issued document.', {
      errors: unknown,
    });
  }
  assertFits(payment, placed as readonly PlacedSplit[]);
  await repo.insertMatches(
    tx,
    ctx,
    payment.centreId,
    placed.map(({ statementId, amountCents, item }) => ({
      id: newId(),
      organisationId: owner,
      paymentId: payment.id,
      statementId: statementId.toLowerCase(),
      chainId: (item as OpenItemRow).chainId,
      amountCents,
      basis: 'by_hand',
    })),
  );
}

interface PlacedSplit {
  readonly item: OpenItemRow;
  readonly amountCents: number;
}

function assertFits(
  { amountCents: paid, matchedCents }: Pick<repo.PaymentRow, 'amountCents' | 'matchedCents'>,
  splits: readonly PlacedSplit[],
): void {
  const taken = new Map<string, number>();
  const errors = splits.flatMap(({ item, amountCents }, at): FieldError[] => {
    const before = taken.get(item.chainId) ?? 0;
    taken.set(item.chainId, before + amountCents);
    const [least, most] = matchableRange(item.claimCents, item.matchedCents + before);
    const pointer = `/matches/${at}/amountCents`;
    if (amountCents === 0) return [{ pointer, code: 'zero', detail: 'is nothing' }];
    if (amountCents > 0 !== paid > 0)
      return [{ pointer, code: 'direction', detail: 'goes the other way than the payment' }];
    if (amountCents >= least && amountCents <= most) return [];
    const limit = amountCents > 0 ? most : least;
    return [
      {
        pointer,
        code: 'too_large',
        detail: `is more than the ${limit} cents that are open of ${item.number}`,
      },
    ];
  });
  const left = paid - matchedCents;
  const sum = sumCents(splits.map(({ amountCents }) => amountCents));
  if (errors.length === 0 && Math.abs(sum) > Math.abs(left)) {
    const detail = `add up to ${sum} cents, and ${left} are left of the payment`;
    errors.push({ pointer: '/matches', code: 'too_large', detail });
  }
  if (errors.length === 0) return;
  const [first] = errors;
  throw new DomainError(PAYMENT_MATCH_TOO_LARGE, `${first?.pointer} ${first?.detail}.`, { errors });
}

/** Takes a match back by its counterpart; the payment is free for something else. */
export async function releaseMatch(
  tx: HatTx,
  ctx: HatContext,
  id: string,
  matchId: string,
  reason: string,
): Promise<void> {
  const { centreId } = await getPaymentRow(tx, id);
  await repo.lockPayments(tx, centreId);
  const payment = await getPaymentRow(tx, id);
  const matches = await repo.listMatches(tx, id);
  const match = matches.find((one) => one.id === matchId.toLowerCase());
  if (match === undefined) throw new DomainError(NOT_FOUND, 'There is no such match of the payment.');
  assertLive(payment);
  const isOver = match.releasesId !== null || matches.some(({ releasesId }) => releasesId === match.id);
  if (isOver || payment.kind === 'offset') {
    const detail = isOver ? 'The match was released before.' : 'An offset is reversed as a whole.';
    throw new DomainError(PAYMENT_STATE_REFUSED, detail);
  }
  await repo.insertMatches(tx, ctx, centreId, [
    { ...counterOf(match), basis: 'by_hand', releasesId: match.id },
  ]);
  await audit(tx, ctx, {
    action: 'billing.payment-match-released',
    entityType: 'payment',
    entityId: id,
    organisationId: match.organisationId,
    details: { matchId: match.id, statementId: match.statementId, amountCents: match.amountCents, reason },
  });
}

function counterOf({ organisationId, paymentId, statementId, chainId, amountCents }: repo.MatchRow) {
  return { id: newId(), organisationId, paymentId, statementId, chainId, amountCents: -amountCents };
}

/** What was neither reversed nor is a reversal. @throws DomainError PAYMENT_STATE_REFUSED */
export function assertLive({ reversesId, reversedById }: repo.PaymentRow): void {
  if (reversesId === null && reversedById === null) return;
  const detail = reversesId === null ? 'The payment was reversed.' : 'This is a reversal.';
  throw new DomainError(PAYMENT_STATE_REFUSED, detail);
}

/** Takes a payment back whole: a counter entry, and for all that it was matched with the counterpart. Says the id. */
export async function reversePayment(
  tx: HatTx,
  ctx: HatContext,
  id: string,
  reason: string,
  bookedOn: string,
): Promise<string> {
  const { centreId } = await getPaymentRow(tx, id);
  await repo.lockPayments(tx, centreId);
  const payment = await getPaymentRow(tx, id);
  assertLive(payment);
  const matches = await repo.listMatches(tx, id);
  const reversalId = newId();
  await repo.insertPayments(tx, ctx, centreId, [
    {
      id: reversalId,
      organisationId: payment.organisationId,
      kind: 'reversal',
      amountCents: payment.amountCents === 0 ? 0 : -payment.amountCents,
      bookedOn,
      text: reason,
      reversesId: id,
    },
  ]);
  await repo.clearPayment(tx, ctx, id, null);
  const open = netByChain(matches);
  await repo.insertMatches(
    tx,
    ctx,
    centreId,
    open.map((match) => ({ ...counterOf(match), paymentId: reversalId, basis: 'reversal' })),
  );
  await audit(tx, ctx, {
    action: 'billing.payment-reversed',
    entityType: 'payment',
    entityId: id,
    ...(payment.organisationId !== null && { organisationId: payment.organisationId }),
    details: { reversalId, amountCents: payment.amountCents },
  });
  return reversalId;
}

/** What is left of the matches after those that were released, once for each document. */
function netByChain(matches: readonly repo.MatchRow[]): repo.MatchRow[] {
  const released = new Set(matches.flatMap(({ releasesId }) => releasesId ?? []));
  return matches.filter(({ id, releasesId }) => releasesId === null && !released.has(id));
}
