import './costing.permissions.ts';

export type { RunDetailView, RunLineView, RunView } from './allocation-runs.schemas.ts';
export { costingCalculations } from './compute.ts';
export { costingRoutes } from './costing.routes.ts';
export { type CostingService, createCostingService } from './costing.service.ts';
export {
  type RatedItem,
  type RatedPartView,
  type RatedPeriod,
  type RatedUsage,
  rateUsage,
} from './rate-usage.service.ts';
