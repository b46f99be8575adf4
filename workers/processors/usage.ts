import { requestClosedJob } from '../../src/modules/requests/index.ts';
import type { ClosedRequestsService, RollupsService } from '../../src/modules/usage/index.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { type Processor, processor } from '../runtime.ts';
import type { ScheduledTask } from '../schedulers.ts';

export function usageProcessors(closedRequests: ClosedRequestsService): Processor[] {
  return [processor(requestClosedJob, (ctx, { requestId }) => closedRequests.record(ctx, requestId))];
}

export function usageTasks(rollups: RollupsService, clock: Clock): ScheduledTask[] {
  return [
    { name: 'usage-roll-up', pattern: '*/5 * * * *', run: () => rollups.fold() },
    { name: 'usage-months', pattern: '10 3 * * *', run: () => rollups.prepareMonths(clock.now()) },
  ];
}
