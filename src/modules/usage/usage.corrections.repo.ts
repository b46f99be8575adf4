import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { holdFreezing, type NewEvent } from './usage.repo.ts';
import type { UsageEventView } from './usage.schemas.ts';

/**
 * Waits until no other transaction corrects this chain. A row lock would need the right to update, which nobody has on events; the
 * lock ends with the transaction.
 */
export async function lockChain(tx: HatTx, rootId: string): Promise<void> {
  await tx.sql`select pg_advisory_xact_lock(hashtextextended('usage-chain ' || ${rootId}, 0))`;
}

export interface ChainState {
  /** Sum over the event and all its corrections, exact. */
  readonly balance: string;
  /** What the balance would be, and whether that is below zero. */
  readonly isNegativeAfter: boolean;
  /** Whether the root, and the event in question, have been reversed. */
  readonly isRootReversed: boolean;
  readonly isEventReversed: boolean;
}

/** The chain of a root: its corrections, and the reversals of its adjustments. Call under `lockChain`. */
export async function readChain(
  tx: HatTx,
  rootId: string,
  eventId: string,
  delta: string,
): Promise<ChainState> {
  const [state] = await tx.sql<ChainState[]>`
    with members as (
      select id, kind, quantity, corrects_event_id from usage_events where id = ${rootId} or corrects_event_id = ${rootId}
    ), chain as (
      select kind, quantity, corrects_event_id from members
      union all
      select u.kind, u.quantity, u.corrects_event_id from usage_events u
      join members m on m.kind = 'adjustment' and u.corrects_event_id = m.id
    )
    select trim_scale(sum(quantity))::text as "balance", sum(quantity) + ${delta}::numeric < 0 as "isNegativeAfter",
      coalesce(bool_or(kind = 'reversal' and corrects_event_id = ${rootId}), false) as "isRootReversed",
      coalesce(bool_or(kind = 'reversal' and corrects_event_id = ${eventId}), false) as "isEventReversed"
    from chain`;
  if (state === undefined) throw new Error('a chain without an event');
  return state;
}

/** Writes a correction: parties, agreement and time of use are those of the event it corrects. False when the key is taken. */
export async function insertCorrection(
  tx: HatTx,
  { actor, now }: HatContext,
  corrected: UsageEventView,
  event: NewEvent,
): Promise<boolean> {
  await holdFreezing(tx, corrected.centreId);
  const result = await tx.sql`
    with taken as (
      insert into usage_keys (centre_id, source, idempotency_key, event_id, body_hash)
      values (${corrected.centreId}, ${event.source}, ${event.idempotencyKey}, ${event.id}, ${event.bodyHash})
      on conflict do nothing returning event_id
    )
    insert into usage_events (id, centre_id, organisation_id, service_id, agreement_version_id, source, idempotency_key, kind,
      meter, unit, quantity, occurred_at, occurred_on, request_id, reference, attributes, corrects_event_id, reason, recorded_by,
      recorded_at)
    select event_id, ${corrected.centreId}, ${event.organisationId}, ${event.serviceId}, ${corrected.agreementVersionId},
      ${event.source}, ${event.idempotencyKey}, ${event.kind}, ${event.meter}, ${event.unit}, ${event.quantity},
      ${event.occurredAt}, ${corrected.occurredOn}, ${event.requestId},
      ${event.reference}, ${JSON.stringify(event.attributes)}::jsonb, ${event.correctsEventId}, ${event.reason}, ${actor.id},
      app.recording_moment(${corrected.centreId}, ${now})
    from taken`;
  return result.count === 1;
}
