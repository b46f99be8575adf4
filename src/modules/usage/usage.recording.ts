import { dayOf, type Moment } from '../../platform/clock.ts';
import { groupBy } from '../../platform/collections.ts';
import type { Hat, HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError, type FieldError } from '../../platform/errors.ts';
import { hashOf } from '../../platform/hash.ts';
import { isOwnCentre } from '../../platform/http/own-centre.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { newId } from '../../platform/ids.ts';
import { type AuditEntry, auditRow } from '../audit/index.ts';
import { USAGE_KEY_REUSED, USAGE_NO_AGREEMENT } from './usage.errors.ts';
import { findByKeys, insertCovered, type NewEvent, type StoredKey } from './usage.repo.ts';
import {
  factsOf,
  findBookingReservation,
  findRefusal,
  findReservation,
  refusal,
  unitOfMeter,
} from './usage.rules.ts';
import type { UsageEventInput } from './usage.schemas.ts';
import type { Refusal, UsageFacts, UsageInput } from './usage.types.ts';
import { unitsOfEvents } from './usage.units.repo.ts';
import { findFormErrors, formRefusal, prefixed } from './usage.validation.ts';

export interface Recorded {
  /** `existing`: the same event was recorded before, and `id` is that one. */
  readonly status: 'created' | 'existing';
  readonly id: string;
  /** What will be in somebody's way later on; pointers are relative to the event. */
  readonly warnings?: FieldError[];
}

export interface Refused {
  readonly status: 'refused';
  readonly refusal: Refusal;
}
export type Outcome = Recorded | Refused;
/** An event that may be written as far as it alone tells, or why not. */
export type Prepared = NewEvent | Refused;

/**
 * Records usage in the caller's transaction, all or nothing; for other modules. The hat must be the centre's. Call it as often as you
 * like: an event with the same source, key and content counts once for ever. Content includes `occurredAt`, so take it from what
 * happened (when the request was resolved) and never from the time of the call.
 * @throws DomainError VALIDATION_FAILED, USAGE_KEY_REUSED, USAGE_NO_AGREEMENT, USAGE_IN_FUTURE, USAGE_PERSONAL_DATA, USAGE_ATTRIBUTES_TOO_LARGE
 */
export async function recordUsage(
  tx: HatTx,
  ctx: HatContext,
  inputs: readonly UsageInput[],
): Promise<Recorded[]> {
  const prepared = inputs.map((input) => checkForm(input) ?? prepare(input, ctx.now));
  return accepted(await recordEach(tx, ctx, prepared));
}

/** A quantity may come from a form that a citizen filled in: never trust it to be exact. */
function checkForm({ requestId: _requestId, ...input }: UsageInput): Refused | undefined {
  const errors = findFormErrors(input);
  return errors.length === 0 ? undefined : { status: 'refused', refusal: formRefusal(errors) };
}

/** An event that was sent to us: it names no centre but the caller's, and nothing that Verbund keeps for itself. */
export function prepareSent(input: UsageEventInput, hat: Hat, now: Moment): Prepared {
  if (input.centreId !== undefined && !isOwnCentre(hat.id, input.centreId))
    return { status: 'refused', refusal: otherCentre };
  return prepare(input, now, findReservation);
}

/** What was booked on a request: source, request and reference follow from it, the key is the caller's. */
export function prepareBooked(input: UsageInput, now: Moment): Prepared {
  return prepare(input, now, findBookingReservation);
}

const otherCentre = refusal(NOT_FOUND, 'There is no such centre.', {
  pointer: '/centreId',
  code: 'NOT_FOUND',
  detail: 'is not the centre of your hat',
});

/** In place of a hash, as long as the unit is open: hashing is a fifth of what recording an event takes. */
const OPEN = '';

/** With this unit, and the hash that follows from it. */
export function inUnit(event: NewEvent, unit: string): NewEvent {
  return { ...event, unit, bodyHash: hashWith(event, unit) };
}

/** Nothing is hashed before the rules have passed it: canonical JSON has no spelling for what they refuse. */
function prepare(input: UsageInput, now: Moment, extraRule = noRule): Prepared {
  const facts = factsOf(input);
  const found = extraRule(facts) ?? findRefusal(facts, now);
  return found === undefined
    ? {
        ...facts,
        id: newId(),
        ...(input.unit === undefined ? { bodyHash: OPEN, isUnitOpen: true } : { bodyHash: hashOf(facts) }),
      }
    : { status: 'refused', refusal: found };
}

function noRule(_facts: UsageFacts): Refusal | undefined {
  return undefined;
}

/** Writes all that may be written, in one statement however much it is, and tells what became of each. */
export async function recordEach(
  tx: HatTx,
  ctx: HatContext,
  prepared: readonly Prepared[],
): Promise<Outcome[]> {
  const events = prepared
    .filter((one) => 'bodyHash' in one)
    .map((event) => (event.bodyHash === OPEN ? inUnit(event, event.unit) : event));
  const written = events.length === 0 ? new Set<string>() : await insertCovered(tx, ctx, events);
  const rest = events.filter((event) => !written.has(event.id));
  const first = await firstEvents(tx, ctx, rest);
  const sameAsFirst = await idsOfSame(tx, rest, first);
  await auditBatch(
    tx,
    ctx,
    events.filter((event) => written.has(event.id)),
  );
  return prepared.map((one) => {
    if (!('bodyHash' in one)) return one;
    if (written.has(one.id)) return { status: 'created', id: one.id };
    return notWritten(one, first.get(keyOf(one)), sameAsFirst.has(one.id));
  });
}

