import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allocationListImportsRoutes } from './allocation-list-imports.routes.ts';
import { allocationListsRoutes } from './allocation-lists.routes.ts';
import { allocationRunsRoutes } from './allocation-runs.routes.ts';
import { billingPeriodsRoutes } from './billing-periods.routes.ts';
import { costCentresRoutes } from './cost-centres.routes.ts';
import { costLineImportsRoutes } from './cost-line-imports.routes.ts';
import { costLineMappingsRoutes } from './cost-line-mappings.routes.ts';
import { costLinesRoutes } from './cost-lines.routes.ts';
import type { CostingService } from './costing.service.ts';
import { rateCardsRoutes } from './rate-cards.routes.ts';
import { runComparisonsRoutes } from './run-comparisons.routes.ts';
import { runExplanationsRoutes } from './run-explanations.routes.ts';
import { uncountedUsageRoutes } from './run-uncounted-usage.routes.ts';
import { secondaryPlansRoutes } from './secondary-plans.routes.ts';

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
