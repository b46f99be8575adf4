import { and, desc, eq, gt, gte, inArray, lt, lte, type SQL, sql } from 'drizzle-orm';
import { OFFICE_TIME_ZONE } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import { type HatTx, planByValues } from '../../platform/db/hat.ts';
import { REQUEST_SOURCE } from './usage.rules.ts';
import type { UsageEventQuery, UsageEventView } from './usage.schemas.ts';
import { usageEvents } from './usage.table.ts';
import type { UsageFacts } from './usage.types.ts';

/** An event about to be written. */
export interface NewEvent extends UsageFacts {
  readonly id: string;
  readonly bodyHash: string;
  /** The sender left the unit to us. */
  readonly isUnitOpen?: true;
}

export interface StoredKey {
  readonly id: string;
  readonly source: string;
  readonly idempotencyKey: string;
  readonly bodyHash: string;
}

/**
 * Keeps the periods of the centre from being frozen until this transaction ends: what was frozen counts what was recorded before,
 * also what was still being written. Who is first to freeze is waited for.
 */
export async function holdFreezing(tx: HatTx, centreId: string): Promise<void> {
  await tx.sql`select app.hold_freezing(${centreId})`;
}

/**
 * Writes the events whose key is free and whose day an agreement covers, in one statement; gives the ids written. Keys are taken in
 * order, so that two batches with the same keys wait for each other and never in a circle.
 */
export async function insertCovered(
  tx: HatTx,
  { hat, actor, now }: HatContext,
  events: readonly NewEvent[],
): Promise<Set<string>> {
  const rows = [...events].sort(byKey);
  const [, written] = await Promise.all([
    holdFreezing(tx, hat.id),
    tx.sql<{ id: string }[]>`
    with recording as materialized (
      select app.recording_moment(${hat.id}, ${now}) as at
    ), sent as (
      select r.*, (r."occurredAt" at time zone ${OFFICE_TIME_ZONE})::date as day
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, "organisationId" uuid, "serviceId" uuid, source text,
        "idempotencyKey" text, "bodyHash" text, meter text, unit text, quantity numeric, "occurredAt" timestamptz, "requestId" uuid,
        reference text, attributes jsonb)
    ), covered as materialized (
      select e.*, c.agreement_version_id from sent e
      cross join lateral (
        select agreement_version_id from agreement_coverage
        where centre_id = ${hat.id} and organisation_id = e."organisationId" and service_id = e."serviceId"
          and valid_from <= e.day and (valid_to is null or valid_to > e.day)
        order by valid_from desc, agreement_version_id desc limit 1
      ) as c
    ), taken as (
      insert into usage_keys (centre_id, source, idempotency_key, event_id, body_hash)
      select ${hat.id}, source, "idempotencyKey", id, "bodyHash" from covered
      on conflict do nothing returning event_id
    )
    insert into usage_events (id, centre_id, organisation_id, service_id, agreement_version_id, source, idempotency_key, kind,
      meter, unit, quantity, occurred_at, occurred_on, request_id, reference, attributes, recorded_by, recorded_at)
    select e.id, ${hat.id}, e."organisationId", e."serviceId", e.agreement_version_id, e.source, e."idempotencyKey", 'usage',
      e.meter, e.unit, e.quantity, e."occurredAt", e.day, e."requestId", e.reference, e.attributes, ${actor.id}, recording.at
    from covered e join taken on taken.event_id = e.id cross join recording
    returning id`,
  ]);
  return new Set(written.map((row) => row.id));
}

function byKey(a: NewEvent, b: NewEvent): number {
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return a.idempotencyKey < b.idempotencyKey ? -1 : 1;
}

/** The events that hold these keys. */
export async function findByKeys(
  tx: HatTx,
  centreId: string,
  keys: readonly Pick<StoredKey, 'source' | 'idempotencyKey'>[],
): Promise<StoredKey[]> {
  const wanted = keys.map(({ source, idempotencyKey }) => ({ source, idempotencyKey }));
  return tx.sql<StoredKey[]>`
    select u.event_id as id, u.source, u.idempotency_key as "idempotencyKey", u.body_hash as "bodyHash"
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as k (source text, "idempotencyKey" text)
    join usage_keys u on u.centre_id = ${centreId} and u.source = k.source and u.idempotency_key = k."idempotencyKey"`;
}