/** The outcome of a single event. Throws its refusal. */
export function acceptedOne([outcome]: readonly Outcome[]): Recorded {
  if (outcome === undefined) throw new Error('an event without outcome');
  if (outcome.status !== 'refused') return outcome;
  const { problem, detail, errors } = outcome.refusal;
  throw new DomainError(problem, detail, { errors });
}

/** The outcomes when none is a refusal. Throws the first refusal, with the errors of all and pointers into the batch. */
export function accepted(outcomes: readonly Outcome[]): Recorded[] {
  const refused = outcomes.flatMap((outcome, index) =>
    outcome.status === 'refused' ? [{ index, ...outcome.refusal }] : [],
  );
  const [first] = refused;
  if (first === undefined) return outcomes as Recorded[];
  const errors = refused.flatMap((one) => prefixed(one.index, one.errors)).slice(0, 50);
  throw new DomainError(first.problem, `Event ${first.index}: ${first.detail}`, { errors });
}

async function firstEvents(tx: HatTx, { hat }: HatContext, events: readonly NewEvent[]) {
  if (events.length === 0) return new Map<string, StoredKey>();
  const stored = await findByKeys(tx, hat.id, events);
  return new Map(stored.map((row) => [keyOf(row), row]));
}

function keyOf({ source, idempotencyKey }: Pick<StoredKey, 'source' | 'idempotencyKey'>): string {
  return JSON.stringify([source, idempotencyKey]);
}

/**
 * Which events say what the first one with their key says. The unit of one that left it out followed from what was known then: the
 * same event sent again has that of the first one, whatever is known by now.
 */
async function idsOfSame(
  tx: HatTx,
  events: readonly NewEvent[],
  first: ReadonlyMap<string, StoredKey>,
): Promise<Set<string>> {
  const pairs = events.flatMap((event) => {
    const stored = first.get(keyOf(event));
    return stored === undefined ? [] : [{ event, stored }];
  });
  const open = pairs.filter(
    ({ event, stored }) => event.isUnitOpen === true && event.bodyHash !== stored.bodyHash,
  );
  const units =
    open.length === 0
      ? new Map<string, string>()
      : await unitsOfEvents(
          tx,
          open.map(({ stored }) => stored.id),
          open.map(({ event }) => dayOf(event.occurredAt)),
        );
  const same = pairs.filter(({ event, stored: { id, bodyHash } }) => {
    if (event.bodyHash === bodyHash) return true;
    // Of an event that is no longer kept only the key is left.
    return (
      event.isUnitOpen === true && hashWith(event, units.get(id) ?? unitOfMeter(event.meter)) === bodyHash
    );
  });
  return new Set(same.map(({ event }) => event.id));
}

function hashWith({ id: _, bodyHash: __, isUnitOpen: ___, ...facts }: NewEvent, unit: string): string {
  return hashOf({ ...facts, unit });
}

function notWritten(event: NewEvent, first: StoredKey | undefined, isSame: boolean): Outcome {
  if (first === undefined) return { status: 'refused', refusal: noAgreement(event) };
  if (isSame) return { status: 'existing', id: first.id };
  return { status: 'refused', refusal: keyReused(first.id) };
}

export function keyReused(firstId: string): Refusal {
  return refusal(
    USAGE_KEY_REUSED,
    `This source and key stand for the event ${firstId} with another content.`,
    {
      pointer: '/idempotencyKey',
      code: 'REUSED',
      detail: 'stands for another event',
    },
  );
}

function noAgreement({ occurredAt }: NewEvent): Refusal {
  const detail = `No agreement in force covers organisation and service on the day of ${occurredAt}.`;
  return refusal(USAGE_NO_AGREEMENT, detail, {
    pointer: '/organisationId',
    code: 'NOT_COVERED',
    detail: 'has no agreement for this service on this day',
  });
}

/** One entry for a single event; for a batch one for each organisation, since every event tells by itself who recorded it and when. */
async function auditBatch(tx: HatTx, ctx: HatContext, events: readonly NewEvent[]): Promise<void> {
  const byOrganisation = groupBy(events, (event) => event.organisationId);
  const rows = [...byOrganisation].map(([organisationId, group]) =>
    auditRow(ctx, { action: 'usage.recorded', organisationId, ...auditSubject(group) }),
  );
  if (rows.length > 0) await tx.sql`insert into audit_entries ${tx.sql(rows)}`;
}

function auditSubject(events: readonly NewEvent[]): Pick<AuditEntry, 'entityType' | 'entityId' | 'details'> {
  const [first, second] = events;
  if (first === undefined) throw new Error('an audit entry about nothing');
  if (second === undefined)
    return { entityType: 'usage-event', entityId: first.id, details: { source: first.source } };
  const ids = events.map((event) => event.id).sort();
  const details = { events: events.length, firstId: ids[0], lastId: ids.at(-1) };
  return { entityType: 'usage-batch', entityId: newId(), details };
}
