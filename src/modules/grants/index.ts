import './grants.permissions.ts';

export { grantsRoutes } from './grants.routes.ts';
export { createGrantsService, type GrantsService } from './grants.service.ts';
