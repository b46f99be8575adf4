import './catalogue.permissions.ts';

export { SERVICE_NOT_ORDERABLE } from './catalogue.errors.ts';
export { catalogueRoutes } from './catalogue.routes.ts';
export type {
  ApprovalRule,
  ProcessingRule,
  ServiceItem,
  ServiceVersionView,
  ServiceView,
  UsageRule,
} from './catalogue.schemas.ts';
export { type CatalogueService, createCatalogueService } from './catalogue.service.ts';
export type { FormSchema } from './form-schema.rules.ts';
export { type FormVersion, validateFormData } from './form-validators.ts';
export { getOrderable, getServiceVersion, type Orderable } from './orderable.repo.ts';
