import './costing.permissions.ts';

export type { RunDetailView, RunLineView, RunView } from './allocation-runs.schemas.ts';
export { costingCalculations } from './compute.ts';
export { FOUR_EYES_REQUIRED } from './costing.errors.ts';
export { costingRoutes } from './costing.routes.ts';
export { type CostingService, createCostingService } from './costing.service.ts';
export { type PostedAmount, postedAmounts } from './posted-amounts.repo.ts';
export {
  type RatedItem,
  type RatedPartView,
  type RatedPeriod,
  type RatedUsage,
  rateUsage,
} from './rate-usage.service.ts';
export { type Eyes, isSecondPerson } from './run-states.rules.ts';
