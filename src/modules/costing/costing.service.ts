import type { Database } from '../../platform/db/database.ts';
import { createCostCentresService } from './costs/cost-centres.service.ts';
import { createCostLineMappingsService } from './costs/cost-line-mappings.service.ts';
import { createCostLinesService } from './costs/cost-lines.service.ts';
import { createSecondaryPlansService } from './costs/secondary-plans.service.ts';
import { createAllocationListsService } from './keys/allocation-lists.service.ts';
import { createBillingPeriodsService } from './periods/billing-periods.service.ts';
import { createRateCardsService } from './rates/rate-cards.service.ts';
import { createAllocationRunsService } from './runs/allocation-runs.service.ts';
import { createRunExplanationsService } from './runs/run-explanations.service.ts';
import { createUncountedUsageService } from './runs/run-uncounted-usage.service.ts';

export type CostingService = ReturnType<typeof createCostingService>;

/** Cost, the periods it belongs to, the keys it is shared by, and the runs that share it. */
export function createCostingService(db: Database) {
  return {
    periods: createBillingPeriodsService(db),
    costCentres: createCostCentresService(db),
    secondaryPlans: createSecondaryPlansService(db),
    costLineMappings: createCostLineMappingsService(db),
    costLines: createCostLinesService(db),
    lists: createAllocationListsService(db),
    runExplanations: createRunExplanationsService(db),
    uncountedUsage: createUncountedUsageService(db),
    runs: createAllocationRunsService(db),
    rateCards: createRateCardsService(db),
  };
}
