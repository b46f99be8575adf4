import './operations.permissions.ts';

export { operationsRoutes } from './operations.routes.ts';
export { createOperationsService, type OperationsService } from './operations.service.ts';
