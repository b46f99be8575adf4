import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { hashOf } from '../../platform/hash.ts';
import { newId } from '../../platform/ids.ts';
import { audit } from '../audit/index.ts';
import { type ChainState, insertCorrection, lockChain, readChain } from './usage.corrections.repo.ts';
import { USAGE_ALREADY_REVERSED, USAGE_CHAIN_NEGATIVE, USAGE_NOT_CORRECTABLE } from './usage.errors.ts';
import { keyReused, type Recorded } from './usage.recording.ts';
import { findByKeys } from './usage.repo.ts';
import { findKeyReservation, negated, plainDecimal, reversalKey } from './usage.rules.ts';
import type { AdjustUsage, ReverseUsage, UsageEventView } from './usage.schemas.ts';
import type { UsageFacts } from './usage.types.ts';

/**
 * Takes back an event, once: of usage all that is left of it, of an adjustment its difference.
 * @throws DomainError USAGE_NOT_CORRECTABLE, USAGE_ALREADY_REVERSED, USAGE_CHAIN_NEGATIVE
 */
export async function reverse(
  tx: HatTx,
  ctx: HatContext,
  event: UsageEventView,
  { reason }: ReverseUsage,
): Promise<Recorded> {
  if (event.kind === 'reversal')
    throw new DomainError(USAGE_NOT_CORRECTABLE, 'A reversal cannot be reversed.');
  const rootId = event.correctsEventId ?? event.id;
  await lockChain(tx, rootId);
  const delta = event.kind === 'adjustment' ? negated(event.quantity) : '0';
  const chain = await readChain(tx, rootId, event.id, delta);
  assertNotReversed(chain.isEventReversed);
  assertEnough(chain);
  assertNotReversed(chain.isRootReversed);
  const quantity = event.kind === 'adjustment' ? delta : negated(chain.balance);
  return write(tx, ctx, event, { kind: 'reversal', quantity, reason, idempotencyKey: reversalKey(event.id) });
}

/**
 * Adds a difference to usage. The same key and content again is the first adjustment.
 * @throws DomainError USAGE_NOT_CORRECTABLE, USAGE_KEY_RESERVED, USAGE_KEY_REUSED, USAGE_CHAIN_NEGATIVE, USAGE_ALREADY_REVERSED
 */
export async function adjust(
  tx: HatTx,
  ctx: HatContext,
  event: UsageEventView,
  { quantity, reason, idempotencyKey }: AdjustUsage,
): Promise<Recorded> {
  if (event.kind !== 'usage') {
    throw new DomainError(USAGE_NOT_CORRECTABLE, 'Adjust the usage itself, not one of its corrections.');
  }
  const reserved = findKeyReservation(event.source, idempotencyKey);
  if (reserved !== undefined) throw new DomainError(reserved.problem, reserved.detail, reserved);
  const correction = {
    kind: 'adjustment',
    quantity: plainDecimal(quantity),
    reason,
    idempotencyKey,
  } as const;
  await lockChain(tx, event.id);
  const first = await findFirst(tx, event, correction);
  if (first !== undefined) return first;
  const chain = await readChain(tx, event.id, event.id, correction.quantity);
  assertEnough(chain);
  assertNotReversed(chain.isRootReversed);
  return write(tx, ctx, event, correction);
}

type Correction = Pick<UsageFacts, 'kind' | 'quantity' | 'reason' | 'idempotencyKey'>;

function factsOf(event: UsageEventView, correction: Correction): UsageFacts {
  const { organisationId, serviceId, source, meter, unit, occurredAt, requestId, reference, attributes } =
    event;
  return {
    organisationId,
    serviceId,
    source,
    meter,
    unit,
    occurredAt,
    requestId,
    reference,
    attributes: attributes as Record<string, unknown>,
    ...correction,
    correctsEventId: event.id,
  };
}

async function findFirst(
  tx: HatTx,
  event: UsageEventView,
  correction: Correction,
): Promise<Recorded | undefined> {
  const facts = factsOf(event, correction);
  const [stored] = await findByKeys(tx, event.centreId, [facts]);
  if (stored === undefined) return undefined;
  if (stored.bodyHash === hashOf(facts)) return { status: 'existing', id: stored.id };
  const { problem, detail, errors } = keyReused(stored.id);
  throw new DomainError(problem, detail, { errors });
}

async function write(
  tx: HatTx,
  ctx: HatContext,
  event: UsageEventView,
  correction: Correction,
): Promise<Recorded> {
  const facts = factsOf(event, correction);
  const id = newId();
  if (!(await insertCorrection(tx, ctx, event, { ...facts, id, bodyHash: hashOf(facts) }))) {
    const first = await findFirst(tx, event, correction);
    if (first === undefined) throw new Error('the key of a correction was taken and is gone');
    return first;
  }
  await audit(tx, ctx, {
    action: correction.kind === 'reversal' ? 'usage.reversed' : 'usage.adjusted',
    entityType: 'usage-event',
    entityId: id,
    organisationId: event.organisationId,
    details: { correctsEventId: event.id, quantity: correction.quantity, reason: correction.reason },
  });
  return { status: 'created', id };
}

function assertEnough({ isNegativeAfter, balance }: ChainState): void {
  if (isNegativeAfter) throw new DomainError(USAGE_CHAIN_NEGATIVE, `Only ${balance} is left of this usage.`);
}

function assertNotReversed(isReversed: boolean): void {
  if (isReversed) throw new DomainError(USAGE_ALREADY_REVERSED, 'This usage was reversed before.');
}
