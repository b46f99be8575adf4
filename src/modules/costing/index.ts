import './costing.permissions.ts';

export { COMPUTING_REFUSALS } from './allocation-run-actions.routes.ts';
export type { RunDetailView, RunLineView, RunView } from './allocation-runs.schemas.ts';
export { findPeriod, type PeriodRow } from './billing-periods.repo.ts';
export { takesCharges } from './billing-periods.rules.ts';
export { getLockedPeriod, settlePeriod } from './billing-periods.service.ts';
export { type BudgetShares, budgetShares } from './budget-shares.service.ts';
export { COST_CENTRE_UNKNOWN } from './calculations.errors.ts';
export { missingLists } from './clause-lists.service.ts';
export { costingCalculations } from './compute.ts';
export { getHeldPeriod } from './correction-periods.service.ts';
export { correctionsBilledIn } from './corrections-billed.repo.ts';
export { COST_CENTRE_RETIRED, COST_PLACE_UNCLEAR } from './cost-centres.errors.ts';
export { GRANT_TAG } from './cost-line.types.ts';
export { assertCostPlace, recordCostLine } from './cost-line-recording.service.ts';
export { CostLinePage, type CostLineView } from './cost-lines.schemas.ts';
export {
  ASSUMPTION_REFUSED,
  COST_SERVICE_UNKNOWN,
  FOUR_EYES_REQUIRED,
  PERIOD_FROZEN,
  PERIOD_STATE_REFUSED,
  PERIOD_UNKNOWN,
} from './costing.errors.ts';
export { costingRoutes } from './costing.routes.ts';
export { type CostingService, createCostingService } from './costing.service.ts';
export { type MissingRun, missingRun } from './missing-run.service.ts';
export type { PoolSums } from './pool-sums.rules.ts';
export { postedAmounts } from './posted-amounts.repo.ts';
export {
  type HeldCharges,
  holdCharges,
  type PostedCharges,
  postedCharges,
} from './posted-charges.service.ts';
export {
  type RatedItem,
  type RatedPartView,
  type RatedPeriod,
  type RatedUsage,
  rateUsage,
} from './rate-usage.service.ts';
export { type ComparisonExtras } from './run-comparison-facts.ts';
export { type ComparisonFile, comparisonFile } from './run-comparison-files.ts';
export type { TableColumn } from './run-comparison-tables.ts';
export { COMPARISON_REFUSALS, sendComparison } from './run-comparisons.routes.ts';
export {
  ComparisonQuery,
  comparedMember,
  comparedRow,
  comparisonAnswer,
  comparisonFields,
  comparisonHead,
} from './run-comparisons.schemas.ts';
export { compareRuns } from './run-comparisons.service.ts';
export { usageLinks } from './run-explanations.views.ts';
export { type DerivedLine } from './run-lines.rules.ts';
export { type Eyes, isSecondPerson } from './run-states.rules.ts';
export { listTaggedLines, type TaggedScope, taggedSums } from './tagged-cost.repo.ts';
