import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { CostingService } from './costing.service.ts';
import { costCentresRoutes } from './costs/cost-centres.routes.ts';
import { costLineImportsRoutes } from './costs/cost-line-imports.routes.ts';
import { costLineMappingsRoutes } from './costs/cost-line-mappings.routes.ts';
import { costLinesRoutes } from './costs/cost-lines.routes.ts';
import { secondaryPlansRoutes } from './costs/secondary-plans.routes.ts';
import { allocationListImportsRoutes } from './keys/allocation-list-imports.routes.ts';
import { allocationListsRoutes } from './keys/allocation-lists.routes.ts';
import { billingPeriodsRoutes } from './periods/billing-periods.routes.ts';
import { rateCardsRoutes } from './rates/rate-cards.routes.ts';
import { allocationRunsRoutes } from './runs/allocation-runs.routes.ts';
import { runExplanationsRoutes } from './runs/run-explanations.routes.ts';
import { uncountedUsageRoutes } from './runs/run-uncounted-usage.routes.ts';
import { runComparisonsRoutes } from './scenarios/run-comparisons.routes.ts';

export const costingRoutes =
  (costing: CostingService): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(billingPeriodsRoutes(costing.periods));
    await app.register(costCentresRoutes(costing.costCentres));
    await app.register(secondaryPlansRoutes(costing.secondaryPlans));
    await app.register(costLineMappingsRoutes(costing.costLineMappings));
    await app.register(costLinesRoutes(costing.costLines));
    await app.register(costLineImportsRoutes(costing.costLines));
    await app.register(allocationListsRoutes(costing.lists));
    await app.register(allocationListImportsRoutes(costing.lists));
    await app.register(allocationRunsRoutes(costing.runs));
    await app.register(runComparisonsRoutes(costing.runs));
    await app.register(rateCardsRoutes(costing.rateCards));
    await app.register(runExplanationsRoutes(costing.runExplanations));
    await app.register(uncountedUsageRoutes(costing.uncountedUsage));
  };
