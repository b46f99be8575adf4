import './organisations.permissions.ts';

export { agsSpellings } from './ags.rules.ts';
export type { Departure, DepartureRule } from './membership.service.ts';
export { organisationsRoutes } from './organisations.routes.ts';
export type { CentreView, OrganisationView } from './organisations.schemas.ts';
export { createOrganisationsService, type OrganisationsService } from './organisations.service.ts';
