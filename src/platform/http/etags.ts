import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, defineProblem } from '../errors.ts';

export const PRECONDITION_REQUIRED = defineProblem({
  code: 'PRECONDITION_REQUIRED',
  status: 428,
  title: 'Say which state you want to change',
  help: 'Read the resource, and send its `ETag` as `If-Match` with the change.',
});
export const PRECONDITION_FAILED = defineProblem({
  code: 'PRECONDITION_FAILED',
  status: 412,
  title: 'It has changed since you read it',
  help: 'Read the resource again, look at what changed, and repeat your change with the new `ETag`.',
});

/** The version a change is meant for. Throws `PRECONDITION_REQUIRED`, or `PRECONDITION_FAILED` for an ETag that is none of ours. */
export function expectedVersion(request: FastifyRequest): number {
  const header = request.headers['if-match'];
  if (header === undefined) throw new DomainError(PRECONDITION_REQUIRED, 'The header If-Match is missing.');
  const match = /^(?:W\/)?"(\d{1,9})"$/.exec(header);
  if (match === null) throw preconditionFailed();
  return Number(match[1]);
}

export function preconditionFailed(): DomainError {
  return new DomainError(PRECONDITION_FAILED, 'If-Match does not name the present state.');
}

/** Sends a single resource with its ETag. */
export function sendVersioned<T extends { version: number }>(reply: FastifyReply, view: T, status = 200): T {
  reply.code(status).header('etag', `"${view.version}"`);
  return view;
}
