import type { FastifyReply } from 'fastify';
import type { UsageEventView } from './usage.schemas.ts';
import type { RecordedEvent } from './usage.service.ts';

export const STATUS = { created: 201, existing: 200 } as const;
/** Events never change. */
export const EVENT_ETAG = '"1"';

export function sendEvent<S extends 200 | 201>(
  reply: FastifyReply,
  event: UsageEventView,
  status: S,
): UsageEventView {
  reply.code(status).header('etag', EVENT_ETAG);
  return event;
}

export function sendRecorded(reply: FastifyReply, { status, event }: RecordedEvent): UsageEventView {
  return sendEvent(reply, event, STATUS[status]);
}
