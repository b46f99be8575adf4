import {
  closeDueRequestJob,
  type ProcessingService,
  processRequestJob,
} from '../../src/modules/requests/index.ts';
import { type Processor, processor } from '../runtime.ts';

export function requestProcessors(processing: ProcessingService): Processor[] {
  return [
    processor(processRequestJob, (ctx, { requestId }) => processing.process(ctx, requestId)),
    processor(closeDueRequestJob, (ctx, { requestId, resolvedAt }) =>
      processing.closeDue(ctx, requestId, resolvedAt),
    ),
  ];
}
