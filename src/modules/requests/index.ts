import './requests.permissions.ts';

export { type ActionsService, createActionsService } from './actions.service.ts';
export { type ConversationService, createConversationService } from './conversation.service.ts';
export { createProcessingService, type ProcessingService } from './processing.service.ts';
export { ACTION_NOT_POSSIBLE } from './requests.errors.ts';
export { closeDueRequestJob, processRequestJob, requestClosedJob } from './requests.jobs.ts';
export { findRequest } from './requests.repo.ts';
export { requestsRoutes } from './requests.routes.ts';
export type { RequestRow } from './requests.rows.ts';
export type { RequestView } from './requests.schemas.ts';
export { createRequestsService, type RequestsService } from './requests.service.ts';
export { atPointer } from './routing.rules.ts';
