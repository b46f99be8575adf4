import type { HatTx } from '../../platform/db/hat.ts';
import { usageEventsLink, usageTotalsOfServices } from '../usage/index.ts';
import { listKeysOfRun } from './allocation-run-lines.repo.ts';
import type { RunRow } from './allocation-runs.repo.ts';
import type { RunDetailView, UncountedUsage } from './allocation-runs.schemas.ts';
import { countedMeters, findUncounted } from './run-usage.rules.ts';

/**
 * Usage of the period that no key of the run counts, of services of which some key counts usage: a slip of the pen, or what the clause
 * leaves to standby on purpose. Two queries, however many services and members there are.
 */
export async function uncountedUsageOf(
  tx: HatTx,
  run: RunRow,
  pools: RunDetailView['pools'],
): Promise<UncountedUsage[]> {
  const { id, centreId, startsOn: from, endsOn: to } = run;
  const keys = await listKeysOfRun(tx, id);
  const counted = new Map(
    pools
      .map(({ serviceId }) => ({ serviceId, keys: keys.filter((key) => key.serviceId === serviceId) }))
      .map(
        ({ serviceId, keys: own }) => [serviceId, countedMeters(own.flatMap(({ parts }) => parts))] as const,
      )
      .filter(([, meters]) => meters.length > 0),
  );
  if (counted.size === 0) return [];
  // The period may have been open: then what counted is what was there.
  const days = { centreId, from, to, recordedUntil: run.recordedUntil ?? run.createdAt };
  const totals = await usageTotalsOfServices(tx, { ...days, serviceIds: [...counted.keys()] });
  const poolById = new Map(pools.map((pool) => [pool.serviceId, pool]));
  return findUncounted(totals, counted).map(({ serviceId, meter, unit, quantity, eventCount }) => ({
    serviceId,
    serviceCode: poolById.get(serviceId)?.serviceCode ?? '',
    serviceTitle: poolById.get(serviceId)?.serviceTitle ?? '',
    meter,
    unit,
    quantity,
    eventCount,
    events: usageEventsLink({ ...days, serviceId, meter, unit }),
  }));
}
