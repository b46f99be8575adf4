import './ledger/ledger.permissions.ts';
import './statements/statements.permissions.ts';
import './dunning/dunning.permissions.ts';
import './instalments/instalments.permissions.ts';
import './payments/payments.permissions.ts';
import './settlements/settlements.permissions.ts';
import './vat/vat.permissions.ts';
import './write-offs/write-offs.permissions.ts';

export { billingRoutes } from './billing.routes.ts';
export { type BillingService, createBillingService } from './billing.service.ts';
export { billingCalculations } from './compute.ts';
export { issueDunningNoticesJob } from './dunning/dunning.jobs.ts';
export { issueInstalmentsJob } from './instalments/instalments.jobs.ts';
export { type Instalments, type InstalmentsInput, planInstalments } from './instalments.rules.ts';
export { receivablesRoutes } from './receivables.routes.ts';
export { createReceivablesService, type ReceivablesService } from './receivables.service.ts';
export { type Settlement, type SettlementInput, settle } from './settlement.rules.ts';
export { renderAll as renderStatementFiles } from './statements/render-statement.ts';
export type { BatchView } from './statements/statement-batches.schemas.ts';
export {
  dispatchStatementJob,
  issueBatchJob,
  prepareBatchJob,
  renderStatementJob,
  validateStatementJob,
} from './statements/statements.jobs.ts';
export type { StatementDetailView } from './statements/statements.schemas.ts';
export type { BillingProfile, BillingRecipient } from './statements/statements.types.ts';
export { createValidator, type ValidatorSettings } from './statements/validator.ts';
export { vatRoutes } from './vat/vat.routes.ts';
export { determineVat, VAT_STEPS } from './vat/vat.rules.ts';
export { createVatService, type VatService } from './vat/vat.service.ts';
export type { VatDetermination, VatInForce, VatInput, VatOutcome, VatRuleSet } from './vat/vat.types.ts';
export { vatFor } from './vat/vat-in-force.service.ts';
export { VAT_RULE_SETS } from './vat/vat-rule-sets.ts';
