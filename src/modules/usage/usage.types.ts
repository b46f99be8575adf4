import type { Moment } from '../../platform/clock.ts';
import type { FieldError, Problem } from '../../platform/errors.ts';

/** Why an event is not taken. Pointers are relative to the event. */
export interface Refusal {
  readonly problem: Problem;
  readonly detail: string;
  readonly errors: readonly FieldError[];
}

/** An event to record, as `UsageEventInput` has it. Modules may name the request it belongs to; callers of the API may not. */
export interface UsageInput {
  readonly organisationId: string;
  readonly serviceId: string;
  readonly source: string;
  readonly idempotencyKey: string;
  readonly meter?: string;
  readonly unit?: string;
  /** Exact decimal of zero or more, up to 18 digits before and 6 behind the point. */
  readonly quantity: string;
  /** RFC 3339, any offset. */
  readonly occurredAt: string;
  readonly reference?: string;
  readonly attributes?: object;
  readonly requestId?: string;
}

/** The facts of an event: what its body hash covers, all of it read back from its row. */
export interface UsageFacts {
  readonly kind: 'usage' | 'reversal' | 'adjustment';
  readonly organisationId: string;
  readonly serviceId: string;
  readonly source: string;
  readonly idempotencyKey: string;
  readonly meter: string;
  readonly unit: string;
  readonly quantity: string;
  readonly occurredAt: Moment;
  readonly requestId: string | null;
  readonly reference: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly correctsEventId: string | null;
  readonly reason: string | null;
}
