import { groupBy } from '../../../platform/collections.ts';
import type { HatContext } from '../../../platform/context.ts';
import type { Database } from '../../../platform/db/database.ts';
import { type HatTx, withHatTx } from '../../../platform/db/hat.ts';
import { usageEventsLink, usageTotalsOfMeters } from '../../usage/index.ts';
import { findPeriod } from '../periods/billing-periods.repo.ts';
import { getRunRow } from './allocation-run-actions.service.ts';
import { listKeysOfRun } from './allocation-run-lines.repo.ts';
import type { UncountedUsage } from './run-uncounted-usage.schemas.ts';
import { countedMeters, findUncounted } from './run-usage.rules.ts';

export type UncountedUsageService = ReturnType<typeof createUncountedUsageService>;

/** What a slip of the pen, or a clause that leaves it to standby on purpose, keeps from being counted. */
export function createUncountedUsageService(db: Database) {
  return {
    list: (ctx: HatContext, id: string): Promise<UncountedUsage> =>
      withHatTx(db, ctx, (tx) => uncountedUsage(tx, id)),
  };
}

/**
 * The sums are those of the roll-ups. Of an open period they are of today and not of the moment at which the run was computed: what was
 * recorded since may be nearly all events of the period, and would have to be taken off one by one.
 */
async function uncountedUsage(tx: HatTx, id: string): Promise<UncountedUsage> {
  const { centreId, periodId, startsOn: from, endsOn: to, ...run } = await getRunRow(tx, id);
  const recordedUntil = run.recordedUntil ?? (await findPeriod(tx, periodId))?.recordedUntil ?? null;
  const keys = groupBy(await listKeysOfRun(tx, id), ({ serviceId }) => serviceId);
  const counted = new Map(
    [...keys]
      .map(([serviceId, own]) => [serviceId, countedMeters(own.flatMap(({ parts }) => parts))] as const)
      .filter(([, meters]) => meters.length > 0),
  );
  const days = { centreId, from, to, ...(recordedUntil !== null && { recordedUntil }) };
  const totals =
    counted.size === 0 ? [] : await usageTotalsOfMeters(tx, { ...days, serviceIds: [...counted.keys()] });
  const items = findUncounted(totals, counted).map(({ serviceId, meter, unit, quantity, eventCount }) => {
    const [service] = keys.get(serviceId) ?? [];
    return {
      serviceId,
      serviceCode: service?.serviceCode ?? '',
      serviceTitle: service?.serviceTitle ?? '',
      meter,
      unit,
      quantity,
      eventCount,
      events: usageEventsLink({ ...days, serviceId, meter, unit }),
    };
  });
  return { recordedUntil, items };
}
