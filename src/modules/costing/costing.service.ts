import type { Database } from '../../platform/db/database.ts';
import { createAllocationListsService } from './allocation-lists.service.ts';
import { createAllocationRunsService } from './allocation-runs.service.ts';
import { createBillingPeriodsService } from './billing-periods.service.ts';
import { createCostCentresService } from './cost-centres.service.ts';
import { createCostLineMappingsService } from './cost-line-mappings.service.ts';
import { createCostLinesService } from './cost-lines.service.ts';
import { createRateCardsService } from './rate-cards.service.ts';
import { createRunExplanationsService } from './run-explanations.service.ts';
import { createUncountedUsageService } from './run-uncounted-usage.service.ts';
import { createSecondaryPlansService } from './secondary-plans.service.ts';

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
