import { type Day, dayOf } from '../../platform/clock.ts';
import type { FieldError } from '../../platform/errors.ts';
import { type ClauseOfShares, metersOfClauses } from './request-bookings.rules.ts';
import type { UsageFacts } from './usage.types.ts';

/** A wording that says how the cost of services is shared; without a clause it says a price, or nothing. */
export interface ClauseOfDays {
  readonly validFrom: Day;
  readonly validTo: Day | null;
  readonly organisationIds: readonly string[];
  readonly serviceIds: readonly string[];
  readonly costClause: ClauseOfShares | null;
}

/** That the cost of the service is shared by other meters. A clause that counts no usage at all leaves nothing out. */
export function meterWarning(
  { meter, serviceId, organisationId, occurredAt }: UsageFacts,
  clauses: readonly ClauseOfDays[],
): FieldError[] {
  const day = dayOf(occurredAt);
  const own = clauses.filter(
    ({ validFrom, validTo, organisationIds, serviceIds }) =>
      validFrom <= day &&
      (validTo === null || validTo > day) &&
      serviceIds.includes(serviceId) &&
      organisationIds.includes(organisationId),
  );
  const meters = metersOfClauses(own.flatMap(({ costClause }) => costClause ?? []));
  if (meters.length === 0 || meters.includes(meter)) return [];
  const counted = [...new Set(meters)].sort().join(', ');
  const detail = `is ${meter}; the cost of this service is shared by ${counted}, and no run counts it: reverse it and record it anew with one of these, or leave it if it is meant`;
  return [{ pointer: '/meter', code: 'METER_NOT_COUNTED', detail }];
}

/** Half-open days of which usage counts no more by itself. */
export interface FrozenDays {
  readonly code: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
}

/** That an event came too late for its period. */
export function lateWarning(
  { occurredAt }: Pick<UsageFacts, 'occurredAt'>,
  frozen: readonly FrozenDays[],
): FieldError[] {
  const day = dayOf(occurredAt);
  const period = frozen.find(({ startsOn, endsOn }) => startsOn <= day && day < endsOn);
  if (period === undefined) return [];
  const detail = `lies in ${period.code}, which is frozen: the event is late and counts once it is admitted`;
  return [{ pointer: '/occurredAt', code: 'LATE', detail }];
}
