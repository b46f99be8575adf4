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
export type { CostClause, Tranche, TrancheKey } from './cost-clause.types.ts';
export { type CostClauseInForce, costClausesFor, findCoverage, joinCoverage } from './coverage.repo.ts';
export { departureOfParty } from './departure.service.ts';
