import { requestClosedJob } from '../../src/modules/requests/index.ts';
import type { ClosedRequestsService } from '../../src/modules/usage/index.ts';
import { type Processor, processor } from '../runtime.ts';

export function usageProcessors(closedRequests: ClosedRequestsService): Processor[] {
  return [processor(requestClosedJob, (ctx, { requestId }) => closedRequests.record(ctx, requestId))];
}
