import { type Day, type Moment, millisecondsBetween, momentFromDatabase } from '../../platform/clock.ts';
import type { FieldError, Problem } from '../../platform/errors.ts';
import { findAttributeFault } from './attributes.rules.ts';
import { USAGE_IN_FUTURE, USAGE_KEY_RESERVED } from './usage.errors.ts';
import type { Refusal, UsageFacts, UsageInput } from './usage.types.ts';

/** Source of events that come from closing a request; no one else writes it. */
export const REQUEST_SOURCE = 'request';
/** Source of what somebody booked on a request while working on it. */
export const BOOKING_SOURCE = 'request-booking';
const RESERVED: Readonly<Record<string, string>> = {
  [REQUEST_SOURCE]: 'written when a request closes',
  [BOOKING_SOURCE]: 'written by POST /service-requests/{id}/usage-events',
};
/** Clocks of other systems may run ahead by this much. */
export const FUTURE_TOLERANCE_MS = 5 * 60_000;

const DEFAULT_METER = 'cases';
/** Well-known meters with the unit each is counted in. */
export const UNITS: Readonly<Record<string, string>> = {
  cases: 'case',
  minutes: 'minute',
  hours: 'hour',
  calls: 'call',
  days: 'day',
  employees: 'employee',
};
const DEFAULT_UNIT = 'piece';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const REVERSAL_PREFIX = 'reversal:';

/** Fills in defaults and spells values one way, so that equal events are equal bytes. */
export function factsOf(input: UsageInput): UsageFacts {
  const meter = input.meter ?? DEFAULT_METER;
  return {
    kind: 'usage',
    organisationId: input.organisationId.toLowerCase(),
    serviceId: input.serviceId.toLowerCase(),
    source: input.source,
    idempotencyKey: input.idempotencyKey,
    meter,
    unit: input.unit ?? unitOfMeter(meter),
    quantity: plainDecimal(input.quantity),
    occurredAt: momentFromDatabase(input.occurredAt),
    requestId: input.requestId ?? null,
    reference: input.reference ?? null,
    attributes: { ...input.attributes },
    correctsEventId: null,
    reason: null,
  };
}

export function wellKnownUnit(meter: string): string | undefined {
  return Object.hasOwn(UNITS, meter) ? UNITS[meter] : undefined;
}

export function unitOfMeter(meter: string): string {
  return wellKnownUnit(meter) ?? DEFAULT_UNIT;
}

/** The one spelling of a decimal: no superfluous zeros, no negative zero. */
export function plainDecimal(text: string): string {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)0*(\d+?)(?:\.(\d*?)0*)?$/.exec(text) ?? [];
  const digits = fraction === '' ? whole : `${whole}.${fraction}`;
  return digits === '0' ? '0' : `${sign}${digits}`;
}

export function negated(decimal: string): string {
  return plainDecimal(decimal.startsWith('-') ? decimal.slice(1) : `-${decimal}`);
}

/** Whether an event may be recorded, as far as the event alone tells. */
export function findRefusal(facts: UsageFacts, now: Moment): Refusal | undefined {
  if (millisecondsBetween(now, facts.occurredAt) > FUTURE_TOLERANCE_MS) {
    return refusal(USAGE_IN_FUTURE, `The event would have occurred at ${facts.occurredAt}; it is ${now}.`, {
      pointer: '/occurredAt',
      code: 'IN_FUTURE',
      detail: 'lies in the future',
    });
  }
  const fault = findAttributeFault(facts.attributes);
  return fault && refusal(fault.problem, `${fault.error.pointer} ${fault.error.detail}.`, fault.error);
}

/** Sources and keys that Verbund writes itself, so that nobody takes the place of an event to come. */
export function findReservation({ source, idempotencyKey }: UsageFacts): Refusal | undefined {
  if (idempotencyKey.startsWith(REVERSAL_PREFIX)) return reservedKey();
  if (!Object.hasOwn(RESERVED, source)) return undefined;
  return refusal(USAGE_KEY_RESERVED, `The source ${source} is ${RESERVED[source]}.`, {
    pointer: '/source',
    code: 'RESERVED',
    detail: 'is reserved',
  });
}

/** A booking has its source by itself, and a key of the caller. */
export function findBookingReservation({ source, idempotencyKey }: UsageFacts): Refusal | undefined {
  return findKeyReservation(source, idempotencyKey);
}

/** An adjustment shares the source of what it corrects; with source `request` ids of requests are taken. */
export function findKeyReservation(source: string, key: string): Refusal | undefined {
  const isTaken = key.startsWith(REVERSAL_PREFIX) || (source === REQUEST_SOURCE && UUID.test(key));
  return isTaken ? reservedKey() : undefined;
}

export function reversalKey(eventId: string): string {
  return `${REVERSAL_PREFIX}${eventId}`;
}

function reservedKey(): Refusal {
  return refusal(USAGE_KEY_RESERVED, 'Keys of this form are made by Verbund itself.', {
    pointer: '/idempotencyKey',
    code: 'RESERVED',
    detail: 'is reserved',
  });
}

export function refusal(problem: Problem, detail: string, error: FieldError): Refusal {
  return { problem, detail, errors: [error] };
}

/** Days of a period `YYYY`, `YYYY-MM` or `YYYY-Qn`, half-open. */
export function daysOfPeriod(period: string): { from: Day; to: Day } {
  const year = Number(period.slice(0, 4));
  const { month, length } = monthsOf(period.slice(5));
  const next = month + length;
  return { from: firstDay(year, month), to: next > 12 ? firstDay(year + 1, 1) : firstDay(year, next) };
}

function monthsOf(part: string): { month: number; length: number } {
  if (part === '') return { month: 1, length: 12 };
  if (part.startsWith('Q')) return { month: Number(part.slice(1)) * 3 - 2, length: 3 };
  return { month: Number(part), length: 1 };
}

function firstDay(year: number, month: number): Day {
  return `${year}-${String(month).padStart(2, '0')}-01`;
}
