import { dayOf, momentFromDatabase, plusDays } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { HatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { costClausesFor } from '../agreements/index.ts';
import { getServiceVersion } from '../catalogue/index.ts';
import { ACTION_NOT_POSSIBLE, findRequest, type RequestRow } from '../requests/index.ts';
import { findMeter, isWorkedOn, metersOfClauses } from './request-bookings.rules.ts';
import { USAGE_METER_REFUSED } from './usage.errors.ts';
import { acceptedOne, prepareBooked, type Recorded } from './usage.recording.ts';
import { BOOKING_SOURCE } from './usage.rules.ts';
import type { BookUsage } from './usage.schemas.ts';
import { recordSent } from './usage.sent.ts';
import { assertForm } from './usage.validation.ts';

/**
 * Records what somebody used up for a request: whose it is, of which service and under which number follows from the request.
 * @throws DomainError NOT_FOUND, ACTION_NOT_POSSIBLE, VALIDATION_FAILED, USAGE_METER_REFUSED, USAGE_KEY_RESERVED, and what `recordUsage` throws
 */
export async function bookOnRequest(
  tx: HatTx,
  ctx: HatContext,
  requestId: string,
  input: BookUsage,
): Promise<Recorded> {
  const request = await findRequest(tx, requestId);
  if (request === undefined) throw new DomainError(NOT_FOUND, 'There is no such request.');
  if (!isWorkedOn(request.status)) {
    const detail = `The request is ${request.status}; usage is booked from its acceptance on, also after it was closed.`;
    throw new DomainError(ACTION_NOT_POSSIBLE, detail);
  }
  const event = {
    ...input,
    organisationId: request.organisationId,
    serviceId: request.serviceId,
    source: BOOKING_SOURCE,
    reference: request.number,
  };
  assertForm(event);
  const unit = await unitOf(tx, request, input);
  const prepared = prepareBooked({ ...event, unit, requestId: request.id }, ctx.now);
  return acceptedOne(await recordSent(tx, ctx, [prepared]));
}

/** The unit that the service counts this meter in. Throws USAGE_METER_REFUSED where it does not count it, or in another unit. */
async function unitOf(tx: HatTx, request: RequestRow, booked: BookUsage): Promise<string> {
  const { usageRule } = await getServiceVersion(tx, request.serviceVersionId);
  const day = dayOf(momentFromDatabase(booked.occurredAt));
  const clauses = await costClausesFor(tx, request.centreId, [request.serviceId], day, plusDays(day, 1));
  const own = clauses.filter(({ organisationIds }) => organisationIds.includes(request.organisationId));
  const named = metersOfClauses(own.flatMap(({ costClause }) => costClause ?? []));
  const found = findMeter(booked, usageRule, named);
  if ('unit' in found) return found.unit;
  throw new DomainError(USAGE_METER_REFUSED, found.detail, {
    errors: [{ pointer: found.pointer, code: 'NOT_COUNTED', detail: found.reason }],
  });
}
