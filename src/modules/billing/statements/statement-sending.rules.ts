import type { AttemptStatus, DispatchRow } from './statement-sending.types.ts';

/** Sent and refused are ends; `failed` is tried again until the job is a dead letter. */
export function statusOf({ attempts }: Pick<DispatchRow, 'attempts'>): AttemptStatus | 'waiting' {
  const end = attempts.find(({ status }) => status !== 'failed');
  return end?.status ?? (attempts.length === 0 ? 'waiting' : 'failed');
}
