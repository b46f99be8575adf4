import type { Moment } from '../../platform/clock.ts';
import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { getServiceVersion, type UsageRule } from '../catalogue/index.ts';
import { atPointer, findRequest, type RequestRow } from '../requests/index.ts';
import { USAGE_NO_AGREEMENT } from './usage.errors.ts';
import { recordUsage } from './usage.recording.ts';
import { hasClosingUsage } from './usage.repo.ts';
import { REQUEST_SOURCE } from './usage.rules.ts';

export type ClosedRequestsService = ReturnType<typeof createClosedRequestsService>;

/** What closing a request uses, by the rule of the service version it is pinned to. */
export function createClosedRequestsService(db: Database) {
  return {
    /** Records one event for a closed request, however often it is called: the request's id is the event's key. */
    async record(ctx: HatContext, requestId: string): Promise<void> {
      await withHatTx(db, ctx, async (tx) => {
        const request = await findRequest(tx, requestId);
        if (request?.status !== 'closed' || (await hasClosingUsage(tx, requestId))) return;
        const { usageRule } = await getServiceVersion(tx, request.serviceVersionId);
        await recordFor(tx, ctx, request, usageRule);
      });
    },
  };
}

/** The service was rendered when the result was there; work under an agreement that ended meanwhile counts on the day it was ordered. */
async function recordFor(tx: HatTx, ctx: HatContext, request: RequestRow, rule: UsageRule): Promise<void> {
  const at = (occurredAt: Moment) => ({
    organisationId: request.organisationId,
    serviceId: request.serviceId,
    source: REQUEST_SOURCE,
    idempotencyKey: request.id,
    meter: rule.meter,
    unit: rule.unit,
    quantity: quantityOf(rule, request.formData),
    occurredAt,
    reference: request.number,
    requestId: request.id,
  });
  const { resolvedAt, submittedAt, createdAt } = request;
  try {
    await recordUsage(tx, ctx, [at(resolvedAt ?? createdAt)]);
  } catch (error) {
    if (!(error instanceof DomainError) || error.problem !== USAGE_NO_AGREEMENT) throw error;
    await recordUsage(tx, ctx, [at(submittedAt ?? createdAt)]);
  }
}

function quantityOf({ quantity }: UsageRule, formData: unknown): string {
  if ('fixed' in quantity) return quantity.fixed;
  const value = atPointer(formData, quantity.formField);
  return typeof value === 'number' ? plainDecimal(value) : String(value);
}

/** A JSON number as the six decimals that a quantity has, never as `1e-7`. */
function plainDecimal(value: number): string {
  return value.toFixed(6).replace(/\.?0+$/, '');
}
