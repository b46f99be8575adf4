import './costing.permissions.ts';

export { COST_CENTRE_UNKNOWN } from './calculations.errors.ts';
export { costingCalculations } from './compute.ts';
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
export { COST_CENTRE_RETIRED, COST_PLACE_UNCLEAR } from './costs/cost-centres.errors.ts';
export { GRANT_TAG } from './costs/cost-line.types.ts';
export { assertCostPlace, recordCostLine } from './costs/cost-line-recording.service.ts';
export { CostLinePage, type CostLineView } from './costs/cost-lines.schemas.ts';
export { listTaggedLines, type TaggedScope, taggedSums } from './costs/tagged-cost.repo.ts';
export { missingLists } from './keys/clause-lists.service.ts';
export { findPeriod, type PeriodRow } from './periods/billing-periods.repo.ts';
export { takesCharges } from './periods/billing-periods.rules.ts';
export { getLockedPeriod, settlePeriod } from './periods/billing-periods.service.ts';
export { getHeldPeriod } from './periods/correction-periods.service.ts';
export { correctionsBilledIn } from './periods/corrections-billed.repo.ts';
export {
  type RatedItem,
  type RatedPartView,
  type RatedPeriod,
  type RatedUsage,
  rateUsage,
} from './rates/rate-usage.service.ts';
export { COMPUTING_REFUSALS } from './runs/allocation-run-actions.routes.ts';
export type { RunDetailView, RunLineView, RunView } from './runs/allocation-runs.schemas.ts';
export { type BudgetShares, budgetShares } from './runs/budget-shares.service.ts';
export { isRunAwaited, type MissingRun, missingRun, uncoveredCost } from './runs/missing-run.service.ts';
export type { PoolSums } from './runs/pool-sums.rules.ts';
export { postedAmounts } from './runs/posted-amounts.repo.ts';
export {
  type HeldCharges,
  holdCharges,
  type PostedCharges,
  postedCharges,
} from './runs/posted-charges.service.ts';
export { usageLinks } from './runs/run-explanations.views.ts';
export { type DerivedLine } from './runs/run-lines.rules.ts';
export { type Eyes, isSecondPerson } from './runs/run-states.rules.ts';
export { type ComparisonExtras } from './scenarios/run-comparison-facts.ts';
export { type ComparisonFile, comparisonFile } from './scenarios/run-comparison-files.ts';
export type { TableColumn } from './scenarios/run-comparison-tables.ts';
export { COMPARISON_REFUSALS, sendComparison } from './scenarios/run-comparisons.routes.ts';
export {
  ComparisonQuery,
  comparedMember,
  comparedRow,
  comparisonAnswer,
  comparisonFields,
  comparisonHead,
} from './scenarios/run-comparisons.schemas.ts';
export { compareRuns } from './scenarios/run-comparisons.service.ts';