const columns = {
  id: usageEvents.id,
  kind: usageEvents.kind,
  centreId: usageEvents.centreId,
  organisationId: usageEvents.organisationId,
  serviceId: usageEvents.serviceId,
  agreementVersionId: usageEvents.agreementVersionId,
  source: usageEvents.source,
  idempotencyKey: usageEvents.idempotencyKey,
  meter: usageEvents.meter,
  unit: usageEvents.unit,
  quantity: sql<string>`trim_scale(${usageEvents.quantity})::text`,
  occurredAt: usageEvents.occurredAt,
  occurredOn: usageEvents.occurredOn,
  requestId: usageEvents.requestId,
  reference: usageEvents.reference,
  attributes: usageEvents.attributes,
  correctsEventId: usageEvents.correctsEventId,
  reason: usageEvents.reason,
  recordedAt: usageEvents.recordedAt,
};

export async function findEvent(tx: HatTx, id: string): Promise<UsageEventView | undefined> {
  const [row] = await tx.select(columns).from(usageEvents).where(eq(usageEvents.id, id));
  return row as UsageEventView | undefined;
}

/** What row-level security says too, put so that the planner finds the index. */
export function ownRows({ hat }: HatContext): SQL {
  return hat.kind === 'centre' ? eq(usageEvents.centreId, hat.id) : eq(usageEvents.organisationId, hat.id);
}

export type EventFilter = Pick<
  Partial<UsageEventQuery>,
  | 'centreId'
  | 'organisationId'
  | 'serviceId'
  | 'requestId'
  | 'correctsEventId'
  | 'meter'
  | 'unit'
  | 'source'
  | 'from'
  | 'to'
  | 'recordedAfter'
  | 'recordedUntil'
>;

export function matching(filter: EventFilter): SQL | undefined {
  const { centreId, organisationId, serviceId, requestId, correctsEventId, from, to, recordedUntil } = filter;
  const { meter, unit, source, recordedAfter } = filter;
  return and(
    centreId === undefined ? undefined : eq(usageEvents.centreId, centreId),
    organisationId === undefined ? undefined : eq(usageEvents.organisationId, organisationId),
    serviceId === undefined ? undefined : eq(usageEvents.serviceId, serviceId),
    requestId === undefined ? undefined : eq(usageEvents.requestId, requestId),
    correctsEventId === undefined ? undefined : eq(usageEvents.correctsEventId, correctsEventId),
    from === undefined ? undefined : gte(usageEvents.occurredOn, from),
    to === undefined ? undefined : lt(usageEvents.occurredOn, to),
    meter === undefined ? undefined : inArray(usageEvents.meter, meter),
    unit === undefined ? undefined : inArray(usageEvents.unit, unit),
    source === undefined ? undefined : eq(usageEvents.source, source),
    recordedAfter === undefined ? undefined : gt(usageEvents.recordedAt, recordedAfter),
    recordedUntil === undefined ? undefined : lte(usageEvents.recordedAt, recordedUntil),
  );
}

/** Up to `limit` events, the newest day of use first, after the given day and id. */
export async function listEvents(
  tx: HatTx,
  ctx: HatContext,
  filter: EventFilter,
  after: readonly [string, string] | undefined,
  limit: number,
): Promise<UsageEventView[]> {
  // What came late is little, and found by the moment of recording, however many events its days have.
  if (filter.recordedAfter !== undefined) await planByValues(tx);
  const beyond =
    after && sql`(${usageEvents.occurredOn}, ${usageEvents.id}) < (${after[0]}::date, ${after[1]}::uuid)`;
  const rows = await tx
    .select(columns)
    .from(usageEvents)
    .where(and(ownRows(ctx), matching(filter), beyond))
    .orderBy(desc(usageEvents.occurredOn), desc(usageEvents.id))
    .limit(limit);
  return rows as UsageEventView[];
}

/** True when closing this request was recorded already; what was booked on it before does not count. */
export async function hasClosingUsage(tx: HatTx, requestId: string): Promise<boolean> {
  const rows = await tx.sql`
    select from usage_events where request_id = ${requestId} and kind = 'usage' and source = ${REQUEST_SOURCE} limit 1`;
  return rows.length === 1;
}
