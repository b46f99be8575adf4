import type { Database } from '../../platform/db/database.ts';
import { createAllocationListsService } from './allocation-lists.service.ts';
import { createAllocationRunsService } from './allocation-runs.service.ts';
import { createBillingPeriodsService } from './billing-periods.service.ts';
import { createCostLinesService } from './cost-lines.service.ts';
import { createRateCardsService } from './rate-cards.service.ts';

export type CostingService = ReturnType<typeof createCostingService>;

/** Cost, the periods it belongs to, the keys it is shared by, and the runs that share it. */
export function createCostingService(db: Database) {
  return {
    periods: createBillingPeriodsService(db),
    costLines: createCostLinesService(db),
    lists: createAllocationListsService(db),
    runs: createAllocationRunsService(db),
    rateCards: createRateCardsService(db),
  };
}
