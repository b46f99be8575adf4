import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { withHatTx } from '../../platform/db/hat.ts';
import { getServiceVersion, type UsageRule } from '../catalogue/index.ts';
import { atPointer, getRequestRow, type RequestRow } from '../requests/index.ts';
import { recordUsage } from './usage.recording.ts';
import { REQUEST_SOURCE } from './usage.rules.ts';

export type ClosedRequestsService = ReturnType<typeof createClosedRequestsService>;

/** What a closed request has used, by the usage rule of the service version it was filed under. */
export function createClosedRequestsService(db: Database) {
  return {
    /**
     * Counts a closed request, on the day its result came; a second call finds the first event. A request that its requester took
     * back counts nothing. Throws what `recordUsage` throws.
     */
    async record(ctx: HatContext, requestId: string): Promise<void> {
      await withHatTx(db, ctx, async (tx) => {
        const row = await getRequestRow(tx, requestId);
        if (row.status !== 'closed' || row.resolvedAt === null || row.resultCode === 'withdrawn') return;
        const { usageRule } = await getServiceVersion(tx, row.serviceVersionId);
        const { organisationId, serviceId, number } = row;
        const { meter, unit } = usageRule;
        const event = {
          source: REQUEST_SOURCE,
          idempotencyKey: row.id,
          requestId: row.id,
          reference: number,
        };
        const quantity = quantityOf(usageRule, row);
        await recordUsage(tx, ctx, [
          { ...event, organisationId, serviceId, meter, unit, quantity, occurredAt: row.resolvedAt },
        ]);
      });
    },
  };
}

function quantityOf({ quantity }: UsageRule, { formData }: RequestRow): string {
  return 'fixed' in quantity ? quantity.fixed : String(atPointer(formData, quantity.formField));
}
