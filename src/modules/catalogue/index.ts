import './catalogue.permissions.ts';

export { SERVICE_NOT_ORDERABLE } from './catalogue.errors.ts';
export { catalogueRoutes } from './catalogue.routes.ts';
export type { ServiceItem, ServiceVersionView, ServiceView } from './catalogue.schemas.ts';
export { type CatalogueService, createCatalogueService } from './catalogue.service.ts';
export type {
  ApprovalRule,
  ChecklistItem,
  FormSchema,
  ProcessingRule,
  UsageRule,
} from './catalogue.types.ts';
export { type FormVersion, validateFormData } from './form-validators.ts';
export {
  getOrderable,
  getServiceVersion,
  type Orderable,
  type OrderableVersion,
  readOrderable,
} from './orderable.service.ts';
export { usageRulesOf } from './service-versions.repo.ts';
