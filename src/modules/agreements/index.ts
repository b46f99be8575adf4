import './agreements.permissions.ts';

export { agreementsRoutes } from './agreements.routes.ts';
export {
  explainNotOrderable,
  NOT_ORDERABLE_REASONS,
  type NotOrderableReason,
  type OrderableFacts,
} from './agreements.rules.ts';
export type { AgreementVersionView, AgreementView } from './agreements.schemas.ts';
export { type AgreementsService, createAgreementsService } from './agreements.service.ts';
export type { ClauseCheck } from './clause-checks.ts';
export {
  type CostClauseInForce,
  type CoveredDays,
  costClausesFor,
  coveredDaysOf,
  type PriceClauseInForce,
  priceClausesFor,
} from './clauses-in-force.repo.ts';
export { checkCostClause } from './cost-clause.rules.ts';
export { CostClauseSchema } from './cost-clause.schemas.ts';
export type { CostClause, Tranche, TrancheKey } from './cost-clause.types.ts';
export { findCoverage, joinCoverage } from './coverage.repo.ts';
export { departureOfParty } from './departure.service.ts';
export type { PriceClause, PricedServices } from './price-clause.types.ts';
