import './vat.permissions.ts';

export { billingCalculations } from './compute.ts';
export { type Instalments, type InstalmentsInput, planInstalments } from './instalments.rules.ts';
export { type Settlement, type SettlementInput, settle } from './settlement.rules.ts';
export { vatRoutes } from './vat.routes.ts';
export { determineVat, VAT_STEPS } from './vat.rules.ts';
export { createVatService, type VatService } from './vat.service.ts';
export type { VatDetermination, VatInput, VatOutcome, VatRuleSet } from './vat.types.ts';
export { type VatInForce, vatFor } from './vat-in-force.service.ts';
export { VAT_RULE_SETS } from './vat-rule-sets.ts';
