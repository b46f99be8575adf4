import './usage.permissions.ts';

export { type ClosedRequestsService, createClosedRequestsService } from './closed-requests.service.ts';
export { createRollupsService, type RollupsService } from './rollups.service.ts';
export { countLateUsage, findLateUsage } from './usage.late.repo.ts';
export { usageEventsLink } from './usage.links.ts';
export { type Recorded, recordUsage } from './usage.recording.ts';
export { usageRoutes } from './usage.routes.ts';
export { REQUEST_SOURCE } from './usage.rules.ts';
export type { SummaryItem, UsageEventInput, UsageEventView, UsageSummary } from './usage.schemas.ts';
export { createUsageService, type UsageService } from './usage.service.ts';
export {
  type ServiceUsageTotal,
  usageTotalsOfMeters,
  usageTotalsOfServices,
} from './usage.totals.repo.ts';
export type { UsageInput } from './usage.types.ts';
