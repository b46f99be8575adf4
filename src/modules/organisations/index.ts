import './organisations.permissions.ts';

export { organisationsRoutes } from './organisations.routes.ts';
export type { CentreView, OrganisationView } from './organisations.schemas.ts';
export { createOrganisationsService, type OrganisationsService } from './organisations.service.ts';
