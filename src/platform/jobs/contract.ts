import type { Static, TSchema } from 'typebox';

export const QUEUES = ['requests', 'usage', 'costing', 'billing', 'mail', 'maintenance'] as const;
export type QueueName = (typeof QUEUES)[number];

/** What producer and worker agree on. `name` is the use case, `<module>.<verb>`. */
export interface JobContract<P extends TSchema = TSchema> {
  readonly queue: QueueName;
  readonly name: string;
  readonly payload: P;
  /** Tries before the job becomes a dead letter; waits between them double from `backoffMs`. */
  readonly attempts: number;
  readonly backoffMs: number;
}

export type JobPayload<C extends JobContract> = Static<C['payload']>;

export function defineJob<P extends TSchema>(
  job: Pick<JobContract<P>, 'queue' | 'name' | 'payload'> & Partial<JobContract<P>>,
): JobContract<P> {
  return { attempts: 8, backoffMs: 500, ...job };
}
